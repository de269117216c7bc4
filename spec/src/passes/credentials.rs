//! Drops the parameters that carry the key: as setters on every call they would invite keys into
//! logs, and the connection sends the key as a header that is marked sensitive.

use openapiv3::ReferenceOr;

use super::Work;
use crate::walk::{parameter_data_mut, parameter_in};

pub(super) fn run(work: &mut Work<'_>) {
    for credential in &work.overlay.credentials {
        let mut dropped = 0;
        work.spec.for_each_operation(|_, operation| {
            let before = operation.parameters.len();
            operation
                .parameters
                .retain_mut(|parameter| match parameter {
                    ReferenceOr::Item(parameter) => {
                        parameter_in(parameter) != credential.r#in
                            || !parameter_data_mut(parameter)
                                .name
                                .eq_ignore_ascii_case(&credential.name)
                    }
                    ReferenceOr::Reference { .. } => true,
                });
            dropped += before - operation.parameters.len();
        });
        if dropped == 0 {
            work.unmatched(credential.label(), "no operation has this parameter");
        } else {
            let (place, name) = (&credential.r#in, &credential.name);
            work.did(format!(
                "dropped {place} `{name}` from {dropped} operations"
            ));
        }
    }
}
