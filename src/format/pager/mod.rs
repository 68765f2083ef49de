//! The formats of one kind, one file per grammar; see the registry in the parent module.
