//! Trino's scalar functions: which there are, which overload a call means, and who does the work.
//! A function that is not here is refused by name, so that none answers as another engine would.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    type_text,
    types::{Type, coerces, common},
    value::Value,
};
use crate::engine::SqlError;

mod array;
mod binary;
mod joda;
mod json;
mod known;
mod map;
mod math;
mod numeric;
mod patterns;
mod regexp;
mod text;
mod time;

pub(crate) use self::{
    json::canonical, map::build as build_map, map::find, numeric::arithmetic, time::shift,
};

/// What a function gives for one row's values, of these types.
pub(crate) type Run = fn(&[Value], &[Type]) -> Result<Value, SqlError>;

/// One way of calling a function.
struct Overload {
    params: Vec<Type>,
    /// The last parameter may come any number of times.
    variadic: bool,
    output: Type,
    run: Run,
    sees_nulls: bool,
    written: &'static str,
}

/// The overload that a call means.
pub(crate) struct Resolved {
    /// The types that the arguments are to be coerced to.
    pub(crate) params: Vec<Type>,
    pub(crate) output: Type,
    pub(crate) run: Run,
    pub(crate) sees_nulls: bool,
}

/// A line of the tables below: name, signature, work. `?` before a signature: it is asked about NULLs too.
type Line = (&'static str, &'static str, Run);

static TABLE: LazyLock<HashMap<&'static str, Vec<Overload>>> = LazyLock::new(|| {
    let mut table: HashMap<_, Vec<Overload>> = HashMap::new();
    let areas = [
        text::TABLE,
        regexp::TABLE,
        binary::TABLE,
        math::TABLE,
        time::TABLE,
        array::TABLE,
        map::TABLE,
        json::TABLE,
    ];
    for (name, written, run) in areas.into_iter().flatten() {
        if let Some(overload) = read(written, *run) {
            table.entry(*name).or_default().push(overload);
        }
    }
    table
});

fn read(written: &'static str, run: Run) -> Option<Overload> {
    let (sees_nulls, signature) = written
        .strip_prefix('?')
        .map_or((false, written), |rest| (true, rest));
    let (params, output) = signature.split_once("->")?;
    let (params, variadic) = params
        .strip_suffix("..")
        .map_or((params, false), |rest| (rest, true));
    let params = if params.is_empty() {
        Vec::new()
    } else {
        match type_text::parse_pattern(&format!("row({params})"))? {
            Type::Row(fields) => fields.into_iter().map(|(_, ty)| ty).collect(),
            _ => return None,
        }
    };
    Some(Overload {
        params,
        variadic,
        output: type_text::parse_pattern(output)?,
        run,
        sees_nulls,
        written: signature,
    })
}

/// The overload of `name` that takes arguments of these types.
pub(crate) fn resolve(name: &str, args: &[Type]) -> Result<Resolved, SqlError> {
    if let Some(special) = numeric::resolve(name, args).or_else(|| time::resolve(name, args)) {
        return Ok(special);
    }
    let sorts = matches!(
        name,
        "array_sort" | "array_min" | "array_max" | "greatest" | "least"
    );
    let unordered = |ty: &Type| {
        if let Type::Array(inner) = ty {
            !inner.is_orderable()
        } else {
            !ty.is_orderable()
        }
    };
    let refused = sorts && args.iter().any(unordered);
    let overloads = if refused {
        &[]
    } else {
        TABLE.get(name).map(Vec::as_slice).unwrap_or_default()
    };
    let long = name == "codepoint"
        && args
            .iter()
            .any(|ty| !matches!(ty, Type::Varchar(Some(1)) | Type::Unknown));
    for exact in if long { &[][..] } else { &[true, false][..] } {
        for overload in overloads {
            if let Some(resolved) = overload.take(args, *exact) {
                return Ok(resolved);
            }
        }
    }
    if overloads.is_empty()
        && !refused
        && !numeric::NAMES.contains(&name)
        && !time::NAMES.contains(&name)
    {
        return Err(known::missing(name));
    }
    let given: Vec<String> = args.iter().map(ToString::to_string).collect();
    let expected: Vec<String> = overloads
        .iter()
        .map(|o| {
            format!(
                "{name}({})",
                o.written.split("->").next().unwrap_or_default()
            )
        })
        .collect();
    let mut message = format!(
        "Unexpected parameters ({}) for function {name}.",
        given.join(", ")
    );
    if !expected.is_empty() {
        message.push_str(&format!(" Expected: {}", expected.join(", ")));
    }
    Err(SqlError::new("FUNCTION_NOT_FOUND", message))
}

