//! What `ARCHITECTURE.md` says of dependencies, held against the manifests: each has a line that says why, in each room where it is.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps a test may fail like a test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use toml::{Table, Value};

/// Rooms by crate, as `graph` or, where only the tests of that room need it, `graph (tests)`.
type Rooms = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_dependency_has_a_line_and_every_line_a_dependency() {
    let (written, used) = (written(), used());
    let mut faults = Vec::new();
    let crates: BTreeSet<&String> = written.keys().chain(used.keys()).collect();
    let none = BTreeSet::new();
    for name in crates {
        let written = written.get(name).unwrap_or(&none);
        let used = used.get(name).unwrap_or(&none);
        for room in used.difference(written) {
            faults.push(format!("`{name}` in {room} has no line"));
        }
        for room in written.difference(used) {
            faults.push(format!("`{name}` is not in {room}"));
        }
    }
    assert!(
        faults.is_empty(),
        "ARCHITECTURE.md and the manifests differ:\n{}",
        faults.join("\n")
    );
}

#[test]
fn every_line_says_why() {
    for [crates, _, why] in lines() {
        assert!(!why.is_empty(), "{crates}");
    }
}

#[test]
fn what_the_workspace_offers_is_taken() {
    let used = used();
    let workspace = manifest("");
    let offered = workspace["workspace"]["dependencies"].as_table().unwrap();
    for (name, how) in offered {
        let own = how.get("path").is_some();
        assert!(own || used.contains_key(name), "nobody takes `{name}`");
    }
}

/// The lines of the table: crates, where, why.
fn lines() -> Vec<[String; 3]> {
    let text = fs::read_to_string(house().join("ARCHITECTURE.md")).unwrap();
    let (_, table) = text
        .split_once("\n| crate | where | why |\n|---|---|---|\n")
        .unwrap();
    let lines = table.lines().map_while(|line| {
        let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<String> = cells.split(" | ").map(str::to_owned).collect();
        let three = <[String; 3]>::try_from(cells);
        Some(three.unwrap_or_else(|cells| panic!("not three cells: {cells:?}")))
    });
    lines.collect()
}

/// What the table says. A remark in parentheses is for people, except `(tests)`.
fn written() -> Rooms {
    let mut rooms = Rooms::new();
    for [crates, places, _] in lines() {
        for name in crates.split(", ") {
            let known = rooms.entry(name.to_owned()).or_default();
            for place in places.split(", ") {
                let (room, remark) = place.split_once(" (").unwrap_or((place, ""));
                let room = match remark {
                    "tests)" => format!("{room} (tests)"),
                    _ => room.to_owned(),
                };
                assert!(known.insert(room), "`{name}`: {place} stands there twice");
            }
        }
    }
    rooms
}

/// What the manifests say, without the rooms of this house.
fn used() -> Rooms {
    let workspace = manifest("");
    let inherited = workspace["workspace"]["dependencies"].as_table().unwrap();
    let mut used = Rooms::new();
    for room in rooms("") {
        let manifest = manifest(&room);
        let of = |kind: &str| -> BTreeSet<String> {
            let of_systems = manifest.get("target").and_then(Value::as_table);
            let of_systems = of_systems.into_iter().flat_map(Table::values);
            let tables =
                std::iter::once(manifest.get(kind)).chain(of_systems.map(|table| table.get(kind)));
            let tables = tables.flatten().filter_map(Value::as_table);
            let foreign = tables.flatten().filter(|(name, how)| {
                let inherited = inherited.get(*name).and_then(|how| how.get("path"));
                how.get("path").or(inherited).is_none()
            });
            foreign.map(|(name, _)| name.clone()).collect()
        };
        let shipped: BTreeSet<String> = &of("dependencies") | &of("build-dependencies");
        let tests = &of("dev-dependencies") - &shipped;
        // A room that nobody is given is all tests, examples or benches: nothing need be said of it.
        let of_tests = match ships(&manifest) {
            true => format!("{room} (tests)"),
            false => room.clone(),
        };
        let shipped = shipped.into_iter().map(|name| (name, &room));
        let tests = tests.into_iter().map(|name| (name, &of_tests));
        for (name, room) in shipped.chain(tests) {
            used.entry(name).or_default().insert(room.clone());
        }
    }
    used
}

/// The packages of the workspace in this folder, and of those that it leaves out to be ones of their own.
fn rooms(folder: &str) -> Vec<String> {
    let manifest = manifest(folder);
    let listed = |key: &str| {
        let workspace = manifest.get("workspace");
        let paths = workspace.and_then(|workspace| workspace.get(key)?.as_array());
        let paths = paths
            .into_iter()
            .flatten()
            .map(|path| path.as_str().unwrap());
        paths.map(|path| Path::new(folder).join(path).to_str().unwrap().to_owned())
    };
    let mut rooms: Vec<String> = listed("members").collect();
    for left_out in listed("exclude") {
        rooms.extend(self::rooms(&left_out));
        rooms.push(left_out);
    }
    rooms
}

/// Whether the package is published.
fn ships(manifest: &Table) -> bool {
    let publish = manifest["package"].get("publish");
    publish.and_then(Value::as_bool).unwrap_or(true)
}

fn manifest(room: &str) -> Table {
    let path = house().join(room).join("Cargo.toml");
    let text = fs::read_to_string(&path).unwrap();
    let manifest = text.parse();
    manifest.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn house() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
