//! JSON access lines, known by what they hold and not by their key set: a status, a time and a request.
//! A line that also has a level is an application's and left to it. Fields are found in one walk, nothing is remembered.

use crate::format::flat_json::{Value, fields};
use crate::format::request_fields::Taken;
use crate::format::synonym::Field;
use crate::record::{At, Record};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if line.first() != Some(&b'{') {
        return None;
    }
    let mut taken = Taken::default();
    fields(line, |key, value| match value {
        Value::Str(v) | Value::Num(v) | Value::Bare(v) => {
            !matches!(taken.take(key, v), Some(Field::Level))
        }
        // A slot left empty still says that the writer means a request.
        Value::Empty | Value::Null => {
            taken.note(key);
            !taken.has_level
        }
        _ => true,
    })?;
    if !taken.has_status || taken.has_level || taken.stamp.is_none() || !taken.has_request {
        return None;
    }
    Some(taken.into_record(At::End))
}
