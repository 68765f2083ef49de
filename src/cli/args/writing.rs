//! Options of reports that are written: kinds and files. How times and names are spelled in them is in `presentation.rs`.

use crate::cli::diagnostics::shown;
use crate::cli::hint::no_template;
use crate::cli::output::{Output, Outputs, Target, What};
use crate::cli::value::{self, OutputKind};
use clap::Args;
use coroner::forms::{CSV, FORMS};
use coroner::program::report::{LinkBase, Own, template};
use coroner::program::source::follow::folder;
use coroner::{Error, Result};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What to write.
#[derive(Args, Debug)]
pub struct Writing {
    /// Write the report as JSON to F (- for standard output)
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub json: Option<PathBuf>,
    /// The other kinds.
    #[command(flatten)]
    pub files: OutputFiles,
}

impl Writing {
    /// The outputs asked for.
    pub fn outputs(&self) -> Result<Outputs> {
        self.files.outputs(self.json.as_ref())
    }
}

/// What to write, but for `--json`, which is another thing where events are reported.
#[derive(Args, Debug)]
pub struct OutputFiles {
    /// Write the postmortem draft to F (- for standard output)
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub md: Option<PathBuf>,
    /// Write the report for the browser to F, one file
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub html: Option<PathBuf>,
    /// Write every row of the timeline as comma-separated values to F (- for standard output)
    #[arg(long, value_name = "F", help_heading = "Output")]
    pub csv: Option<PathBuf>,
    /// Write what F's extension says (.md, .html, .json, .csv); may be repeated
    #[arg(short, value_name = "F", help_heading = "Output")]
    pub output: Vec<PathBuf>,
    /// Kind of report on standard output [default: text]
    #[arg(long = "as", value_name = "KIND", value_parser = value::form(FORMS), help_heading = "Output")]
    pub kind: Option<OutputKind>,
    /// Layout of the Markdown: default, google, pagerduty, atlassian, gitlab, seed, or a file (coroner template list) [default: default]
    #[arg(long, value_name = "NAME|FILE", help_heading = "Output")]
    pub template: Option<String>,
    /// Link what the Markdown cites, like https://logs.example/{file}#L{line}
    #[arg(long, value_name = "URL", value_parser = LinkBase::parse, help_heading = "Output")]
    pub link_base: Option<LinkBase>,
    /// Replace files even if coroner did not write them, or a person edited them
    #[arg(long, help_heading = "Output")]
    pub force: bool,
}

impl OutputFiles {
    /// The template asked for, else that of the settings, else the default one, read and its grammar checked; what else
    /// is in its folder can be included. And the files that were read for it.
    pub fn template(&self, settings: Option<&str>) -> Result<(Own, Vec<PathBuf>)> {
        let asked = self.template.as_deref().or(settings).unwrap_or("default");
        let (mut own, files) = match template::named(asked) {
            Some(t) => (t.own(), Vec::new()),
            None => own(asked)?,
        };
        own.links = self.link_base.clone();
        template::check(&own)?;
        Ok((own, files))
    }

    /// The outputs asked for and a report as JSON.
    pub fn outputs(&self, json: Option<&PathBuf>) -> Result<Outputs> {
        let mut all = Vec::new();
        let given = [
            (OutputKind::MARKDOWN, self.md.as_ref()),
            (OutputKind::HTML, self.html.as_ref()),
            (OutputKind::JSON, json),
            (OutputKind(&CSV), self.csv.as_ref()),
        ];
        for (kind, path) in given {
            all.extend(path.map(|p| (kind, p)));
        }
        for path in &self.output {
            let kind = OutputKind::of_path(path).ok_or_else(|| Error::usage(format!("-o {}", path.display()), "the extension does not say what to write", "end the name in .md, .html, .json or .csv, or use --md, --html, --json or --csv"))?;
            all.push((kind, path));
        }
        let stdout = PathBuf::from("-");
        all.extend(self.kind.map(|kind| (kind, &stdout)));
        let outputs = all.into_iter().map(|(kind, path)| Output {
            what: What::Report(kind),
            target: Target::of(path),
        });
        Ok(Outputs::new(outputs.collect(), self.force))
    }
}

/// Bytes of a template file at most.
const LARGEST: u64 = 1 << 20;

/// A template from a file, with the other templates of its folder.
fn own(path: &str) -> Result<(Own, Vec<PathBuf>)> {
    let path = Path::new(path);
    let read = |p: &Path| -> std::io::Result<String> {
        let mut text = String::new();
        File::open(p)?.take(LARGEST).read_to_string(&mut text)?;
        Ok(text)
    };
    let source = read(path).map_err(|source| match (path.exists(), source) {
        (false, _) => unknown(path),
        (true, source) => Error::open(path)(source),
    })?;
    let folder = folder(path);
    let mut beside: Vec<(String, String)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        // No links: what is included lies in this folder.
        .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|x| x == "j2") && p.file_name() != path.file_name())
        .filter_map(|p| {
            let name = p.file_name()?.to_str()?.to_owned();
            source
                .contains(&name)
                .then(|| Some((name, read(&p).ok()?)))?
        })
        .collect();
    beside.sort();
    let files = beside.iter().map(|(name, _)| folder.join(name));
    let files = files.chain([path.to_owned()]).collect();
    let own = Own {
        name: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        source,
        beside,
        links: None,
    };
    Ok((own, files))
}

/// A name that is neither a built-in template nor a file.
fn unknown(path: &Path) -> Error {
    let shown = shown(path);
    let why = "no template and no file is called that";
    let what = format!("--template {shown}");
    no_template(what, why, &path.to_string_lossy(), ", or a file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser;

    #[test]
    fn standard_output_takes_one_report() {
        let outputs = |args: &[&str]| {
            let args = ["coroner"].iter().chain(args);
            let outputs = Cli::try_parse_from(args)
                .unwrap()
                .analyse
                .writing
                .outputs()?;
            outputs.prepare(&[], &[])?;
            Ok::<_, Error>(outputs)
        };
        assert!(outputs(&["--md", "-", "--json", "-"]).is_err());
        assert!(outputs(&["-o", "a.xls"]).is_err());
        assert!(outputs(&["-o", "a.md", "--md", "a.md"]).is_err());
        let both = outputs(&["-o", "a.md", "--json", "-"]).unwrap();
        assert!(both.takes_stdout());
        assert_eq!(
            both.kinds().collect::<Vec<_>>(),
            [OutputKind::JSON, OutputKind::MARKDOWN]
        );
    }
}
