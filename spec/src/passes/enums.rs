//! Enumerations. In requests, those written in place become one named type for each property name,
//! so that `performance` is `Performance` everywhere. In responses a new value must not make an
//! answer unreadable, so there they become plain strings.

use indexmap::IndexMap;
use openapiv3::{ReferenceOr, Schema, SchemaData, SchemaKind, StringType, Type};

use super::Work;
use super::received::is_enumeration;
use crate::fault::Place;
use crate::overlay::Resolution;
use crate::spec::pascal;
use crate::walk::{Found, Side, reachable, reference_to, references, slots, target, visit_slot};

/// The enumerations that stand in place under one property name.
#[derive(Default)]
struct Group {
    /// The values each place lists.
    places: Vec<(Place, Vec<String>)>,
}

pub(super) fn run(work: &mut Work<'_>) {
    let groups = collect(work);
    let mut names: IndexMap<String, String> = IndexMap::new();
    for (property, group) in &groups {
        let entry = work.overlay.enumeration(property);
        let name = entry.map_or_else(|| pascal(property), |entry| entry.name.clone());
        let mut values: Vec<String> = Vec::new();
        let mut same = true;
        for (place, listed) in &group.places {
            if sorted(listed) != sorted(&group.places[0].1) {
                same = false;
                if entry.is_none() {
                    let (first, other) = (&group.places[0].0, &group.places[0].1);
                    let problem = format!("lists {listed:?}, and {first} lists {other:?}");
                    let remedy = "decide by hand: an entry in the overlay's `[[enums]]` makes \
                                  them one type";
                    work.fault(place.clone(), problem, remedy);
                }
            }
            values.extend(
                listed
                    .iter()
                    .filter(|v| !values.contains(v))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
        }
        if !same {
            match entry.map(|entry| entry.resolution) {
                Some(Resolution::Union) => {
                    work.did(format!(
                        "places list different values of `{property}`: took all"
                    ));
                }
                None => continue,
            }
        }
        let schema = Schema {
            schema_data: SchemaData {
                description: entry.map(|entry| entry.description.clone()),
                ..SchemaData::default()
            },
            schema_kind: SchemaKind::Type(Type::String(StringType {
                enumeration: values.iter().cloned().map(Some).collect(),
                ..StringType::default()
            })),
        };
        if let Some(taken) = work.spec.schema_like(&name) {
            let place = Place::Schema(taken.to_owned(), String::new());
            let problem = format!("has the name that the enumeration of `{property}` would have");
            work.fault(
                place,
                problem,
                "name the enumeration in the overlay's `[[enums]]`",
            );
            continue;
        }
        work.spec
            .schemas_mut()
            .insert(name.clone(), ReferenceOr::Item(schema));
        work.did(format!(
            "`{name}` is {} in {} places",
            values.join(" | "),
            group.places.len()
        ));
        names.insert(property.clone(), name);
    }
    let entries: Vec<_> = work
        .overlay
        .enums
        .iter()
        .filter(|e| !groups.contains_key(&e.property))
        .collect();
    for entry in entries {
        work.unmatched(entry.label(), "no request has an enumeration of this name");
    }
    replace(work, &names);
}

/// Requests only, in document order.
fn collect(work: &mut Work<'_>) -> IndexMap<String, Group> {
    let mut groups: IndexMap<String, Group> = IndexMap::new();
    in_requests(work, |place, property, schema| {
        if let Some(values) = listed(schema) {
            groups
                .entry(property.to_owned())
                .or_default()
                .places
                .push((place, values));
        }
    });
    groups
}

fn replace(work: &mut Work<'_>, names: &IndexMap<String, String>) {
    in_requests(work, |_, property, schema| {
        if let (Some(_), Some(name)) = (listed(schema), names.get(property)) {
            let reference = reference_to(name);
            schema.schema_kind = SchemaKind::AllOf {
                all_of: vec![ReferenceOr::Reference { reference }],
            };
        }
    });
}

/// Visits every schema that stands in place in something sent, with the name of its property. A
/// named schema that is an enumeration itself has its name already.
fn in_requests(work: &mut Work<'_>, mut to: impl FnMut(Place, &str, &mut Schema)) {
    let sent = reachable(&work.spec, &[Side::Request]);
    work.spec.for_each_operation(|name, operation| {
        for (words, side, slot) in slots(operation) {
            if side == Side::Request {
                visit_slot(&words, slot, &mut |trail, found| {
                    if let Found::Inline(schema) = found {
                        let place = Place::Operation(name.clone(), trail.to_owned());
                        to(place, property_of(trail), schema);
                    }
                });
            }
        }
    });
    for (name, slot) in work.spec.schemas_mut() {
        if !sent.contains(name) {
            continue;
        }
        visit_slot("", slot, &mut |trail, found| {
            if let (Found::Inline(schema), false) = (found, trail.is_empty()) {
                to(
                    Place::Schema(name.clone(), trail.to_owned()),
                    property_of(trail),
                    schema,
                );
            }
        });
    }
}

/// The last name on the way to a schema: of `parameter `x`` it is `x`, of `.nodes[]` it is `nodes`.
fn property_of(trail: &str) -> &str {
    let trail = trail.trim_end_matches("[]");
    let last = trail.rsplit('.').next().unwrap_or(trail);
    last.split('`').nth(1).unwrap_or(last)
}

fn listed(schema: &Schema) -> Option<Vec<String>> {
    match &schema.schema_kind {
        SchemaKind::Type(Type::String(text)) if !text.enumeration.is_empty() => {
            Some(text.enumeration.iter().flatten().cloned().collect())
        }
        _ => None,
    }
}

fn sorted(values: &[String]) -> Vec<&String> {
    let mut values: Vec<_> = values.iter().collect();
    values.sort();
    values
}

/// Makes plain strings of the enumerations in what is received.
pub(super) fn open(work: &mut Work<'_>) {
    let sent = reachable(&work.spec, &[Side::Request]);
    let received = reachable(&work.spec, &[Side::Response]);
    let enumerations: Vec<String> = work
        .spec
        .schemas()
        .iter()
        .filter(|(_, slot)| is_enumeration(slot))
        .map(|(name, _)| name.clone())
        .collect();
    let mut opened = Vec::new();
    for (name, slot) in work.spec.schemas_mut() {
        if !sent.contains(name) && received.contains(name) && !enumerations.contains(name) {
            open_slot("", slot, &enumerations, &mut |trail| {
                opened.push(format!("`{name}`{trail}"))
            });
        }
    }
    work.spec.for_each_operation(|name, operation| {
        for (words, side, slot) in slots(operation) {
            if side == Side::Response {
                open_slot(&words, slot, &enumerations, &mut |trail| {
                    opened.push(format!("`{name}` {trail}"));
                });
            }
        }
    });
    work.did.extend(opened);
}

fn open_slot(
    trail: &str,
    slot: &mut ReferenceOr<Schema>,
    enumerations: &[String],
    opened: &mut dyn FnMut(&str),
) {
    let string = || SchemaKind::Type(Type::String(StringType::default()));
    let named = |slot: &ReferenceOr<Schema>| match slot {
        ReferenceOr::Reference { reference } => {
            target(reference).is_some_and(|name| enumerations.iter().any(|e| e == name))
        }
        ReferenceOr::Item(_) => false,
    };
    if named(slot) {
        let schema_data = SchemaData::default();
        *slot = ReferenceOr::Item(Schema {
            schema_data,
            schema_kind: string(),
        });
        opened(trail);
        return;
    }
    if !references(slot)
        .iter()
        .any(|name| enumerations.contains(name))
        && !has_values(slot)
    {
        return;
    }
    let mut to = |trail: &str, found: Found<'_>| {
        let Found::Inline(schema) = found else { return };
        match &mut schema.schema_kind {
            SchemaKind::Type(Type::String(text)) if !text.enumeration.is_empty() => {
                text.enumeration.clear();
                opened(trail);
            }
            SchemaKind::AllOf { all_of } if all_of.len() == 1 && all_of.iter().any(named) => {
                schema.schema_kind = string();
                opened(trail);
            }
            SchemaKind::Type(Type::Object(object)) => {
                for (name, property) in &mut object.properties {
                    if named(&property.clone().unbox()) {
                        let schema_data = SchemaData::default();
                        let schema = Schema {
                            schema_data,
                            schema_kind: string(),
                        };
                        *property = ReferenceOr::Item(Box::new(schema));
                        opened(&format!("{trail}.{name}"));
                    }
                }
            }
            SchemaKind::Type(Type::Array(array)) => {
                if let Some(items) = &mut array.items
                    && named(&items.clone().unbox())
                {
                    let schema_data = SchemaData::default();
                    let schema = Schema {
                        schema_data,
                        schema_kind: string(),
                    };
                    *items = ReferenceOr::Item(Box::new(schema));
                    opened(&format!("{trail}[]"));
                }
            }
            _ => {}
        }
    };
    visit_slot(trail, slot, &mut to);
}

fn has_values(slot: &ReferenceOr<Schema>) -> bool {
    let mut copy = slot.clone();
    let mut has = false;
    visit_slot("", &mut copy, &mut |_, found| {
        if let Found::Inline(schema) = found {
            has |= listed(schema).is_some();
        }
    });
    has
}
