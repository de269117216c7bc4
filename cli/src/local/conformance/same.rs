//! When two values are the same: floats may be off by little, all else is exact.
//! A value is seen by the type that Trino gives it.

use serde_json::Value;

use super::kind::Kind;

/// How far a float may be off, relative to the larger of the two. There is no absolute tolerance: fees are as small as 1e-13.
const RELATIVE: f64 = 1e-9;

/// How a statement wants its values to be compared.
pub(super) struct Rule {
    /// The statement's own, relative to the larger of two numbers.
    pub(super) tolerance: Option<f64>,
    pub(super) any_order_arrays: bool,
}

impl Rule {
    pub(super) fn same(&self, kind: &Kind, a: &Value, b: &Value) -> bool {
        match (kind, a, b) {
            (Kind::Float, Value::Number(a), Value::Number(b)) => {
                near(a.as_f64(), b.as_f64(), self.tolerance.unwrap_or(RELATIVE))
            }
            // Of a sketch the counts are inexact too.
            (Kind::Integer, Value::Number(a), Value::Number(b)) => {
                a == b
                    || self
                        .tolerance
                        .is_some_and(|tolerance| near(a.as_f64(), b.as_f64(), tolerance))
            }
            (Kind::Array(element), Value::Array(a), Value::Array(b)) => {
                let same = |a: &Value, b: &Value| self.same(element, a, b);
                if a.len() != b.len() {
                    false
                } else if self.any_order_arrays {
                    unmatched(a, b, same).is_none()
                } else {
                    a.iter().zip(b).all(|(a, b)| same(a, b))
                }
            }
            (Kind::Row(fields), Value::Array(a), Value::Array(b)) => {
                let same = |(field, (a, b)): (&Kind, (&Value, &Value))| self.same(field, a, b);
                a.len() == b.len()
                    && a.len() == fields.len()
                    && fields.iter().zip(a.iter().zip(b)).all(same)
            }
            (Kind::Map(key, value), Value::Array(a), Value::Array(b)) => {
                let pair = Kind::Row(vec![(**key).clone(), (**value).clone()]);
                a.len() == b.len() && unmatched(a, b, |a, b| self.same(&pair, a, b)).is_none()
            }
            (_, a, b) => a == b,
        }
    }
}

fn near(a: Option<f64>, b: Option<f64>, tolerance: f64) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs()),
        _ => false,
    }
}

/// Of two multisets of one size: the first element that none of the other's is the same as, and one that is left over there.
///
/// Floats that differ by less than the tolerance are the same, which is not transitive, so that in theory another pairing might fit
/// where this one does not. Answers in which distinct floats come that near to each other do not occur.
pub(super) fn unmatched<'a, T>(
    one: &'a [T],
    other: &'a [T],
    same: impl Fn(&T, &T) -> bool,
) -> Option<(&'a T, &'a T)> {
    let mut left: Vec<&T> = other.iter().collect();
    for a in one {
        // Where both sides are sorted alike, the match is at the front.
        match left.iter().position(|b| same(a, b)) {
            Some(at) => drop(left.remove(at)),
            None => return left.first().map(|b| (a, *b)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn same(kind: &str, a: Value, b: Value) -> bool {
        same_by(None, false, kind, a, b)
    }

    fn same_by(
        tolerance: Option<f64>,
        any_order_arrays: bool,
        kind: &str,
        a: Value,
        b: Value,
    ) -> bool {
        Rule {
            tolerance,
            any_order_arrays,
        }
        .same(&Kind::parse(kind), &a, &b)
    }

    #[test]
    fn a_float_may_be_off_by_a_billionth_of_itself_and_not_by_anything_absolute() {
        assert!(same("double", json!(1000000.0), json!(1000000.0009)));
        assert!(!same("double", json!(1000000.0), json!(1000000.0011)));
        assert!(!same("double", json!(1e-13), json!(1.1e-13)));
        assert!(!same("double", json!(0.0), json!(1e-300)));
        assert!(same("real", json!(0.0), json!(-0.0)));
        assert!(same("double", json!(2.0), json!(2)));
    }

    #[test]
    fn what_is_no_number_is_exact_among_floats_too() {
        assert!(same("double", json!("NaN"), json!("NaN")));
        assert!(!same("double", json!("Infinity"), json!("-Infinity")));
        assert!(!same("double", json!(null), json!(0.0)));
    }

    #[test]
    fn a_sketch_brings_its_own_tolerance_for_counts_too() {
        assert!(same_by(Some(0.1), false, "bigint", json!(100), json!(91)));
        assert!(!same_by(Some(0.1), false, "bigint", json!(100), json!(89)));
        assert!(same_by(Some(0.1), false, "double", json!(1.0), json!(1.1)));
        assert!(!same_by(
            Some(1e-15),
            false,
            "double",
            json!(1.0),
            json!(1.00000000001)
        ));
    }

    #[test]
    fn all_else_is_exact() {
        assert!(!same(
            "bigint",
            json!(9007199254740993i64),
            json!(9007199254740992i64)
        ));
        assert!(!same("decimal(3,2)", json!("1.50"), json!("1.5")));
        assert!(!same("decimal(3,2)", json!("1.50"), json!(1.5)));
        assert!(!same("varbinary", json!("0xab"), json!("0xAB")));
        assert!(!same("varchar", json!(""), json!(null)));
    }

    #[test]
    fn floats_are_floats_inside_of_arrays_maps_and_rows() {
        let (sum, close) = (json!(0.3), json!(0.30000000000000004));
        assert!(same("array(double)", json!([sum]), json!([close])));
        assert!(same(
            "map(varchar, double)",
            json!([["k", sum]]),
            json!([["k", close]])
        ));
        assert!(same(
            "row(a double, b integer)",
            json!([sum, 1]),
            json!([close, 1])
        ));
        assert!(!same(
            "row(a double, b integer)",
            json!([sum, 1]),
            json!([close, 2])
        ));
        assert!(!same("array(double)", json!([sum]), json!([close, close])));
    }

    #[test]
    fn the_order_of_a_maps_pairs_says_nothing() {
        assert!(same(
            "map(double, integer)",
            json!([[1e18, 1], [2.0, 2]]),
            json!([[2.0, 2], [1e18, 1]])
        ));
        assert!(!same(
            "map(double, integer)",
            json!([[1e18, 1], [2.0, 2]]),
            json!([[2.0, 1], [1e18, 2]])
        ));
    }

    #[test]
    fn arrays_are_ordered_unless_the_statement_says_otherwise() {
        assert!(!same("array(integer)", json!([1, 2]), json!([2, 1])));
        assert!(same_by(
            None,
            true,
            "array(integer)",
            json!([1, 2, 1]),
            json!([2, 1, 1])
        ));
        assert!(!same_by(
            None,
            true,
            "array(integer)",
            json!([1, 2, 2]),
            json!([2, 1, 1])
        ));
    }
}
