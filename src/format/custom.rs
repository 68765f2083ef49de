//! Formats given by the user: the compiler for nginx `log_format` strings. No reading of configuration files here.
