//! The exit status: one place that turns an outcome into a number, with curl's numbers (curl(1), EXIT CODES).

/// A completed transfer, or help that was asked for.
pub const SUCCESS: u8 = 0;
/// The command line was not understood.
pub const USAGE: u8 = 2;
/// The output could not be written.
pub const WRITE: u8 = 23;
