use serde_json::json;

use super::*;
use crate::library::{Origin, SavedQuery, SavedView};
use crate::parameters::Kind;
use crate::workspace::Workspace;

fn query(id: i64, sql: &str) -> SavedQuery {
    SavedQuery::new(id, sql.to_owned())
}

fn library(queries: Vec<SavedQuery>, views: &[(&str, i64)]) -> Library {
    Library::new(&Workspace {
        team: "acme".into(),
        tables: Vec::new(),
        queries,
        views: views
            .iter()
            .map(|(name, query)| SavedView {
                name: name.parse().unwrap(),
                query: *query,
                is_private: false,
                origin: Origin::Api,
            })
            .collect(),
    })
}

fn statement(library: &Library, sql: &str) -> Result<Statement, SqlError> {
    Statement::new(library, sql, &Values::default())
}

fn names(found: &Lineage) -> Vec<String> {
    found
        .views
        .iter()
        .map(|view| view.name.to_string())
        .collect()
}

#[test]
fn a_query_view_becomes_a_common_table_expression() {
    let mut seven = query(7, "select {{n}} as n -- end\n;");
    seven.parameters = vec![Parameter {
        key: "n".into(),
        kind: Kind::Number,
        defaults: Some(vec!["1".into()]),
        options: Vec::new(),
        multiselect: false,
        freeform: false,
        description: String::new(),
    }];
    let library = library(
        vec![
            seven,
            query(8, "with a as (select 1) select * from query_7, a"),
        ],
        &[],
    );
    assert_eq!(
        statement(&library, "select * from query_7").unwrap().sql,
        "WITH query_7 AS (\nselect 1 as n\n) select * from query_7"
    );
    assert_eq!(
        statement(
            &library,
            "with b as (select 2) select * from b, \"query_7(N='5')\""
        )
        .unwrap()
        .sql,
        "with \"query_7(N='5')\" AS (\nselect 5 as n\n), b as (select 2) select * from b, \"query_7(N='5')\""
    );
    assert_eq!(
        statement(&library, "select * from query_8").unwrap().sql,
        "WITH query_8 AS (\nwith query_7 AS (\nselect 1 as n\n), a as (select 1) select * from query_7, a\n) \
         select * from query_8"
    );
    let error = statement(&library, "select * from \"query_7(m='5')\"").unwrap_err();
    assert_eq!(error.message, "in query_7: unknown parameters (m)");
}

#[test]
fn query_views_that_call_each_other_are_refused() {
    let library = library(
        vec![
            query(1, "select * from query_2"),
            query(2, "select * from query_1"),
        ],
        &[],
    );
    let error = statement(&library, "select * from query_1").unwrap_err();
    assert!(
        error
            .message
            .ends_with("in a ring: `query_1` -> `query_2` -> `query_1`"),
        "{error}"
    );
}

#[test]
fn an_unknown_or_archived_query_is_left_for_the_engine_to_name() {
    let mut archived = query(3, "select 1");
    archived.is_archived = true;
    let library = library(vec![archived], &[]);
    let sql = "select * from query_3, query_4";
    assert_eq!(statement(&library, sql).unwrap().sql, sql);
}

#[test]
fn an_error_keeps_the_place_its_author_knows() {
    let library = library(vec![query(7, "select 1\nas n")], &[]);
    let statement = statement(&library, "select x from query_7\nwhere y").unwrap();
    // "WITH query_7 AS (" / "select 1" / "as n" / ") select x from query_7" / "where y"
    let place = |line, column| {
        let error = SqlError::at("COLUMN_NOT_FOUND", line, column, "gone");
        statement.place(error).to_string()
    };
    assert_eq!(place(4, 10), "line 1:8: gone");
    assert_eq!(place(5, 7), "line 2:7: gone");
    assert_eq!(place(2, 1), "in a query view: gone");
}

#[test]
fn a_parameter_that_is_not_declared_is_named_with_its_place() {
    let library = library(Vec::new(), &[]);
    let error = statement(&library, "select 1\nwhere {{x}} > 1").unwrap_err();
    assert_eq!(error.message, "line 2:7: parameter `x` is not declared");
}

