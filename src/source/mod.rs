//! Paths and pipes to bytes: what is to be read, whether it is mapped or read, and unpacking by magic bytes.
//! Lines, formats and time are unknown here.
