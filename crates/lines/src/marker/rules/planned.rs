//! Rules about work that was announced: maintenance that begins and ends, as tools and people say it. Data only.

use super::{Rule, Says, Scopes};
use crate::record::MarkerKind;

/// Everybody but web servers, whose "maintenance" is that of one backend.
const SCOPES: Scopes = Scopes::APP
    .and(Scopes::PAGER)
    .and(Scopes::DEPLOY)
    .and(Scopes::SYSTEM)
    .and(Scopes::CHAT);

pub(super) static RULES: &[Rule] = &[
    Rule {
        says: Says::Marker(MarkerKind::MaintenanceStart),
        class: None,
        confidence: 60,
        scopes: SCOPES,
        pattern: r"\b(?:(?:(?:now|is|went|goes|going) in(?:to)?|enter(?:s|ed|ing)|enabl(?:ed|ing)|activat(?:ed|ing)|switch(?:ed|ing) to|turned on) maintenance mode|maintenance mode:? (?:is (?:now )?)?(?:enabled|on|activated|active)\b|maintenance window (?:#?\S+ )?(?:has )?(?:start(?:s|ed)|beg(?:ins|an|un)|opened|is now open)\b|(?:start(?:ed|ing)|begin(?:ning)?) (?:the )?(?:scheduled|planned) maintenance|(?:scheduled|planned) maintenance (?:has |is )?(?:started|begins|begun|beginning|now in progress|in progress)\b)",
        example: "Application is now in maintenance mode.",
        not: "the shop leaves maintenance mode at noon",
    },
    Rule {
        says: Says::Marker(MarkerKind::MaintenanceFinish),
        class: None,
        confidence: 60,
        scopes: SCOPES,
        pattern: r"\b(?:(?:left|leav(?:es|ing)|exit(?:s|ed|ing)|disabl(?:ed|ing)|deactivat(?:ed|ing)|turned off|out of) maintenance mode|maintenance mode:? (?:is (?:now )?)?(?:disabled|off|deactivated|inactive)\b|maintenance window (?:#?\S+ )?(?:has |is )?(?:ended|ends|closed|finished|over|completed)\b|(?:scheduled|planned) maintenance (?:has been |has |is (?:now )?)?(?:completed?|finished|ended|over|done)\b)",
        example: "Scheduled maintenance is over, all systems back",
        not: "maintenance mode enabled by admin",
    },
];
