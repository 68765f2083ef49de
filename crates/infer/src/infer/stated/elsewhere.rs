//! What was done in other environments than the one whose outage it is, where the logs hold both: `payments-stage` beside
//! `payments-prod`. What a line says of its environment in fields of its own, its format has read.

use super::StatedMarker;
use crate::infer::merge_rows::is_release;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::text::environment::is_elsewhere;

/// Leaves out changes of services that are called after another environment, unless all that are named are.
pub(super) fn of_elsewhere(rows: &mut Vec<StatedMarker>) {
    let change =
        |r: &StatedMarker| is_release(r.kind) || matches!(r.kind, K::ConfigChange | K::Scale);
    let of = |r: &StatedMarker| {
        let name = r.service.as_ref().filter(|_| change(r))?;
        Some(is_elsewhere(&String::from_utf8_lossy(name)))
    };
    let here = rows.iter().any(|r| of(r) == Some(false));
    rows.retain(|r| !here || of(r) != Some(true));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::merge_rows::tests::row;

    fn kept(rows: &[(K, &str)]) -> Vec<String> {
        let of = |(kind, service): &(K, &str)| row(0, 0, 0, *kind, service);
        let mut all: Vec<StatedMarker> = rows.iter().map(of).collect();
        of_elsewhere(&mut all);
        let name = |r: StatedMarker| String::from_utf8(r.service.unwrap_or_default());
        all.into_iter().flat_map(name).collect()
    }

    #[test]
    fn changes_of_another_environment_go_where_production_is_told_of_too() {
        let stage = (K::DeployStart, "shop-stage");
        assert_eq!(kept(&[stage, (K::DeployStart, "shop-prod")]), ["shop-prod"]);
        assert_eq!(kept(&[stage]), ["shop-stage"]);
        assert_eq!(kept(&[stage, (K::Crash, "shop")]), ["shop-stage", "shop"]);
    }
}
