//! What a quoted diff takes away and puts in, as a reader says it: `mode = require → verify-full`. Only how it is written is
//! decided here; which quotes are diffs is known by their signs.

/// A line of a diff: whether it is put in, and what it says.
type Line<'t> = (bool, &'t str);

/// The text with each value that another takes the place of told in one; `None` where it holds no such pair.
pub fn in_words(text: &str) -> Option<String> {
    let (what, mut lines) = lines(text)?;
    let mut told = Vec::new();
    let mut paired = false;
    while !lines.is_empty() {
        let (put_in, line) = lines.remove(0);
        let of_it = |(other, l): &Line<'_>| *other && !put_in && shared(l, line) > 0;
        match lines.iter().position(of_it) {
            Some(at) => {
                let now = lines.remove(at).1;
                let was = line.trim_end_matches([';', ',']);
                told.push(format!("{was} → {}", &now[shared(now, line)..]));
                paired = true;
            }
            None => told.push(format!("{}{line}", if put_in { '+' } else { '-' })),
        }
    }
    paired.then(|| format!("{what} {}", told.join(", ")))
}

/// The file that is altered, and the lines of its diff.
fn lines(text: &str) -> Option<(&str, Vec<Line<'_>>)> {
    let signed = |at: usize| {
        let next = text[at + 2..].trim_start_matches(' ').chars().next();
        next.is_some_and(|c| c.is_alphanumeric() || "\"'_.<#-".contains(c))
    };
    let marks = text.match_indices(" -").chain(text.match_indices(" +"));
    let mut marks: Vec<usize> = marks.map(|m| m.0).filter(|at| signed(*at)).collect();
    marks.sort_unstable();
    let of_file = |at: &&usize| {
        text[..**at]
            .rsplit(' ')
            .next()
            .is_some_and(|w| w.starts_with('/'))
    };
    let first = *marks.first().filter(of_file)?;
    marks.push(text.len());
    let line = |w: &[usize]| {
        (
            &text[w[0] + 1..w[0] + 2] == "+",
            text[w[0] + 2..w[1]].trim(),
        )
    };
    let all = marks.windows(2).map(line).collect();
    Some((&text[..first], all))
}

/// How many bytes at the beginning of two lines are the same up to their values: what they set.
fn shared(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let sign = |b: &u8| b" =:".contains(b);
    let last = a.as_bytes()[..same].iter().rposition(sign);
    last.map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_place_of_another_is_told_as_one() {
        for (text, told) in [
            (
                "/etc/x.ini -mode = require +mode = verify-full +ca = /etc/ca.pem",
                Some("/etc/x.ini mode = require → verify-full, +ca = /etc/ca.pem"),
            ),
            (
                "/etc/nginx/x.conf -proxy_read_timeout 30s; +proxy_read_timeout 3s;",
                Some("/etc/nginx/x.conf proxy_read_timeout 30s → 3s;"),
            ),
            (
                "/etc/h.cfg - timeout server 60s + timeout server 30",
                Some("/etc/h.cfg timeout server 60s → 30"),
            ),
            (
                "/srv/app.env -PGUSER=batch -POOL=5 +PGUSER=etl",
                Some("/srv/app.env PGUSER=batch → etl, -POOL=5"),
            ),
            (
                "TASK [x : install]; /srv/app.env -PGUSER=batch +PGUSER=etl",
                Some("TASK [x : install]; /srv/app.env PGUSER=batch → etl"),
            ),
            ("/etc/x.ini +ca = /etc/ca.pem", None),
            ("/usr/bin/rsync -a --delete +x a", None),
            ("took -5 +5", None),
            ("reload of /etc/x.ini - done + checked", None),
        ] {
            assert_eq!(in_words(text).as_deref(), told, "{text}");
        }
    }
}
