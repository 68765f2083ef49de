//! The plan of inputs that grow: made of their first bytes, made again while these come, then kept; and how it follows the year.

use super::engine::Watch;
use super::feed::STAGES;
use super::input_states::InputSign;
use coroner_core::error::Result;
use coroner_core::plan::{Plan, YearBasis, plan};
use coroner_core::source::STREAM_HEAD;
use coroner_lines::sorting::SortList;
use coroner_lines::time::{DAY, HOUR, SECOND};
use std::sync::Arc;

/// An input of which so little came that its plan could wait is planned when nothing came of it for so long, on the wall.
const WAITS: i64 = SECOND;

impl Watch {
    /// Does something with the plan of all inputs, if there is one.
    pub(super) fn with_plan<T>(
        &mut self,
        work: impl FnOnce(&mut Watch, &Plan) -> Result<T>,
    ) -> Result<Option<T>> {
        let Some(plan) = self.plan.take() else {
            return Ok(None);
        };
        let done = work(self, &plan);
        self.plan = Some(plan);
        done.map(Some)
    }

    /// The plan of an input stands.
    pub(super) fn settled(&mut self, f: usize) {
        let feed = &mut self.feeds[f];
        feed.state.takes(InputSign::Settles);
        // enough for what inputs that come later are held against
        feed.head.truncate(STAGES[1]);
        feed.head.shrink_to_fit();
    }

    /// Plans the inputs of which little came, by that.
    pub(super) fn plan_all(&mut self) -> Result<()> {
        self.plan_idle(0)
    }

    /// The same for those of which nothing more comes.
    pub(super) fn plan_waiting(&mut self) -> Result<()> {
        self.plan_idle(WAITS)
    }

    fn plan_idle(&mut self, idle: i64) -> Result<()> {
        for f in 0..self.feeds.len() {
            let feed = &self.feeds[f];
            let waits = self.wall_us.saturating_sub(feed.heard_us) >= idle;
            if feed.planned.is_none() && waits && feed.head.contains(&b'\n') {
                self.begin_again(f)?;
            }
        }
        Ok(())
    }

    /// Plans all inputs by what is there of them. Those that are settled keep what they are read by.
    pub(super) fn replan(&mut self, f: usize, at_end: bool, whole: bool) -> Result<()> {
        let all: Vec<usize> = (0..self.feeds.len())
            .filter(|i| *i == f || self.feeds[*i].planned.is_some())
            .collect();
        let mut order = all;
        order.sort_list_by(|a, b| self.feeds[*a].name.cmp(&self.feeds[*b].name));
        let samples: Vec<_> = order
            .iter()
            .map(|i| self.feeds[*i].sample(whole && *i == f))
            .collect();
        let mut config = self.settings.plan.clone();
        let names = samples.iter().map(|s| (s.name.clone(), self.windows));
        config.windows = names.collect();
        config.newest_file_us = self.newest_file_us;
        let mut made = plan(&samples, &config)?;
        let max_line = self.settings.read.scan.max_line;
        for (n, i) in order.iter().enumerate() {
            let feed = &mut self.feeds[*i];
            match (&feed.planned, *i == f) {
                (Some(old), false) => {
                    // what the names of all inputs show may have changed
                    let host = made.inputs[n].meta.host.clone().or(old.meta.host.clone());
                    made.inputs[n] = old.clone();
                    Arc::make_mut(&mut made.inputs[n].meta)
                        .host
                        .clone_from(&host);
                    let parts = feed.part.iter_mut().chain(&mut feed.young);
                    let parts = parts.chain(feed.behind.parts_mut());
                    parts.for_each(|p| Arc::make_mut(&mut p.meta).host.clone_from(&host));
                    feed.planned = Some(made.inputs[n].clone());
                }
                _ => feed.replan(made.inputs[n].clone(), max_line),
            }
        }
        debug_assert!(!at_end || self.feeds[f].head.len() >= STREAM_HEAD || whole);
        let before = std::mem::replace(&mut self.order, order);
        let number = |old: u32| {
            let f = before.get(old as usize)?;
            Some(self.order.iter().position(|i| i == f)? as u32)
        };
        self.clocks = self.clocks.take().map(|c| c.renumbered(number));
        self.plan = Some(made);
        Ok(())
    }

    /// Goes on with a plan of all inputs that were added.
    pub(super) fn go_on_with(&mut self, plan: Plan) {
        self.order = (0..plan.inputs.len()).collect();
        self.plan = Some(plan);
    }

    /// Plans and reads an input anew from its first bytes, all of which are there.
    pub(super) fn begin_again(&mut self, f: usize) -> Result<()> {
        self.replan(f, false, false)?;
        self.drain(f, false)
    }

    /// The plan without its inputs: which year lines without one are of.
    pub fn plan_of_years(&self) -> Plan {
        let of = |p: &Plan| Plan {
            inputs: Vec::new(),
            ..p.clone()
        };
        self.plan.as_ref().map_or_else(|| self.no_plan(), of)
    }

    pub(super) fn no_plan(&self) -> Plan {
        Plan {
            inputs: Vec::new(),
            year_reference: 0,
            year_basis: YearBasis::Nothing,
            yearless: false,
            zoneless: false,
            rules: self.settings.plan.rules.clone(),
            digest: 0,
        }
    }

    /// Stamps without a year are of the year of the wall, as far as lines are of today: a watch may run over its end.
    pub(super) fn follow_calendar(&mut self) {
        let now = self.wall_us;
        let Some(plan) = &mut self.plan else { return };
        let age = now - plan.year_reference;
        let given = plan.year_basis == YearBasis::Given;
        if given || !plan.yearless || !(HOUR..2 * DAY).contains(&age) {
            return;
        }
        plan.year_reference = now;
        self.newest_file_us = Some(now);
        for (n, f) in self.order.iter().enumerate() {
            let feed = &mut self.feeds[*f];
            plan.inputs[n].calendar.year_reference = now;
            if let Some(p) = &mut feed.planned {
                p.calendar.year_reference = now;
            }
            if let Some(o) = &mut feed.onlooker {
                o.follow(plan.inputs[n].calendar);
            }
        }
    }
}
