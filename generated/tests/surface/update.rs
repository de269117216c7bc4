//! "Update the document, rebuild, the client is new": what a change of the pages makes of the client,
//! and which changes stop with an error that names them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use dune_spec::{Coverage, Faults, Generated, Overlay, Page, normalise, overlay_file, pages_dir};
use similar::{ChangeTag, TextDiff};

/// The bundled pages as text, by their names below `pages/`.
struct Pages(BTreeMap<String, String>);

impl Pages {
    fn bundled() -> Pages {
        let folder = pages_dir();
        let pages = Page::load_folder(&folder).unwrap();
        let text = |page: Page| {
            let name = page.file.trim_start_matches("pages/").to_owned();
            let text = std::fs::read_to_string(folder.join(&name)).unwrap();
            (name, text)
        };
        Pages(pages.into_iter().map(text).collect())
    }

    /// Replaces text in one page.
    #[track_caller]
    fn edit(mut self, page: &str, old: &str, new: &str) -> Pages {
        let text = self.0.get_mut(page).unwrap();
        assert!(text.contains(old), "{page} has no {old:?}");
        *text = text.replace(old, new);
        self
    }

    /// Replaces text in every page that has it.
    #[track_caller]
    fn edit_all(mut self, old: &str, new: &str) -> Pages {
        assert!(
            self.0.values().any(|text| text.contains(old)),
            "no page has {old:?}"
        );
        for text in self.0.values_mut() {
            *text = text.replace(old, new);
        }
        self
    }

    fn without(mut self, page: &str) -> Pages {
        assert!(self.0.remove(page).is_some(), "there is no {page}");
        self
    }

    fn with(mut self, page: &str, text: &str) -> Pages {
        self.0.insert(page.to_owned(), text.to_owned());
        self
    }

    /// What `build.rs` makes of them.
    fn build(self) -> Result<Generated, Faults> {
        let pages = self
            .0
            .iter()
            .map(|(file, text)| Page::parse(file, text).unwrap())
            .collect();
        let overlay = Overlay::load(&overlay_file()).unwrap();
        let outcome = normalise(pages, &overlay, Coverage::Whole);
        let document = outcome.document().map_err(Clone::clone)?;
        Ok(Generated::of(document).unwrap_or_else(|e| panic!("{e}")))
    }

    /// The lines of the surface that come (`+`) and go (`-`).
    fn changes(self) -> Vec<String> {
        let new = self
            .build()
            .unwrap_or_else(|faults| panic!("{faults}"))
            .surface();
        TextDiff::from_lines(SURFACE.as_str(), new.as_str())
            .iter_all_changes()
            .filter_map(|change| match change.tag() {
                ChangeTag::Equal => None,
                tag => Some(format!("{tag}{}", change.value().trim_end())),
            })
            .collect()
    }

    /// What stops the build.
    fn refused(self) -> String {
        self.build()
            .expect_err("something was generated")
            .to_string()
    }
}

static SURFACE: LazyLock<String> = LazyLock::new(|| Pages::bundled().build().unwrap().surface());

const PAGE: &str = "pipelines/execute-pipeline.yaml";

#[test]
fn the_same_documents_give_the_same_client() {
    assert_eq!(Pages::bundled().changes(), [""; 0]);
}

#[test]
fn a_new_optional_field_is_there() {
    let field =
        "      properties:\n        retries:\n          type: integer\n        dependencies:\n";
    let pages = Pages::bundled().edit(PAGE, "      properties:\n        dependencies:\n", field);
    assert_eq!(
        pages.changes(),
        ["+    retries: Option<i64>", "+    retries: Option<i64>"],
        "in what is sent and in what is received"
    );
}

#[test]
fn a_new_tier_has_its_conventional_name_with_nothing_else_touched() {
    let tiers = "            - large\n            - xlarge\n            - 2xlarge\n";
    let pages = Pages::bundled().edit(PAGE, "            - large\n", tiers);
    let client = pages.build().unwrap();
    let surface = client.surface();
    for line in [
        "    Large = \"large\"\n",
        "    XLarge = \"xlarge\"\n",
        "    X2Large = \"2xlarge\"\n",
    ] {
        assert!(surface.contains(line), "{line:?} is not in:\n{surface}");
    }
    let code = client.code();
    assert!(
        code.contains("Self::XLarge => f.write_str(\"xlarge\")"),
        "Display"
    );
    assert!(code.contains("\"xlarge\" => Ok(Self::XLarge)"), "FromStr");
    assert!(
        !code.contains("Xlarge") && !code.contains("X2xlarge"),
        "the old names are gone"
    );
}

