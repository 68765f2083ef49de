//! The plan of inputs that grow: made of their first bytes, made again while these come, then kept; and how it follows the year.

use super::engine::Watch;
use super::feed::STAGES;
use super::input_states::InputSign;
use coroner_core::error::Result;
use coroner_core::plan::{Eye, Plan, PlanInput, YearBasis, settle};
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

    /// The number of a feed in the plan.
    pub(super) fn id(&self, f: usize) -> u32 {
        let at = self.order.iter().position(|i| *i == f);
        at.unwrap_or(0) as u32
    }

    /// The feeds that are planned, by their number in the plan.
    pub(super) fn planned(&self) -> impl Iterator<Item = (u32, usize)> + '_ {
        self.order.iter().enumerate().map(|(n, f)| (n as u32, *f))
    }

    /// The feed of an input of a report.
    pub(super) fn feed_of(&self, input: u32) -> u32 {
        let f = self.order.get(input as usize);
        f.map_or(input, |f| *f as u32)
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
        match self.catches_up {
            true => Ok(()),
            false => self.plan_idle(WAITS),
        }
    }

    fn plan_idle(&mut self, idle: i64) -> Result<()> {
        let waits = |f: &usize| {
            let feed = &self.feeds[*f];
            let silent = self.wall_us.saturating_sub(feed.heard_us) >= idle;
            feed.planned.is_none() && silent && feed.head.contains(&b'\n')
        };
        let waiting: Vec<usize> = (0..self.feeds.len()).filter(waits).collect();
        self.begin_again(&waiting)
    }

    /// Plans inputs by what is there of them, beside those that are planned, which keep what they are read by; `whole`: nothing
    /// comes behind it. What the new plan reads as the old one did goes on.
    pub(super) fn replan(&mut self, anew: &[usize], whole: bool) -> Result<()> {
        let mut order: Vec<usize> = (0..self.feeds.len())
            .filter(|f| anew.contains(f) || self.feeds[*f].planned.is_some())
            .collect();
        order.sort_list_by(|a, b| self.feeds[*a].name.cmp(&self.feeds[*b].name));
        let mut config = self.settings.plan.clone();
        let names = order.iter().map(|f| self.feeds[*f].name.clone());
        config.windows = names.map(|name| (name, self.windows)).collect();
        config.newest_file_us = self.newest_file_us;
        let mut eye = Eye::new(&config);
        let mut looked = Vec::with_capacity(order.len());
        for f in &order {
            looked.push(self.feeds[*f].looked(&mut eye, whole && anew.contains(f))?);
        }
        let names = order.iter().map(|f| self.feeds[*f].name.as_str());
        let mut made = settle(names.zip(looked).collect(), &config);
        let max_line = self.settings.read.scan.max_line;
        for (n, f) in order.iter().enumerate() {
            let feed = &mut self.feeds[*f];
            let goes_on = |old: &PlanInput| !anew.contains(f) || old.reads_like(&made.inputs[n]);
            match &feed.planned {
                Some(old) if goes_on(old) => {
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

    /// Plans and reads inputs anew from their first bytes, all of which are there.
    pub(super) fn begin_again(&mut self, feeds: &[usize]) -> Result<()> {
        if feeds.is_empty() {
            return Ok(());
        }
        self.replan(feeds, false)?;
        feeds.iter().try_for_each(|f| self.drain(*f, false))
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
        }
    }
}
