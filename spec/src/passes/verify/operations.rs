//! What an operation may ask for: its path, parameters and body.

use std::collections::BTreeMap;

use openapiv3::{
    HeaderStyle, Operation, Parameter, ParameterData, ParameterSchemaOrContent, PathStyle,
    QueryStyle, ReferenceOr, RequestBody, Schema, SchemaKind, StringFormat, StringType, Type,
    VariantOrUnknownOrEmpty,
};

use super::Complaint;
use crate::fault::Place;
use crate::spec::{Method, Spec, plain};
use crate::walk::{parameter_in, target};

pub(super) fn complaints(spec: &Spec, notes: &mut Vec<String>) -> Vec<Complaint> {
    let mut all = Vec::new();
    for (name, operation) in spec.operations() {
        let mut complain = |part: &str, problem: String, remedy: &'static str| {
            all.push((
                Place::Operation(name.clone(), part.to_owned()),
                problem,
                remedy,
            ));
        };
        if matches!(name.method, Method::Options | Method::Trace) {
            let problem = format!("{} cannot be generated", name.method.as_str());
            complain("", problem, "remove the operation");
        }
        if !operation.callbacks.is_empty() {
            complain(
                "",
                "has `callbacks`, which would be ignored".to_owned(),
                "remove them",
            );
        }
        let id = operation.operation_id.as_deref().unwrap_or_default();
        let fits = id.starts_with(|c: char| c.is_ascii_alphabetic())
            && id
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if !fits || syn_keyword(id) {
            let problem = format!("`{id}` cannot be a method's name");
            complain("", problem, "name it in the overlay's `[[operation-ids]]`");
        }
        match template(&name.path) {
            Err(problem) => complain("", problem, "write a path as `/v1/query/{query_id}`"),
            Ok(names) => path_parameters(operation, &names, &mut complain),
        }
        parameters(spec, operation, &mut complain);
        match &operation.request_body {
            Some(ReferenceOr::Item(found)) => {
                body(spec, found, &mut complain);
                if !found.required {
                    notes.push(format!(
                        "`{name}`: its body may be left out, and is always sent"
                    ));
                }
            }
            Some(ReferenceOr::Reference { .. }) | None => {}
        }
    }
    all
}

fn syn_keyword(id: &str) -> bool {
    matches!(
        id,
        "self" | "Self" | "super" | "crate" | "_" | "new" | "new_with_client"
    )
}

/// The parameters a path names.
fn template(path: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = path;
    while let Some(start) = rest.find(['{', '}']) {
        let after = rest.get(start..).unwrap_or_default();
        let Some(inner) = after.strip_prefix('{') else {
            return Err("its path has a `}` without a `{`".to_owned());
        };
        let Some((name, more)) = inner.split_once('}') else {
            return Err("its path has a `{` without a `}`".to_owned());
        };
        if name.is_empty() || name.contains('{') || names.iter().any(|n| n == name) {
            return Err(format!(
                "its path names the parameter `{name}` wrongly or twice"
            ));
        }
        names.push(name.to_owned());
        rest = more;
    }
    if !path.starts_with('/')
        || path.contains(['?', '#', '"', '\\', '%'])
        || path.contains(char::is_whitespace)
    {
        return Err("its path is none".to_owned());
    }
    Ok(names)
}

