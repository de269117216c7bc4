//! Puts shared parameters, bodies and responses into the operations that refer to them, and the
//! parameters of a path into its operations, so that no later pass has to follow a reference.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use openapiv3::{Components, Parameter, PathItem, ReferenceOr};

use crate::fault::{Fault, Place};
use crate::spec::{Method, Operation, Spec};
use crate::walk::{parameter_data_mut, parameter_in};

pub(super) fn run(spec: &mut Spec, file: &str, did: &mut Vec<String>, faults: &mut Vec<Fault>) {
    let shared = spec.api.components.take().unwrap_or_default();
    for (path, item) in &mut spec.api.paths.paths {
        match item {
            ReferenceOr::Reference { reference } => {
                let problem = format!("path `{path}` is a reference to `{reference}`");
                let remedy = "write the path's operations in the document itself";
                faults.push(Fault::new(file, Place::Document, problem, remedy));
            }
            ReferenceOr::Item(item) => flatten_item(path, item, &shared, file, did, faults),
        }
    }
    spec.api.components = Some(Components {
        schemas: shared.schemas,
        ..Components::default()
    });
}

fn flatten_item(
    path: &str,
    item: &mut PathItem,
    shared: &Components,
    file: &str,
    did: &mut Vec<String>,
    faults: &mut Vec<Fault>,
) {
    let of_path = std::mem::take(&mut item.parameters);
    let servers = std::mem::take(&mut item.servers);
    for method in Method::ALL {
        let Some(operation) = method.slot(item) else {
            continue;
        };
        let name = Operation {
            path: path.to_owned(),
            method,
        };
        let mut fault = |problem: String, remedy: &str| {
            let place = Place::Operation(name.clone(), String::new());
            faults.push(Fault::new(file, place, problem, remedy));
        };
        if !servers.is_empty() || !operation.servers.is_empty() {
            let remedy = "only one server for all operations can be generated";
            fault(
                "has `servers` of its own, which would be ignored".to_owned(),
                remedy,
            );
        }
        if !of_path.is_empty() {
            did.push(format!(
                "moved {} parameter(s) of path `{path}` into its operations",
                of_path.len()
            ));
        }
        let own = std::mem::take(&mut operation.parameters);
        let mut parameters: Vec<Parameter> = Vec::new();
        for (slot, overrides) in of_path
            .iter()
            .cloned()
            .map(|p| (p, false))
            .chain(own.into_iter().map(|p| (p, true)))
        {
            match resolve(slot, &shared.parameters, "parameters", did) {
                Ok(mut parameter) => {
                    if overrides {
                        let name = parameter_data_mut(&mut parameter).name.clone();
                        let place = parameter_in(&parameter);
                        let known = parameters.iter().take(of_path.len()).position(|p| {
                            parameter_in(p) == place
                                && parameter_data_mut(&mut p.clone()).name == name
                        });
                        if let Some(known) = known {
                            parameters.remove(known);
                        }
                    }
                    parameters.push(parameter);
                }
                Err(problem) => fault(problem, "write the parameter in the operation"),
            }
        }
        operation.parameters = parameters.into_iter().map(ReferenceOr::Item).collect();
        if let Some(body) = operation.request_body.take() {
            match resolve(body, &shared.request_bodies, "requestBodies", did) {
                Ok(body) => operation.request_body = Some(ReferenceOr::Item(body)),
                Err(problem) => fault(problem, "write the body in the operation"),
            }
        }
        if let Some(response) = operation.responses.default.take() {
            match resolve(response, &shared.responses, "responses", did) {
                Ok(response) => operation.responses.default = Some(ReferenceOr::Item(response)),
                Err(problem) => fault(problem, "write the response in the operation"),
            }
        }
        let responses = std::mem::take(&mut operation.responses.responses);
        for (status, response) in responses {
            match resolve(response, &shared.responses, "responses", did) {
                Ok(response) => {
                    let response = ReferenceOr::Item(response);
                    operation.responses.responses.insert(status, response);
                }
                Err(problem) => fault(problem, "write the response in the operation"),
            }
        }
    }
}

/// Follows references through `shared` to what they mean.
fn resolve<T: Clone>(
    mut slot: ReferenceOr<T>,
    shared: &IndexMap<String, ReferenceOr<T>>,
    kind: &str,
    did: &mut Vec<String>,
) -> Result<T, String> {
    let mut seen = BTreeSet::new();
    loop {
        match slot {
            ReferenceOr::Item(item) => return Ok(item),
            ReferenceOr::Reference { reference } => {
                let prefix = format!("#/components/{kind}/");
                let next = reference
                    .strip_prefix(&prefix)
                    .and_then(|name| shared.get(name));
                if !seen.insert(reference.clone()) {
                    return Err(format!("`{reference}` refers to itself"));
                }
                slot = next
                    .cloned()
                    .ok_or_else(|| format!("`{reference}` is not there"))?;
                did.push(format!("put `{reference}` where it is used"));
            }
        }
    }
}
