//! Drops parameters that are there by mistake and corrects the types of others, as the overlay says.

use openapiv3::{ParameterSchemaOrContent, ReferenceOr};

use super::Work;
use crate::overlay::{ParameterChange, ParameterEntry};
use crate::walk::{parameter_data_mut, parameter_in};

pub(super) fn run(work: &mut Work<'_>) {
    for entry in &work.overlay.parameters {
        for name in &entry.operations {
            let label = format!("{} of `{name}`", entry.label());
            match work.spec.operation_mut(name) {
                None => work.unmatched(label, "no document has this operation"),
                Some(operation) => {
                    if change(entry, operation) {
                        let done = match entry.change {
                            ParameterChange::Drop => "dropped",
                            ParameterChange::Schema(_) => "retyped",
                        };
                        let (place, parameter) = (&entry.r#in, &entry.name);
                        work.did(format!("{done} {place} `{parameter}` of `{name}`"));
                    } else {
                        work.unmatched(label, "the operation has no such parameter");
                    }
                }
            }
        }
    }
}

fn change(entry: &ParameterEntry, operation: &mut openapiv3::Operation) -> bool {
    let position = operation
        .parameters
        .iter_mut()
        .position(|parameter| match parameter {
            ReferenceOr::Item(parameter) => {
                parameter_in(parameter) == entry.r#in
                    && parameter_data_mut(parameter).name == entry.name
            }
            ReferenceOr::Reference { .. } => false,
        });
    let Some(position) = position else {
        return false;
    };
    match &entry.change {
        ParameterChange::Drop => {
            operation.parameters.remove(position);
        }
        ParameterChange::Schema(shape) => {
            if let Some(ReferenceOr::Item(parameter)) = operation.parameters.get_mut(position) {
                parameter_data_mut(parameter).format =
                    ParameterSchemaOrContent::Schema(shape.0.clone());
            }
        }
    }
    true
}
