//! Deploy tools and package managers that state their acts in typed lines, one file per grammar; see the registry in the parent module.

pub mod dpkg;
