//! The frames of windows.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr as PlanExpr, WindowFrame, WindowFrameBound, WindowFrameUnits};
use datafusion::sql::sqlparser::ast::{self, Expr, WindowSpec};

use super::{Planner, Result, Typed, at, expr::Env, unsupported};
use crate::engine::{
    SqlError,
    datafusion::{
        cast, native,
        types::{Type, coerces},
        value::{self, Value},
    },
};

impl Planner<'_> {
    pub(super) fn frame(
        &mut self,
        spec: &WindowSpec,
        order: &[Type],
        ast: &Expr,
        env: &mut Env,
    ) -> Result<WindowFrame> {
        let Some(frame) = &spec.window_frame else {
            return Ok(WindowFrame::new((!order.is_empty()).then_some(false)));
        };
        let units = match frame.units {
            ast::WindowFrameUnits::Rows => WindowFrameUnits::Rows,
            ast::WindowFrameUnits::Range => WindowFrameUnits::Range,
            ast::WindowFrameUnits::Groups => WindowFrameUnits::Groups,
        };
        let start = self.bound(&frame.start_bound, units, order, ast, env)?;
        let end = match &frame.end_bound {
            Some(end) => self.bound(end, units, order, ast, env)?,
            None => WindowFrameBound::CurrentRow,
        };
        if units == WindowFrameUnits::Groups && order.is_empty() {
            return Err(at(
                "MISSING_ORDER_BY",
                ast,
                "Window frame of type GROUPS requires ORDER BY",
            ));
        }
        // Without an order all rows are peers.
        if units == WindowFrameUnits::Range && order.is_empty() {
            return Ok(WindowFrame::new(None));
        }
        Ok(WindowFrame::new_bounds(units, start, end))
    }

    pub(super) fn bound(
        &mut self,
        bound: &ast::WindowFrameBound,
        units: WindowFrameUnits,
        order: &[Type],
        ast: &Expr,
        env: &mut Env,
    ) -> Result<WindowFrameBound> {
        let (distance, before) = match bound {
            ast::WindowFrameBound::CurrentRow => return Ok(WindowFrameBound::CurrentRow),
            ast::WindowFrameBound::Preceding(None) => {
                return Ok(WindowFrameBound::Preceding(ScalarValue::Null));
            }
            ast::WindowFrameBound::Following(None) => {
                return Ok(WindowFrameBound::Following(ScalarValue::Null));
            }
            ast::WindowFrameBound::Preceding(Some(distance)) => (distance, true),
            ast::WindowFrameBound::Following(Some(distance)) => (distance, false),
        };
        let value = self.expr(distance, env)?;
        let scalar = if units == WindowFrameUnits::Range {
            match order {
                [] => return Err(at("MISSING_ORDER_BY", ast, "Window frame of type RANGE PRECEDING or FOLLOWING requires ORDER BY")),
                [ty] => range(&value, ty).ok_or_else(|| {
                    let what = if ty.is_number() || ty.is_time() {
                        format!("does not support an offset of type {}", value.ty)
                    } else {
                        format!("requires that sort item type be numeric, datetime or interval (actual: {ty})")
                    };
                    at("TYPE_MISMATCH", distance.as_ref(), format!("Window frame of type RANGE PRECEDING or FOLLOWING {what}"))
                })??,
                _ => return Err(at("INVALID_ORDER_BY", ast, "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY")),
            }
        } else {
            let rows = match constant(&value.expr) {
                Some(Value::Int(rows)) => rows,
                _ => {
                    return Err(unsupported(
                        distance.as_ref(),
                        "a frame bound that is no constant",
                    ));
                }
            };
            let rows = u64::try_from(rows).map_err(|_| {
                SqlError::new(
                    "INVALID_WINDOW_FRAME",
                    "Window frame offset value must not be negative or null",
                )
            })?;
            ScalarValue::UInt64(Some(rows))
        };
        Ok(if before {
            WindowFrameBound::Preceding(scalar)
        } else {
            WindowFrameBound::Following(scalar)
        })
    }
}

/// The value of an expression that reads no column.
pub(super) fn constant(expr: &PlanExpr) -> Option<value::Value> {
    let scalar = match expr {
        PlanExpr::Literal(scalar, _) => scalar.clone(),
        PlanExpr::Cast(cast) => match cast.expr.as_ref() {
            PlanExpr::Literal(scalar, _) => scalar.clone(),
            _ => return None,
        },
        _ => return None,
    };
    value::from_array(&scalar.to_array().ok()?)
        .ok()?
        .into_iter()
        .next()
}

/// The distance of a RANGE bound for keys of a type.
pub(super) fn range(distance: &Typed, key: &Type) -> Option<Result<ScalarValue>> {
    let found = constant(&distance.expr);
    let months = distance.ty == Type::IntervalMonth;
    if key.is_time() && matches!(distance.ty, Type::IntervalDay | Type::IntervalMonth) {
        let Some(Value::Int(size)) = found else {
            return Some(Err(constant_wanted()));
        };
        let months = if months { i32::try_from(size).ok()? } else { 0 };
        let (days, nanos) = if distance.ty == Type::IntervalDay {
            (
                i32::try_from(size / 86_400_000).ok()?,
                size % 86_400_000 * 1_000_000,
            )
        } else {
            (0, 0)
        };
        return Some(Ok(ScalarValue::new_interval_mdn(months, days, nanos)));
    }
    if !key.is_number() || !distance.ty.is_number() {
        return None;
    }
    let Some(found) = found else {
        return Some(Err(constant_wanted()));
    };
    let exact = coerces(&distance.ty, key) || (key.is_integer() && distance.ty.is_integer());
    if !exact {
        return Some(Err(SqlError::new(
            "NOT_SUPPORTED",
            format!(
                "a RANGE of {} over {key} is not supported by the local engine yet",
                distance.ty
            ),
        )));
    }
    let cast = cast::cast(&found, &distance.ty, key);
    Some(cast.and_then(|value| {
        value::to_array(&[value], &key.arrow())
            .and_then(|array| ScalarValue::try_from_array(&array, 0))
            .map_err(|e| native::sql_error(&e))
    }))
}

pub(super) fn constant_wanted() -> SqlError {
    SqlError::new(
        "NOT_SUPPORTED",
        "a frame bound that is no constant is not supported by the local engine yet",
    )
}
