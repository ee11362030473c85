//! What was given: the values of the file, then of the environment over them, each with its place.

use crate::{
    problem::{Place, Problem},
    schema::{self, Shape},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Variables that configure begin with this; `__` stands between section and key.
const PREFIX: &str = "QUIETROOM_";

/// One value as it was written.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

#[derive(Clone)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    List(Vec<String>),
}

/// Everything that was given, by section and key.
pub(crate) struct AllGiven {
    pub(crate) file: PathBuf,
    pub(crate) values: BTreeMap<(&'static str, &'static str), Given>,
}

impl AllGiven {
    /// Reads the file and the variables; what cannot be read goes to `problems`.
    pub(crate) fn read(
        file: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut given = Self {
            file: file.to_owned(),
            values: BTreeMap::new(),
        };
        match fs::read_to_string(file) {
            Ok(text) => given.add_file(&text, problems),
            Err(error) => problems.push(Problem {
                key: "configuration".to_owned(),
                place: given.missing(),
                reason: format!("the file cannot be read: {}", error.kind()),
            }),
        }
        given.add_environment(environment, problems);
        given
    }

    /// The place of something that is not in the file.
    pub(crate) fn missing(&self) -> Place {
        Place::File {
            file: self.file.clone(),
            line: None,
        }
    }

    fn add_file(&mut self, text: &str, problems: &mut Vec<Problem>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            problems.push(Problem {
                key: "configuration".to_owned(),
                place: self.line(text, at),
                // The message only: the error's Display repeats the line, which may be a secret.
                reason: error.message().to_owned(),
            });
        }
        for (section, content) in table.get_ref() {
            let place = self.line(text, section.span().start);
            let name = section.get_ref().as_ref();
            match content.get_ref().as_table() {
                Some(keys) if schema::has_section(name) => {
                    self.add_section(text, name, keys, problems);
                }
                Some(_) => problems.push(unknown(name.to_owned(), place, "section")),
                None => problems.push(unknown(name.to_owned(), place, "key outside a section")),
            }
        }
        problems.sort_by_key(|problem| problem.place.line());
    }

    fn add_section(
        &mut self,
        text: &str,
        section: &str,
        keys: &DeTable<'_>,
        problems: &mut Vec<Problem>,
    ) {
        for (key, value) in keys {
            let place = self.line(text, key.span().start);
            let name = format!("{section}.{}", key.get_ref());
            let Some(entry) = schema::find(section, key.get_ref()) else {
                problems.push(unknown(name, place, "key"));
                continue;
            };
            if entry.shape == Shape::Secret {
                problems.push(Problem {
                    key: name,
                    place,
                    reason:
                        "a secret does not belong in this file: use the key that ends in _file, \
                             or the environment"
                            .to_owned(),
                });
                continue;
            }
            match from_toml(value, entry.shape) {
                Ok(value) => {
                    let given = Given { value, place };
                    self.values.insert((entry.section, entry.key), given);
                }
                Err(reason) => problems.push(Problem {
                    key: name,
                    place,
                    reason,
                }),
            }
        }
    }

    fn add_environment(
        &mut self,
        environment: impl IntoIterator<Item = (String, String)>,
        problems: &mut Vec<Problem>,
    ) {
        for (variable, text) in environment {
            let Some((section, key)) = variable
                .strip_prefix(PREFIX)
                .and_then(|rest| rest.split_once("__"))
            else {
                continue;
            };
            let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
            let name = format!("{section}.{key}");
            let place = Place::Variable(variable);
            let Some(entry) = schema::find(&section, &key) else {
                problems.push(unknown(name, place, "key"));
                continue;
            };
            match from_text(text, entry.shape) {
                Ok(value) => {
                    let given = Given { value, place };
                    self.values.insert((entry.section, entry.key), given);
                }
                Err(reason) => problems.push(Problem {
                    key: name,
                    place,
                    reason,
                }),
            }
        }
    }

    fn line(&self, text: &str, at: usize) -> Place {
        let before = text.get(..at).unwrap_or(text);
        Place::File {
            file: self.file.clone(),
            line: Some(before.matches('\n').count() + 1),
        }
    }
}

fn unknown(key: String, place: Place, what: &str) -> Problem {
    Problem {
        key,
        place,
        reason: format!("there is no such {what}"),
    }
}

fn from_toml(value: &Spanned<DeValue<'_>>, shape: Shape) -> Result<Value, String> {
    let expected = |what: &str| Err(format!("must be {what}"));
    match (shape, value.get_ref()) {
        (Shape::Integer, DeValue::Integer(integer)) => {
            match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(integer) => Ok(Value::Integer(integer)),
                Err(_) => expected("a smaller whole number"),
            }
        }
        (Shape::Integer, _) => expected("a whole number"),
        (Shape::List, DeValue::Array(items)) => {
            let texts = items.iter().map(|item| item.get_ref().as_str());
            match texts.map(|text| text.map(str::to_owned)).collect() {
                Some(list) => Ok(Value::List(list)),
                None => expected("a list of texts"),
            }
        }
        (Shape::List, _) => expected("a list of texts"),
        (Shape::Text | Shape::Secret, DeValue::String(text)) => Ok(Value::Text(text.to_string())),
        (Shape::Text | Shape::Secret, _) => expected("a text in quotes"),
    }
}

fn from_text(text: String, shape: Shape) -> Result<Value, String> {
    match shape {
        Shape::Text | Shape::Secret => Ok(Value::Text(text)),
        Shape::Integer => match text.trim().parse() {
            Ok(integer) => Ok(Value::Integer(integer)),
            Err(_) => Err("must be a whole number".to_owned()),
        },
        Shape::List => Ok(Value::List(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect(),
        )),
    }
}
