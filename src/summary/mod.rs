//! The mergeable summary. Integers, sets, minima and maxima only, so that merging is exact in any order.
