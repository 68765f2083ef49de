//! Formats of applications, databases and hosts: one file per grammar.
//! What several of them share (request-shaped messages, colours, loggers, heads) is in `message` and `head`; stacks are in `stack`.

mod answered;
pub mod capistrano;
pub mod cef;
pub mod cisco;
pub mod csv_row;
pub mod dated_pairs;
pub mod dotnet;
mod fields;
mod head;
pub mod json;
pub mod jul;
pub mod klog;
pub mod labelled;
pub mod level_first;
pub mod logcat;
pub mod logfmt;
mod meaning;
pub mod message;
pub mod mysql_old;
pub mod mysql_slow;
pub mod object;
pub mod otlp;
pub mod postgres;
pub mod postgres_csv;
pub mod redis;
pub mod semicolon_pairs;
pub mod stack;
pub mod syslog;
pub mod template;
pub mod text;
pub mod text_template;
pub mod time_line;
pub mod zabbix_server;
pub mod zap_console;
