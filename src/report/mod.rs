//! The report's forms: JSON, Markdown, terminal. Each renders the same `model::Report` and computes nothing.