#[test]
fn a_tier_that_only_one_kind_of_node_has_is_a_tier() {
    let node =
        "        query_id:\n          description: Unique identifier of the query to execute\n";
    let text = std::fs::read_to_string(pages_dir().join(PAGE)).unwrap();
    let (before, after) = text
        .split_once("    models.PipelineQueryExecutionNode:\n")
        .unwrap();
    assert!(after.contains(node));
    let after = after.replace(
        "            - large\n",
        "            - large\n            - xlarge\n",
    );
    let page = format!("{before}    models.PipelineQueryExecutionNode:\n{after}");
    assert_eq!(
        Pages::bundled().with(PAGE, &page).changes(),
        ["+    XLarge = \"xlarge\""]
    );
}

#[test]
fn a_new_endpoint_is_a_new_operation() {
    let page = "
openapi: 3.0.1
info: {title: DuneAPI, version: '1.0'}
servers: [{url: https://api.dune.com/api}]
paths:
  /v1/pipelines/executions/{pipeline_execution_id}/cancel:
    post:
      parameters:
        - {in: path, name: pipeline_execution_id, required: true, schema: {type: string}}
        - {in: header, name: X-Dune-Api-Key, required: true, schema: {type: string}}
      responses:
        '200':
          description: OK
          content:
            application/json:
              schema: {$ref: '#/components/schemas/models.CancelPipelineResponse'}
        '404':
          description: Not Found
          content:
            application/json:
              schema: {$ref: '#/components/schemas/models.Error404'}
components:
  schemas:
    models.CancelPipelineResponse: {type: object, properties: {success: {type: boolean}}}
    models.Error404: {type: object, properties: {error: {type: string}}}
";
    let changes = Pages::bundled()
        .with("pipelines/cancel-pipeline.yaml", page)
        .changes();
    let path = "/v1/pipelines/executions/{pipeline_execution_id}/cancel";
    assert_eq!(
        changes,
        [
            format!("+post_pipelines_executions_by_pipeline_execution_id_cancel: POST {path}"),
            "+    pipeline_execution_id: &str".to_owned(),
            "+    -> types::CancelPipelineResponse or types::Error".to_owned(),
            "+struct CancelPipelineResponse: Clone Debug Default Deserialize Serialize".to_owned(),
            "+    success: Option<bool>".to_owned(),
        ]
    );
}

#[test]
fn a_renamed_schema_stops_the_build() {
    let said = Pages::bundled()
        .edit_all("models.PipelineNode'", "models.PipelineStep'")
        .edit_all("    models.PipelineNode:", "    models.PipelineStep:")
        .refused();
    assert!(
        said.contains("overlay.toml: overlay entry [[required]] `PipelineNode`"),
        "{said}"
    );
    assert!(said.contains("no document has this schema"), "{said}");
}

#[test]
fn a_renamed_schema_of_one_page_stops_the_build() {
    let said = Pages::bundled()
        .edit(PAGE, "models.PipelineNode'", "models.PipelineStep'")
        .refused();
    let place = "pipelines/get-query-pipeline.yaml: schema `models.Pipeline`: `nodes` is";
    assert!(said.contains(place), "{said}");
    assert!(said.contains(&format!("in {PAGE}")), "{said}");
    assert!(
        said.contains("`#/components/schemas/models.PipelineStep`, which is not there"),
        "{said}"
    );
}

#[test]
fn a_removed_endpoint_stops_the_build() {
    let said = Pages::bundled()
        .without("queries/list-queries.yaml")
        .refused();
    assert!(
        said.contains("[[operation-ids]] `GET /v1/queries`"),
        "{said}"
    );
    assert!(said.contains("no document has this operation"), "{said}");
}

#[test]
fn a_changed_type_stops_the_build() {
    let id = "        id:\n          description: Unique identifier of the node in the pipeline\n          \
              example: 1\n          type: integer";
    let said = Pages::bundled()
        .edit(PAGE, id, &id.replace("integer", "string"))
        .refused();
    let place = "pipelines/get-query-pipeline.yaml: schema `models.PipelineNode`: `id` is";
    assert!(
        said.contains(place) && said.contains(&format!("in {PAGE}")),
        "{said}"
    );

    let everywhere = "pipeline_execution_id:\n          description: The run, to ask for its status by.\n          type: ";
    let said = Pages::bundled()
        .edit_all(
            &format!("{everywhere}string"),
            &format!("{everywhere}integer"),
        )
        .refused();
    let place = "schema `ExecuteQueryPipelineResponse`, .pipeline_execution_id";
    assert!(
        said.contains(place) && said.contains("is `integer`, and was `string`"),
        "{said}"
    );
}

#[test]
fn a_changed_type_that_nothing_counts_on_is_a_change_of_the_surface() {
    let total = "total:\n          description: How many there are on all pages.\n          type: ";
    let pages = Pages::bundled().edit(
        "queries/list-queries.yaml",
        &format!("{total}integer"),
        &format!("{total}string"),
    );
    assert_eq!(
        pages.changes(),
        ["-    total: Option<i64>", "+    total: Option<String>"]
    );
}
