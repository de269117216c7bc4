use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(manifest: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("queries")).unwrap();
        std::fs::write(folder.path().join(MANIFEST), manifest).unwrap();
        std::fs::write(folder.path().join("queries/a.sql"), "select 1 as x").unwrap();
        std::fs::write(folder.path().join("t.csv"), "x\n1\n").unwrap();
        Self(folder)
    }

    fn faults(&self) -> Vec<String> {
        load(self.0.path())
            .1
            .iter()
            .map(ToString::to_string)
            .collect()
    }
}

#[test]
fn a_manifest_is_read_whole() {
    let folder = Folder::new(
        r#"
        team = "Acme"
        [[tables]]
        name = "dex.Trades"
        file = "t.csv"
        columns = { z = "bigint", a = "varchar" }
        [[queries]]
        id = 7
        name = "Seven"
        tags = ["dex"]
        file = "queries/a.sql"
        [[queries.parameters]]
        key = "chains"
        type = "enum"
        options = ["a", "b"]
        default = ["a", "b"]
        multiselect = true
        [[queries.parameters]]
        key = "n"
        type = "number"
        default = 1.5
        [[views]]
        name = "dune.acme.result_x"
        query = 7
        "#,
    );
    let (workspace, faults) = load(folder.0.path());
    assert!(faults.is_empty(), "{faults}");
    let workspace = workspace.unwrap();
    let columns = workspace.tables[0].source.columns.clone().unwrap();
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["z", "a"], "in the order written");
    assert_eq!(workspace.tables[0].name.to_string(), "dex.trades");
    let query = &workspace.queries[0];
    assert_eq!((query.id, query.sql.as_str()), (7, "select 1 as x"));
    assert_eq!(query.parameters[0].default_text(), "a,b");
    assert_eq!(query.parameters[1].default_text(), "1.5");
    assert_eq!(workspace.views[0].name.to_string(), "dune.acme.result_x");
}

#[test]
fn everything_wrong_is_listed_with_line_and_remedy() {
    let folder = Folder::new(
        r#"team = "acme"
colour = "red"
[[tables]]
name = "dex.trades"
file = "gone.csv"
colums = {}
[[queries]]
id = 7
file = "queries/a.sql"
[[queries]]
id = 7
file = "../outside.sql"
[[views]]
name = "dune.acme.result_x"
query = 7
[[views]]
name = "dune.acme.RESULT_x"
query = 8
[[views]]
name = "dune.other.result_y"
query = "seven"
"#,
    );
    assert_eq!(
        folder.faults(),
        [
            "dune.toml:2: the manifest has no key `colour`\n  help: the manifest takes `team`, `tables`, `queries`, `views`",
            "dune.toml:5: there is no file `gone.csv`\n  help: create it, or correct `file`",
            "dune.toml:6: a table has no key `colums`\n  help: did you mean `columns`?",
            "dune.toml:11: the query 7 is declared twice\n  help: the first is on line 8: give this one an id of its own",
            "dune.toml:12: `../outside.sql` leaves the workspace\n  help: give a path inside the workspace, without `..`",
            "dune.toml:17: the view `dune.acme.result_x` is declared twice\n  help: the first is on line 14: remove one of them",
            "dune.toml:18: the view `dune.acme.result_x` holds the rows of query 8, and there is none\n  help: the queries are `7`, `7`",
            "dune.toml:21: `query` of a view is a whole number from 1 to 2147483647\n  help: here stands a text",
        ]
    );
}

#[test]
fn parameters_that_cannot_work_are_faults() {
    let folder = Folder::new(
        r#"team = "acme"
[[queries]]
id = 7
file = "queries/a.sql"
[[queries.parameters]]
key = "a"
type = "color"
[[queries.parameters]]
key = "b"
type = "number"
default = "many"
[[queries.parameters]]
key = "c"
type = "enum"
default = "x"
[[queries.parameters]]
key = "d"
type = "datetime"
[[queries.parameters]]
key = "e"
type = "text"
[[queries.parameters]]
key = "e"
type = "text"
"#,
    );
    let faults = folder.faults();
    assert_eq!(faults.len(), 5, "{faults:#?}");
    for (fault, words) in faults.iter().zip([
        "dune.toml:7: `color` is no type",
        "dune.toml:8: the default `many` of `b` is no value of type number",
        "dune.toml:12: the enum parameter `c` has no options",
        "dune.toml:16: the datetime parameter `d` has no default",
        "dune.toml:22: the parameter `e` is declared twice",
    ]) {
        assert!(fault.starts_with(words), "{fault}");
    }
}

#[test]
fn a_manifest_that_is_no_toml_or_not_there_is_one_fault() {
    let folder = Folder::new("team = \"acme\n");
    assert!(
        folder.faults()[0].starts_with("dune.toml:1: not TOML: "),
        "{:?}",
        folder.faults()
    );
    let empty = tempfile::tempdir().unwrap();
    let (_, faults) = load(empty.path());
    assert!(
        faults
            .to_string()
            .contains("a workspace is a folder with a `dune.toml`")
    );
    assert_eq!(load(&empty.path().join("gone")).1.len(), 1);
}

#[test]
fn a_csv_table_says_its_columns() {
    let folder = Folder::new("team = \"acme\"\n[[tables]]\nname = \"t\"\nfile = \"t.csv\"\n");
    assert!(folder.faults()[0].contains("the CSV table `t` declares no columns"));
}

#[test]
fn a_name_that_no_table_can_have_is_listed_once() {
    for name in ["a.b.c.d", "a..b", "", " a"] {
        let folder = Folder::new(&format!(
            "team = \"acme\"\n[[tables]]\nname = \"{name}\"\nfile = \"t.csv\"\ncolumns = {{ x = \"bigint\" }}\n"
        ));
        let faults = folder.faults();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with("dune.toml:3: "), "{faults:?}");
    }
}
