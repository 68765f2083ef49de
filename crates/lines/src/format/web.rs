//! The formats of one kind, one file per grammar; see the registry in the parent module.

pub mod apache_error;
pub mod aws_alb;
pub mod clf;
pub mod envoy;
pub mod haproxy;
mod haproxy_events;
pub mod heroku_router;
pub mod lograge;
pub mod ltsv;
pub mod nginx_error;
pub mod nginx_json;
pub mod rails;
pub(super) mod trouble;
pub mod uwsgi;
pub mod vendor_json;
pub mod w3c;
