//! What a name means: a parameter of a lambda, an output column, a column of the FROM clause, one of a query around.

use datafusion::logical_expr::Expr as PlanExpr;
use datafusion::sql::sqlparser::ast::Expr;

use super::{
    Field, Planner, Result, Typed, at, build_value, column, expr::Env, literal, unsupported,
};
use crate::engine::datafusion::{calendar, types::Type, value::Value};

impl Planner<'_> {
    /// What a name means: a parameter of a lambda, an output column, a column of the FROM clause, one of a query around.
    pub(super) fn name(&mut self, ast: &Expr, env: &mut Env) -> Result<Typed> {
        let parts: Vec<&str> = match ast {
            Expr::Identifier(name) => vec![name.value.as_str()],
            Expr::CompoundIdentifier(names) => {
                names.iter().map(|name| name.value.as_str()).collect()
            }
            _ => Vec::new(),
        };
        let Some((first, rest)) = parts.split_first() else {
            return Err(at("SYNTAX_ERROR", ast, "mismatched input"));
        };
        if let Some((_, local)) = env
            .locals
            .iter()
            .rev()
            .find(|(name, _)| name.eq_ignore_ascii_case(first))
        {
            return fields_of(local.clone(), rest, ast);
        }
        if let Some((_, output)) = env
            .aliases
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(first))
            && rest.is_empty()
        {
            return Ok(output.clone());
        }
        if let Some((found, rest)) = find(&env.fields, &parts, ast)? {
            if let Some(grouping) = &env.grouping {
                return match grouping.keys.iter().find(|key| key.source == found.expr) {
                    Some(key) => fields_of(Typed::column(&key.id, key.ty.clone()), rest, ast),
                    None => Err(grouping.missing(ast)),
                };
            }
            return fields_of(found, rest, ast);
        }
        for fields in self.outer.iter().rev() {
            if let Some((found, rest)) = find(fields, &parts, ast)? {
                let PlanExpr::Column(name) = found.expr else {
                    break;
                };
                let field = datafusion::arrow::datatypes::Field::new(
                    name.name.clone(),
                    found.ty.arrow(),
                    true,
                );
                let expr = PlanExpr::OuterReferenceColumn(field.into(), name);
                return fields_of(Typed { expr, ty: found.ty }, rest, ast);
            }
        }
        if rest.is_empty() && is_quoteless(ast) {
            match first.to_lowercase().as_str() {
                "current_date" | "current_timestamp" | "localtimestamp" | "current_time"
                | "localtime" | "current_user" | "current_catalog" | "current_schema" => {
                    return self.moment(&first.to_lowercase(), ast);
                }
                _ => {}
            }
        }
        Err(at(
            "COLUMN_NOT_FOUND",
            ast,
            format!(
                "Column '{}' cannot be resolved",
                parts.join(".").to_lowercase()
            ),
        ))
    }

    /// The query's time, in the types of the functions that ask for it.
    pub(super) fn moment(&self, name: &str, ast: &Expr) -> Result<Typed> {
        let millis = self.now.div_euclid(1000) * 1000;
        match name {
            "now" | "current_timestamp" => literal(Value::Int(millis), &Type::timestamp_tz(3)),
            "current_date" => literal(Value::Int(self.now.div_euclid(calendar::DAY)), &Type::Date),
            "localtimestamp" => literal(Value::Int(millis), &Type::Timestamp(3)),
            other => Err(unsupported(ast, other)),
        }
    }
}

pub(super) fn is_quoteless(ast: &Expr) -> bool {
    matches!(ast, Expr::Identifier(name) if name.quote_style.is_none())
}

/// The column that the first parts of a name mean, and the parts that are left.
pub(super) fn find<'p>(
    fields: &[Field],
    parts: &'p [&'p str],
    ast: &Expr,
) -> Result<Option<(Typed, &'p [&'p str])>> {
    // The longest table name first: `dex.trades.taker` before the field of a row.
    for split in (0..parts.len()).rev() {
        let (relation, rest) = parts.split_at(split);
        let Some((name, rest)) = rest.split_first() else {
            continue;
        };
        let fits = |field: &&Field| {
            field
                .name
                .as_ref()
                .is_some_and(|n| n.eq_ignore_ascii_case(name))
                && relation.len() <= field.relation.len()
                && field
                    .relation
                    .iter()
                    .rev()
                    .zip(relation.iter().rev())
                    .all(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        let mut found = fields.iter().filter(fits);
        if let Some(field) = found.next() {
            if found.next().is_some() {
                return Err(at(
                    "AMBIGUOUS_NAME",
                    ast,
                    format!("Column '{}' is ambiguous", parts.join(".")),
                ));
            }
            return Ok(Some((
                Typed {
                    expr: column(&field.id),
                    ty: field.ty.clone(),
                },
                rest,
            )));
        }
    }
    Ok(None)
}

pub(super) fn fields_of(mut value: Typed, names: &[&str], ast: &Expr) -> Result<Typed> {
    for name in names {
        value = field_of(value, name, ast)?;
    }
    Ok(value)
}

pub(super) fn field_of(value: Typed, name: &str, ast: &Expr) -> Result<Typed> {
    let Type::Row(fields) = &value.ty else {
        return Err(at(
            "TYPE_MISMATCH",
            ast,
            format!("Expression {ast} is not of type ROW"),
        ));
    };
    let named =
        |(n, _): &(Option<String>, Type)| n.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(name));
    match fields.iter().position(named) {
        Some(index) => Ok(build_value::field(value, index)),
        None => Err(at(
            "INVALID_COLUMN_REFERENCE",
            ast,
            format!("Column reference '{ast}' is invalid"),
        )),
    }
}
