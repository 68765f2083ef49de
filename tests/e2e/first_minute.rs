//! The first minute of somebody new: the name alone, the short help, a file of settings to start from, lists of what may be asked.

use super::common::{coroner, folder, path_str, repo};

fn out(args: &[&str]) -> String {
    let done = coroner().args(args).output().unwrap();
    assert!(done.status.success(), "{args:?}: {done:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// A file of settings with all that is switched off switched on.
fn in_force(text: &str) -> String {
    let on = |l: &str| match l.strip_prefix('#') {
        Some(rest) if !rest.starts_with([' ', '#']) => rest.replace("NAME", "name"),
        _ => l.to_owned(),
    };
    text.lines().map(|l| on(l) + "\n").collect()
}

#[test]
fn init_writes_settings_that_a_run_takes_and_changes_nothing_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let logs = repo("sample-logs/auth-upgrade");
    let here = |args: &[&str]| {
        let out = coroner()
            .current_dir(dir.path())
            .args(args)
            .output()
            .unwrap();
        let text = |b: Vec<u8>| String::from_utf8(b).unwrap();
        (out.status.code(), text(out.stdout), text(out.stderr))
    };
    let logs = path_str(&logs);
    let before = here(&[logs]).1;
    let (code, said, err) = here(&["init", logs]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        said.contains("Wrote coroner.toml") && said.contains("1 thing to check"),
        "{said}"
    );
    let path = dir.path().join("coroner.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    for line in [
        "#tz = \"+01:00\"",
        "#assume_tz.\"oncall/pager.log\" = \"+01:00\"",
        "#edge = [\"gw/access.log.gz\"]",
        "# Names that these logs use: learn",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert_eq!(here(&[logs]).1, before, "nothing is in force");
    // what is there is a person's
    std::fs::write(&path, in_force(&text)).unwrap();
    let (code, _, err) = here(&["init", logs]);
    assert!(code == Some(2) && err.contains("--force"), "{err}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), in_force(&text));
    // all of it is a setting, and says what was found
    let (code, after, err) = here(&[logs]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        !after.contains("oncall/pager.log write no offset"),
        "{after}"
    );
    let (code, ..) = here(&["init", logs, "--force", "-q"]);
    assert_eq!(
        (code, std::fs::read_to_string(&path).unwrap()),
        (Some(0), text)
    );
}

#[test]
fn init_names_what_is_not_understood() {
    let line = "2023-05-01 13:00:00 INFO ok\n".repeat(30) + &"~~ %% ~~ what is this\n".repeat(20);
    let dir = folder(&[("odd/[x].log", &line)]);
    let text = out(&["init", path_str(dir.path()), "-o", "-"]);
    assert!(text.contains("coroner formats --guess FILE"), "{text}");
    assert!(text.contains("assume_tz.\"odd/?x?.log\""), "{text}");
    let settings = folder(&[("coroner.toml", &in_force(&text))]);
    let config = settings.path().join("coroner.toml");
    out(&["plan", path_str(dir.path()), "--config", path_str(&config)]);
}

#[test]
fn the_name_alone_offers_the_demo_and_two_commands() {
    let program = env!("CARGO_BIN_EXE_coroner");
    let on_terminal = |args: &str| {
        let command = format!("{} {args}", program);
        // a terminal that is nobody's
        let out = std::process::Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .env("NO_COLOR", "1")
            .output();
        out.ok().map(|o| {
            (
                o.status.code(),
                String::from_utf8_lossy(&o.stdout).replace('\r', ""),
            )
        })
    };
    // where there is no script(1) there is nothing to try
    let Some((code, text)) = on_terminal("") else {
        return;
    };
    assert_eq!(code, Some(2), "{text}");
    assert!(text.lines().count() < 12, "{text}");
    for command in ["coroner demo", "coroner logs/", "| coroner -"] {
        assert!(text.contains(command), "{text}");
    }
    let (_, text) = on_terminal("timeline").unwrap();
    assert!(
        text.contains("coroner timeline [OPTIONS]") && text.contains("--as"),
        "{text}"
    );
    assert!(text.lines().count() < 40, "{text}");
}

#[test]
fn the_short_help_fits_a_screen_and_the_long_one_is_whole() {
    let (short, long) = (out(&["-h"]), out(&["--help"]));
    assert!(short.lines().count() <= 40, "{}", short.lines().count());
    for word in [
        "coroner logs/",
        "audit",
        "init",
        "--since",
        "--md",
        "--help",
    ] {
        assert!(short.contains(word), "{word}");
    }
    assert!(!short.contains("--max-ratio") && long.contains("--max-ratio"));
}

#[test]
fn what_can_be_asked_for_is_listed() {
    let (topics, schemas) = (out(&["explain"]), out(&["schema"]));
    assert!(
        topics.contains("cause 1") && topics.contains("CHECK"),
        "{topics}"
    );
    assert_eq!(schemas.lines().count(), 3, "{schemas}");
}
