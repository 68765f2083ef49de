//! The command line: arguments, what the machine knows (clock, terminal, environment), output files, exit codes.
