//! The methods that the API knows, and which of them a node takes.

/// A known method (RFC 9110 9.3, RFC 5789). Methods compare with case (RFC 9110 9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    /// Taken everywhere or nowhere, see [`Settings::trace`](super::Settings::trace).
    Trace,
    /// Known, but taken by no node: any other of the registry.
    NotServed,
}

/// The methods of the IANA registry (RFC 9110 16.1.1) that no node takes, and `QUERY`, which is on its way there. `PRI` is
/// no method but the beginning of HTTP/2.
const REGISTERED: &[&str] = &[
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "LABEL",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "ORDERPATCH",
    "PROPFIND",
    "PROPPATCH",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
];

impl Method {
    /// The method of that token; `None` for one that the server does not know (501, RFC 9110 15.6.2).
    #[inline]
    pub(super) fn of(token: &str) -> Option<Method> {
        Some(match token {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            "DELETE" => Method::Delete,
            "OPTIONS" => Method::Options,
            "TRACE" => Method::Trace,
            other if REGISTERED.contains(&other) => Method::NotServed,
            _ => return None,
        })
    }

    /// Whether it asks for no change (RFC 9110 9.2.1).
    pub(super) fn is_safe(self) -> bool {
        matches!(self, Method::Get | Method::Head | Method::Options | Method::Trace)
    }
}

/// The methods that one node takes, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowed {
    pub(super) put: bool,
    pub(super) patch: bool,
    pub(super) post: bool,
    pub(super) delete: bool,
    pub(super) trace: bool,
}

impl Allowed {
    /// What a read-only server takes.
    pub(super) const READ: Allowed = Allowed { put: false, patch: false, post: false, delete: false, trace: false };
    /// What the server takes somewhere, for `OPTIONS *`.
    pub(super) const ANY: Allowed = Allowed { put: true, patch: true, post: true, delete: true, trace: false };

    pub(super) fn takes(self, method: Method) -> bool {
        match method {
            Method::Get | Method::Head | Method::Options => true,
            Method::Put => self.put,
            Method::Patch => self.patch,
            Method::Post => self.post,
            Method::Delete => self.delete,
            Method::Trace => self.trace,
            Method::NotServed => false,
        }
    }

    /// The value of `Allow` (RFC 9110 10.2.1).
    pub(super) fn list(self) -> String {
        let others = [
            (self.put, "PUT"),
            (self.patch, "PATCH"),
            (self.post, "POST"),
            (self.delete, "DELETE"),
            (self.trace, "TRACE"),
        ];
        let others = others.iter().filter(|(taken, _)| *taken).map(|(_, name)| *name);
        ["GET", "HEAD", "OPTIONS"].into_iter().chain(others).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_what_is_taken() {
        assert_eq!(Allowed::READ.list(), "GET, HEAD, OPTIONS");
        assert_eq!(Allowed::ANY.list(), "GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE");
        assert_eq!(Allowed { post: true, ..Allowed::READ }.list(), "GET, HEAD, OPTIONS, POST");
        assert!(Method::of("get").is_none(), "methods compare with case");
    }
}