impl Overload {
    fn take(&self, args: &[Type], exact: bool) -> Option<Resolved> {
        let enough = if self.variadic {
            args.len() + 1 >= self.params.len()
        } else {
            args.len() == self.params.len()
        };
        if !enough {
            return None;
        }
        let params: Vec<&Type> = (0..args.len())
            .map(|i| self.params.get(i).or(self.params.last()))
            .collect::<Option<_>>()?;
        let mut bound = HashMap::new();
        for (param, arg) in params.iter().zip(args) {
            if !unify(param, arg, &mut bound, exact) {
                return None;
            }
        }
        let params: Vec<Type> = params
            .iter()
            .zip(args)
            .map(|(param, arg)| settle(param, arg, &bound))
            .collect();
        let first = args.first().unwrap_or(&Type::Unknown);
        let output = settle(&self.output, first, &bound);
        Some(Resolved {
            params,
            output,
            run: self.run,
            sees_nulls: self.sees_nulls,
        })
    }
}

fn unify(param: &Type, arg: &Type, bound: &mut HashMap<char, Type>, exact: bool) -> bool {
    match (param, arg) {
        (Type::Var(letter), arg) => {
            let merged = match bound.get(letter) {
                None => Some(arg.clone()),
                Some(known) if exact => (known == arg).then(|| arg.clone()),
                Some(known) => common(known, arg),
            };
            merged.map(|ty| bound.insert(*letter, ty)).is_some()
        }
        (Type::Array(_) | Type::Map(..) | Type::Row(_), Type::Unknown) => !exact,
        (Type::Array(p), Type::Array(a)) => unify(p, a, bound, exact),
        (Type::Map(k, v), Type::Map(l, w)) => {
            unify(k, l, bound, exact) && unify(v, w, bound, exact)
        }
        (Type::Row(p), Type::Row(a)) => {
            p.len() == a.len()
                && p.iter()
                    .zip(a)
                    .all(|((_, p), (_, a))| unify(p, a, bound, exact))
        }
        (Type::AnyDecimal, Type::Decimal(..))
        | (Type::Varchar(None), Type::Varchar(_))
        | (Type::Timestamp(_), Type::Timestamp(_))
        | (Type::TimestampTz(..), Type::TimestampTz(..))
        | (Type::Time(_), Type::Time(_)) => true,
        (param, arg) if exact => param == arg,
        (Type::AnyDecimal, arg) => arg.is_integer() || *arg == Type::Unknown,
        (param, arg) => coerces(arg, param),
    }
}

/// The type that a parameter has for this argument.
fn settle(param: &Type, arg: &Type, bound: &HashMap<char, Type>) -> Type {
    match (param, arg) {
        (Type::Var(letter), _) => bound.get(letter).cloned().unwrap_or(Type::Unknown),
        (Type::AnyDecimal, Type::Decimal(..))
        | (Type::Timestamp(_), Type::Timestamp(_))
        | (Type::TimestampTz(..), Type::TimestampTz(..))
        | (Type::Time(_), Type::Time(_)) => arg.clone(),
        (Type::AnyDecimal, arg) => arg
            .as_decimal()
            .map_or(Type::Decimal(38, 0), |(p, s)| Type::Decimal(p, s)),
        (Type::Array(p), _) => {
            let inner = if let Type::Array(a) = arg {
                a
            } else {
                &Type::Unknown
            };
            Type::array(settle(p, inner, bound))
        }
        (Type::Map(k, v), _) => {
            let (l, w) = if let Type::Map(l, w) = arg {
                (l.as_ref(), w.as_ref())
            } else {
                (&Type::Unknown, &Type::Unknown)
            };
            Type::map(settle(k, l, bound), settle(v, w, bound))
        }
        (Type::Row(fields), _) => Type::Row(
            fields
                .iter()
                .map(|(n, p)| (n.clone(), settle(p, &Type::Unknown, bound)))
                .collect(),
        ),
        (param, _) => param.clone(),
    }
}

/// An argument that Trino refuses when the function runs.
pub(crate) fn bad_argument(message: impl Into<String>) -> SqlError {
    SqlError::new("INVALID_FUNCTION_ARGUMENT", message)
}

/// A value that is not of the type that the planner gave it: a fault of ours.
pub(crate) fn misfit() -> SqlError {
    SqlError::new(
        "GENERIC_INTERNAL_ERROR",
        "a function got a value of another type than it was planned for",
    )
}
