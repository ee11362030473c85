//! What is wrong with a configuration: all of it, not the first only.

/// Sentences for the operator.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    pub(crate) fn add(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }

    /// The value, or the problem noted.
    pub(crate) fn note<T, E: std::fmt::Display>(&mut self, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.add(error.to_string())).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}
