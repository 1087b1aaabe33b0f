//! Entity tags of representations.

use crate::message::Response;

/// What tells the entity tag of a coded representation from that of the same one as it is.
pub(super) const CODED: &str = "-gzip";

/// What stands there in the tag of one that is not coded.
pub(super) const UNCODED: &str = "";

/// The entity tag of a representation that is not coded. It is put together where it is asked for, which is mostly
/// only where it is written.
pub(super) struct Tag {
    /// The node's own, as a number.
    pub(super) node: u64,
    /// What tells it from the tag of the node's JSON.
    pub(super) distinction: String,
}

impl Tag {
    /// The tag of the representation in this coding, without quotes.
    pub(super) fn text(&self, coding: &str) -> String {
        format!("{:016x}{}{coding}", self.node, self.distinction)
    }

    /// The response with the tag of its representation in this coding.
    #[inline]
    pub(super) fn put_on(&self, mut response: Response, coding: &str) -> Response {
        if self.distinction.is_empty() && coding.is_empty() {
            response.fields.push_opaque_tag("ETag", self.node);
        } else {
            response.fields.push_parts("ETag", &["\"", &self.text(coding), "\""]);
        }
        response
    }
}
