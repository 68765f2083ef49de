//! What all workers must agree on before a line is read: inputs, domains, formats, year, zones given by the user.
//! Nothing here depends on thread count, block size or the order of operands.
