//! What events have in common, whoever writes them: whether they are of production, which version they name, who acted, and how a
//! notice is made of that. What was done is not decided here.

use super::named::{NamedFields, is_in};
use crate::format::pager::value;
use crate::marker::fields::is_zero;
use crate::record::{MarkerKind, Notice};
use crate::text::environment::may_be_production;

pub(super) const STATES: &str = "close_code conclusion outcome result status state phase";
pub(super) const VERSIONS: &str = "to_version new_version target_version version tag image_tag release sha git_sha commit_sha commit revision \
    build to";
const ENVIRONMENTS: &str = "environment environment_name env stage target_env namespace";
/// Members that say that nothing is done but tried out.
const TRIED: &str = "dry dry_run dryrun check_mode noop simulated simulation";
pub(super) const ACTORS: &str = "actor user by author deployer deployed_by triggered_by initiated_by requested_for changed_by updated_by created_by modified_by editor username \
    staff who operator principal person usuario utilisateur benutzer utente por von par";

/// Whether the environment that is stated, if any, may be production, and it is not only tried out.
pub(super) fn is_live(f: &NamedFields) -> bool {
    let of = f.first(ENVIRONMENTS).or_else(|| f.ending("environment"));
    let tried = f.first(TRIED).is_some_and(|v| is_in("true yes 1", v));
    !tried && may_be_production(of.unwrap_or_default())
}

pub(super) fn version(f: &NamedFields, keys: &str) -> Option<String> {
    // that something is a tag is no name of it
    let named = |v: &&str| !matches!(*v, "true" | "false" | "null") && !is_zero(v.as_bytes());
    let plain = f.first(keys).filter(named).map(str::to_owned);
    plain.or_else(|| tag(f.text("image")?))
}

pub(super) fn notice<'a>(
    f: &NamedFields,
    kind: MarkerKind,
    parts: &[Option<&str>],
    service: Option<&str>,
    version: Option<String>,
) -> Notice<'a> {
    let title: Vec<&str> = parts.iter().flatten().copied().collect();
    let mut n = Notice::new(kind, title.join(" ").into_bytes());
    n.service = value::owned(service.map(str::to_owned));
    n.version = value::owned(version);
    n.actor = value::owned(f.first(ACTORS).map(str::to_owned));
    n.confidence = 80;
    n
}

/// The tag of an image.
fn tag(image: &str) -> Option<String> {
    let (_, tag) = image.rsplit_once(':')?;
    (!tag.contains('/')).then(|| tag.to_owned())
}
