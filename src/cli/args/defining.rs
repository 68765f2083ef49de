//! Options about formats of the user's own: where they are defined. Shared by all that read logs and by `formats`.

use crate::cli::value;
use clap::Args;
use coroner::settings::For;
use std::path::PathBuf;

/// Where formats of the user's own come from.
#[derive(Args, Clone, Debug, Default)]
pub struct Defining {
    /// Format of the inputs that match GLOB: a name, or a format string of nginx, Apache, HAProxy or logback; may be repeated
    #[arg(long, value_name = "[GLOB=]FORMAT", value_parser = value::format_for, allow_hyphen_values = true, help_heading = "Input")]
    pub format: Vec<For<String>>,
    /// Take log formats from a configuration of nginx, Apache, HAProxy or logback; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub format_from: Vec<PathBuf>,
    /// Read settings from F [default: $CORONER_CONFIG, else ./coroner.toml]
    #[arg(long, value_name = "F", help_heading = "Settings and limits")]
    pub config: Option<PathBuf>,
    /// Read no file of settings
    #[arg(long, conflicts_with = "config", help_heading = "Settings and limits")]
    pub no_config: bool,
}
