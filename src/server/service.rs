//! The boundary between the server and what it serves.

use http::StatusCode;

use crate::message::{Request, Response};

/// What answers complete requests. It is called on a worker thread and must return within about a millisecond.
pub trait Service: Send + Sync + 'static {
    /// Answers a request at once, or says how it will be answered. `HEAD` is answered as `GET` is: the server leaves
    /// the content out when it writes.
    fn respond(&self, request: &Request<'_>) -> Reply;
}

/// How a request is answered.
pub enum Reply {
    /// At once.
    Ready(Response),
    /// By work of more than about a millisecond, which the server runs on its pool, off the workers.
    Long(Box<dyn FnOnce() -> Response + Send>),
    /// By somebody else, who is handed the [`Completion`] now and finishes it from any thread (a durable write).
    Pending(Box<dyn FnOnce(Completion) + Send>),
}

/// The right to answer one request, once, from any thread. Dropped unused, it answers 500.
pub struct Completion {
    deliver: Option<Box<dyn FnOnce(Response) + Send>>,
}

impl Completion {
    /// A completion that hands its response to `deliver`.
    pub fn new(deliver: impl FnOnce(Response) + Send + 'static) -> Completion {
        Completion { deliver: Some(Box::new(deliver)) }
    }

    /// Answers the request.
    pub fn finish(mut self, response: Response) {
        if let Some(deliver) = self.deliver.take() {
            deliver(response);
        }
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        if let Some(deliver) = self.deliver.take() {
            deliver(Response::new(StatusCode::INTERNAL_SERVER_ERROR));
        }
    }
}
