//! Plan rows to a Part, in parallel: blocks of whole lines, each line to the first format that accepts it.
//! No inference: what a line means for the incident is decided after merging.
