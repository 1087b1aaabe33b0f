//! Who listens to all transfers of a run.

use crate::client::transport::Tap;

/// Somebody who listens to all transfers of a run.
pub(crate) trait Listener: Send + Sync {
    /// Whom a transport tells of the transfer of that number, counted from 0.
    fn tap(&self, transfer: usize) -> Tap;
}
