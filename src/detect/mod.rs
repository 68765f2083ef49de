//! Finds when requests failed: likelihood segmentation of the merged series. Knows seconds and counts, no lines.
