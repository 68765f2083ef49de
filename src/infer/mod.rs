//! Merged Part to Report: incidents, timeline, durations, impact. No parsing, no formatting.