fn path_parameters(
    operation: &Operation,
    names: &[String],
    complain: &mut impl FnMut(&str, String, &'static str),
) {
    let declared: Vec<&str> = operation
        .parameters
        .iter()
        .filter_map(|parameter| match parameter {
            ReferenceOr::Item(Parameter::Path { parameter_data, .. }) => {
                Some(parameter_data.name.as_str())
            }
            _ => None,
        })
        .collect();
    for name in names
        .iter()
        .filter(|name| !declared.contains(&name.as_str()))
    {
        let problem = format!("its path names `{name}`, and no path parameter is called so");
        complain("", problem, "declare the parameter");
    }
    for name in declared
        .iter()
        .filter(|name| !names.iter().any(|n| n == **name))
    {
        let problem = format!("has the path parameter `{name}`, which its path does not name");
        complain(
            "",
            problem,
            "drop it with an entry in the overlay's `[[parameters]]`",
        );
    }
}

fn parameters(
    spec: &Spec,
    operation: &Operation,
    complain: &mut impl FnMut(&str, String, &'static str),
) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    if operation.request_body.is_some() {
        taken.insert("body".to_owned(), "the body".to_owned());
    }
    for slot in &operation.parameters {
        let ReferenceOr::Item(parameter) = slot else {
            continue;
        };
        let data = parameter.parameter_data_ref();
        let part = format!("parameter `{}`", data.name);
        let mut complain = |problem: String, remedy| complain(&part, problem, remedy);
        let key = plain(&data.name);
        if key.is_empty() || key.starts_with(|c: char| c.is_ascii_digit()) {
            complain("cannot be a Rust argument's name".to_owned(), "rename it");
        }
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if matches!(parameter, Parameter::Header { .. }) && !data.name.chars().all(token) {
            complain("cannot be the name of a header".to_owned(), "rename it");
        }
        // The one variable of progenitor's that it does not rename out of a parameter's way.
        if key == "headermap" {
            let problem = "has the name of a variable in the generated code".to_owned();
            complain(
                problem,
                "drop it with an entry in the overlay's `[[parameters]]`",
            );
        }
        let me = format!("the {} parameter `{}`", parameter_in(parameter), data.name);
        if let Some(other) = taken.insert(key, me) {
            let problem = format!("has the Rust name that {other} has");
            complain(
                problem,
                "drop one with an entry in the overlay's `[[parameters]]`",
            );
        }
        style(parameter, data, &mut complain);
        let ParameterSchemaOrContent::Schema(schema) = &data.format else {
            complain(
                "is typed by `content`, which cannot be generated".to_owned(),
                "give it a schema in the overlay's `[[parameters]]`",
            );
            continue;
        };
        let list = matches!(parameter, Parameter::Query { .. });
        if !fits(spec, schema, list) {
            let problem = "is no scalar, and cannot be written into a URL or header".to_owned();
            complain(
                problem,
                "give it a schema in the overlay's `[[parameters]]`",
            );
        }
        if list && data.explode == Some(false) && !fits(spec, schema, false) {
            let problem = "is a list in one value (`explode: false`), and would be sent as many";
            complain(
                problem.to_owned(),
                "make it a string in the overlay's `[[parameters]]`",
            );
        }
    }
}

fn style(
    parameter: &Parameter,
    data: &ParameterData,
    complain: &mut impl FnMut(String, &'static str),
) {
    let remedy = "give it a schema in the overlay's `[[parameters]]`";
    match parameter {
        Parameter::Path {
            style: PathStyle::Simple,
            ..
        } => {
            if !data.required {
                complain(
                    "is part of the path and not `required: true`".to_owned(),
                    "require it",
                );
            }
        }
        Parameter::Query {
            style: QueryStyle::Form,
            ..
        }
        | Parameter::Header {
            style: HeaderStyle::Simple,
            ..
        } => {}
        Parameter::Path { style, .. } => complain(format!("has the style {style:?}"), remedy),
        Parameter::Query { style, .. } => complain(format!("has the style {style:?}"), remedy),
        Parameter::Cookie { .. } => {
            complain(
                "is a cookie, which cannot be generated".to_owned(),
                "drop it in the overlay",
            );
        }
    }
}

/// Whether a schema is a scalar, or a list of scalars where `list` allows one.
fn fits(spec: &Spec, slot: &ReferenceOr<Schema>, list: bool) -> bool {
    let mut slot = slot.clone();
    for _ in 0..16 {
        let kind = match slot {
            ReferenceOr::Reference { reference } => {
                let named = target(&reference).and_then(|name| spec.schemas().get(name));
                match named.cloned() {
                    Some(next) => {
                        slot = next;
                        continue;
                    }
                    // A dangling reference is a complaint of its own.
                    None => return true,
                }
            }
            ReferenceOr::Item(schema) => schema.schema_kind,
        };
        return match kind {
            SchemaKind::Type(Type::Object(_)) => false,
            SchemaKind::Type(Type::Array(array)) => {
                list && array
                    .items
                    .is_some_and(|items| fits(spec, &items.unbox(), false))
            }
            SchemaKind::Type(_) => true,
            SchemaKind::AllOf { all_of } => match all_of.as_slice() {
                [one] => fits(spec, one, list),
                _ => false,
            },
            _ => false,
        };
    }
    false
}

fn body(spec: &Spec, body: &RequestBody, complain: &mut impl FnMut(&str, String, &'static str)) {
    let remedy = "decide with an entry in the overlay's `[[bodies]]`";
    let mut complain = |problem: String| complain("body", problem, remedy);
    let mut content = body.content.iter();
    let (Some((media_type, media)), None) = (content.next(), content.next()) else {
        let kinds: Vec<_> = body.content.keys().cloned().collect();
        complain(format!(
            "has {} media types {kinds:?}, and one can be generated",
            kinds.len()
        ));
        return;
    };
    let Some(schema) = &media.schema else {
        complain("has no schema".to_owned());
        return;
    };
    if !media.encoding.is_empty() {
        complain("has an `encoding`, which cannot be generated".to_owned());
    }
    let string = |wanted: VariantOrUnknownOrEmpty<StringFormat>| match schema {
        ReferenceOr::Item(Schema {
            schema_data,
            schema_kind: SchemaKind::Type(Type::String(text)),
        }) => {
            let plain = StringType {
                format: wanted,
                ..StringType::default()
            };
            *text == plain && !schema_data.nullable && schema_data.discriminator.is_none()
        }
        _ => false,
    };
    match media_type.as_str() {
        "application/json" => {
            if string(VariantOrUnknownOrEmpty::Empty) {
                let problem = "is a bare string, which would be sent in JSON's quotation marks";
                complain(problem.to_owned());
            }
        }
        "application/x-www-form-urlencoded" => {
            if fits(spec, schema, true) {
                complain("is a form, and its schema no object".to_owned());
            }
        }
        "application/octet-stream" => {
            if !string(VariantOrUnknownOrEmpty::Item(StringFormat::Binary)) {
                complain("is bytes, and its schema not `type: string, format: binary`".to_owned());
            }
        }
        "text/plain" | "text/x-markdown" => {
            if !string(VariantOrUnknownOrEmpty::Empty) {
                complain("is text, and its schema not `type: string`".to_owned());
            }
        }
        other => complain(format!("is {other}, which cannot be generated")),
    }
}
