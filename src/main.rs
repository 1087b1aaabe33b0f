//! The thin binary: hands over the arguments and the streams, exits. The map is in the library.

fn main() {}
