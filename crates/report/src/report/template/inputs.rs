//! The inputs of a report as a template sees them. There may be very many: each is made when something of it is asked for.

use super::context;
use crate::report::json::Writer;
use crate::report::sentence::Medium;
use coroner_core::source::locked;
use coroner_infer::model::{Input, Report};
use minijinja::value::{Enumerator, Object, ObjectRepr, Serde, Value};
use std::sync::{Arc, Mutex};

/// The list.
#[derive(Debug)]
pub(in crate::report) struct Inputs {
    writer: Writer,
    all: Vec<Input>,
    /// The one that was made last, of which more may be asked for.
    last: Mutex<(usize, Value)>,
}

impl Inputs {
    pub(in crate::report) fn of(report: &Report) -> Inputs {
        Inputs {
            writer: Writer::of(report, Medium::Marked),
            all: report.inputs.clone(),
            last: Mutex::new((usize::MAX, Value::UNDEFINED)),
        }
    }
}

impl Object for Inputs {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = key.as_usize().filter(|at| *at < self.all.len())?;
        let list = Arc::clone(self);
        Some(Value::from_object(OneInput { list, at }))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.all.len())
    }
}

/// One of them.
#[derive(Debug)]
struct OneInput {
    list: Arc<Inputs>,
    at: usize,
}

impl OneInput {
    fn made(&self) -> Value {
        let last = &mut *locked(&self.list.last);
        if let (true, Some(input)) = (last.0 != self.at, self.list.all.get(self.at)) {
            let mut v = self.list.writer.input(self.at, input);
            context::mark(&mut v, "");
            *last = (self.at, Value::from(Serde(v)));
        }
        last.1.clone()
    }
}

impl Object for OneInput {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.made().get_item(key).ok().filter(|v| !v.is_undefined())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.made().try_iter().into_iter().flatten().collect())
    }
}
