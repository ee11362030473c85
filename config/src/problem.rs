//! What is wrong with a configuration, and where.

use std::{fmt, path::PathBuf};

/// One error, shown as `key (file:line or variable): reason`. Never repeats a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `section.key`, a section, or `configuration` for the file as a whole.
    pub key: String,
    pub place: Place,
    pub reason: String,
}

/// Where a value was given, or would have to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `line` counts from 1; `None` for what is missing.
    File {
        file: PathBuf,
        line: Option<usize>,
    },
    Variable(String),
}

impl Place {
    pub(crate) const fn line(&self) -> Option<usize> {
        match self {
            Self::File { line, .. } => *line,
            Self::Variable(_) => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.key, self.place, self.reason)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File {
                file,
                line: Some(line),
            } => write!(f, "{}:{line}", file.display()),
            Self::File { file, line: None } => write!(f, "{}", file.display()),
            Self::Variable(name) => f.write_str(name),
        }
    }
}