#[test]
fn lineage_goes_through_views_and_query_views() {
    let library = library(
        vec![
            query(1, "select * from dex.trades"),
            query(2, "select * from dune.acme.result_a"),
            query(3, "select * from query_2"),
            query(
                4,
                "select * from dune.acme.result_c join DUNE.\"acme\".Result_A on true",
            ),
        ],
        &[
            ("dune.acme.result_a", 1),
            ("dune.acme.result_b", 2),
            ("dune.acme.result_c", 3),
            ("dune.acme.result_d", 4),
        ],
    );
    let sql = "select 'dune.acme.result_b' from dune.acme.result_d -- dune.acme.result_b";
    let found = lineage(&library, &statement(&library, sql).unwrap()).unwrap();
    assert_eq!(
        names(&found),
        [
            "dune.acme.result_a",
            "dune.acme.result_c",
            "dune.acme.result_d"
        ]
    );
    let reads: Vec<_> = found.views.iter().map(|view| view.reads.clone()).collect();
    assert_eq!(reads, [vec![], vec![0], vec![1, 0]]);
    assert_eq!(found.read, [2]);
}

#[test]
fn a_parameter_can_be_part_of_a_views_name() {
    let library = library(
        vec![query(1, "select 1 as x")],
        &[("dune.acme.result_base", 1)],
    );
    let given = json!({"chain": "base"});
    let values = Values::free(given.as_object().unwrap()).unwrap();
    let statement = Statement::new(
        &library,
        "select * from dune.acme.result_{{chain}}",
        &values,
    )
    .unwrap();
    assert_eq!(
        names(&lineage(&library, &statement).unwrap()),
        ["dune.acme.result_base"]
    );
}

#[test]
fn a_view_that_is_not_there_is_named_with_the_nearest() {
    let library = library(
        vec![
            query(1, "select 1 as x"),
            query(2, "select * from dune.acme.result_dayly"),
        ],
        &[("dune.acme.result_daily", 1), ("dune.acme.result_top", 2)],
    );
    let read = |sql: &str| {
        lineage(&library, &statement(&library, sql).unwrap())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        read("select * from dune.acme.result_dail"),
        "there is no view `dune.acme.result_dail`: did you mean `dune.acme.result_daily`?"
    );
    assert_eq!(
        read("select * from dune.acme.result_top"),
        "in the query of the view `dune.acme.result_top`: there is no view `dune.acme.result_dayly`: \
         did you mean `dune.acme.result_daily`?"
    );
}

#[test]
fn every_ring_of_views_is_told_once() {
    let library = library(
        vec![
            query(1, "select * from dune.acme.result_b"),
            query(2, "select * from dune.acme.result_a"),
            query(3, "select * from dune.acme.result_c, dune.acme.result_a"),
            query(4, "select 1 as x"),
        ],
        &[
            ("dune.acme.result_a", 1),
            ("dune.acme.result_b", 2),
            ("dune.acme.result_c", 3),
            ("dune.acme.result_d", 4),
        ],
    );
    let told: Vec<String> = rings(&library)
        .into_iter()
        .map(|ring| LineageError::Ring(ring).to_string())
        .collect();
    assert_eq!(
        told,
        [
            "these views read each other in a ring: `dune.acme.result_a` -> `dune.acme.result_b` -> \
             `dune.acme.result_a`",
            "these views read each other in a ring: `dune.acme.result_c` -> `dune.acme.result_c`",
        ]
    );
}

#[test]
fn a_chain_of_views_may_be_long() {
    let many = 5_000;
    let queries =
        (1..=many).map(|id| query(id, &format!("select * from dune.acme.result_{}", id - 1)));
    let mut queries: Vec<SavedQuery> = queries.collect();
    queries[0].sql = "select 1 as x".into();
    let names: Vec<String> = (1..=many)
        .map(|id| format!("dune.acme.result_{id}"))
        .collect();
    let views: Vec<(&str, i64)> = names.iter().map(String::as_str).zip(1..=many).collect();
    let library = library(queries, &views);
    let last = format!("select * from dune.acme.result_{many}");
    let found = lineage(&library, &statement(&library, &last).unwrap()).unwrap();
    assert_eq!(found.views.len(), 5_000);
    assert_eq!(found.views[0].name.to_string(), "dune.acme.result_1");
}
