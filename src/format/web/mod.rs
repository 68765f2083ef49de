//! The formats of one kind, one file per grammar; see the registry in the parent module.

pub mod apache_error;
pub mod aws_alb;
pub mod aws_elb;
pub mod clf;
pub mod clf_plain;
pub mod clf_tail;
pub mod cloudflare;
pub mod dev_server;
pub mod envoy;
pub mod gcp_http;
pub mod gin;
pub mod haproxy;
pub mod json_template;
pub mod ltsv;
pub mod morgan;
pub mod nginx_error;
pub mod nginx_json;
pub mod puma;
pub mod rails;
pub mod s3;
mod server_json;
pub mod squid;
pub mod traefik_json;
mod trouble;
pub mod uwsgi;
pub mod w3c;
