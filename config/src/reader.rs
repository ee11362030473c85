//! Takes values out of what was given, one by one, and collects every problem on the way.

use crate::{
    given::{AllGiven, Given, Value},
    problem::{Place, Problem},
    secret::Secret,
};
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    str::FromStr,
};

/// A value and where it was given, for checks that need more than the value.
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

pub(crate) struct Reader {
    given: AllGiven,
    problems: Vec<Problem>,
}

impl Reader {
    pub(crate) const fn new(given: AllGiven, problems: Vec<Problem>) -> Self {
        Self { given, problems }
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    pub(crate) fn is_given(&self, section: &'static str, key: &'static str) -> bool {
        self.given.values.contains_key(&(section, key))
    }

    pub(crate) fn problem(
        &mut self,
        section: &str,
        key: &str,
        place: Place,
        reason: impl Into<String>,
    ) {
        self.problems.push(Problem {
            key: format!("{section}.{key}"),
            place,
            reason: reason.into(),
        });
    }

    /// The place of something that was not given.
    pub(crate) fn missing(&self) -> Place {
        self.given.missing()
    }

    /// Where the key was given, or would have to be.
    pub(crate) fn place(&self, section: &'static str, key: &'static str) -> Place {
        let given = self.given.values.get(&(section, key));
        given.map_or_else(|| self.missing(), |given| given.place.clone())
    }

    pub(crate) fn required(&mut self, section: &'static str, key: &'static str) {
        let place = self.missing();
        self.problem(section, key, place, "must be set");
    }

    pub(crate) fn text(
        &mut self,
        section: &'static str,
        key: &'static str,
    ) -> Option<Placed<String>> {
        let Given { value, place } = self.given.values.get(&(section, key))?.clone();
        let Value::Text(value) = value else {
            return None;
        };
        if value.trim().is_empty() {
            self.problem(section, key, place, "must not be empty");
            return None;
        }
        Some(Placed { value, place })
    }

    pub(crate) fn secret(&mut self, section: &'static str, key: &'static str) -> Option<Secret> {
        self.text(section, key)
            .map(|placed| Secret::new(placed.value))
    }

    /// A text that is read as a `T`; `expected` completes "must be".
    pub(crate) fn parsed<T: FromStr>(
        &mut self,
        section: &'static str,
        key: &'static str,
        expected: &str,
    ) -> Option<Placed<T>> {
        let Placed { value, place } = self.text(section, key)?;
        let Ok(value) = value.trim().parse() else {
            self.problem(section, key, place, format!("must be {expected}"));
            return None;
        };
        Some(Placed { value, place })
    }

    /// A list whose items are each read as a `T`; empty when it is not given.
    pub(crate) fn list<T: FromStr>(
        &mut self,
        section: &'static str,
        key: &'static str,
        expected: &str,
    ) -> Vec<T> {
        let given = self.given.values.get(&(section, key)).cloned();
        let Some(Given {
            value: Value::List(items),
            place,
        }) = given
        else {
            return Vec::new();
        };
        let mut list = Vec::new();
        for (position, item) in items.iter().enumerate() {
            match item.trim().parse() {
                Ok(value) => list.push(value),
                Err(_) => {
                    let reason = format!("item {} must be {expected}", position + 1);
                    self.problem(section, key, place.clone(), reason);
                }
            }
        }
        list
    }

    /// A whole number within `least..=most`, or `otherwise` when it is not given.
    pub(crate) fn number<T>(
        &mut self,
        section: &'static str,
        key: &'static str,
        (least, most): (T, T),
        otherwise: T,
    ) -> T
    where
        T: Copy + Into<i64> + TryFrom<i64> + PartialOrd + std::fmt::Display,
    {
        let given = self.given.values.get(&(section, key)).cloned();
        let Some(Given {
            value: Value::Integer(integer),
            place,
        }) = given
        else {
            return otherwise;
        };
        match T::try_from(integer) {
            Ok(value) if value >= least && value <= most => value,
            _ => {
                let reason = format!("must be between {least} and {most}");
                self.problem(section, key, place, reason);
                otherwise
            }
        }
    }

    /// A path of a file that is there and can be read. Relative to the folder of the configuration
    /// file, so that it means the same wherever the server is started.
    pub(crate) fn readable_file(
        &mut self,
        section: &'static str,
        key: &'static str,
    ) -> Option<Placed<PathBuf>> {
        let placed = self.path(section, key)?;
        if let Err(error) = can_be_read(&placed.value) {
            let reason = format!("the file cannot be read: {}", error.kind());
            self.problem(section, key, placed.place.clone(), reason);
        }
        Some(placed)
    }

    pub(crate) fn path(
        &mut self,
        section: &'static str,
        key: &'static str,
    ) -> Option<Placed<PathBuf>> {
        let Placed { value, place } = self.text(section, key)?;
        let folder = self.given.file.parent().unwrap_or_else(|| Path::new("."));
        let value = folder.join(value);
        Some(Placed { value, place })
    }
}

fn can_be_read(path: &Path) -> io::Result<()> {
    if File::open(path)?.metadata()?.is_file() {
        Ok(())
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}
