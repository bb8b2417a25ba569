//! Measurements: a median, how far the others lie from it, and how both are written.

use std::fmt;

/// A time in seconds, or a size in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) median: f64,
    /// The median of the distances from the median.
    pub(crate) spread: f64,
    pub(crate) unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Bytes,
}

/// What another program needed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Theirs {
    Measured(Measured),
    /// The program is there, and what it took cannot be told from how much its starts differ.
    Lost,
    /// The program, or its engine, is not there.
    Missing(&'static str),
}

impl Measured {
    pub(crate) const fn seconds(median: f64, spread: f64) -> Self {
        Self { median, spread, unit: Unit::Seconds }
    }

    pub(crate) const fn bytes(median: f64) -> Self {
        Self { median, spread: 0.0, unit: Unit::Bytes }
    }

    /// Of several times.
    pub(crate) fn of(times: &[f64]) -> Self {
        let middle = median(times);
        let distances: Vec<f64> = times.iter().map(|time| (time - middle).abs()).collect();
        Self::seconds(middle, median(&distances))
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        even if even % 2 == 0 => f64::midpoint(sorted[middle - 1], sorted[middle]),
        _ => sorted[middle],
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.unit {
            Unit::Bytes => (1e6, "MB"),
            Unit::Seconds if self.median < 1e-3 => (1e-6, "µs"),
            Unit::Seconds if self.median < 1.0 => (1e-3, "ms"),
            Unit::Seconds => (1.0, "s"),
        };
        let median = self.median / unit;
        let digits = if median < 10.0 { 2 } else { usize::from(median < 100.0) };
        write!(f, "{median:.digits$}")?;
        if self.spread > 0.0 {
            write!(f, " ± {:.digits$}", self.spread / unit)?;
        }
        write!(f, " {name}")
    }
}
