//! Makes CSV files of an oracle's `tables.json` and attaches them.

use std::{fs, path::Path};

use dune_local::engine::{Column, Engine, FileFormat, TableName, TableSource};
use serde_json::Value as Json;

pub(crate) async fn attach(engine: &dyn Engine, tables: &Path, folder: &Path) {
    let tables: Json = serde_json::from_str(&fs::read_to_string(tables).unwrap()).unwrap();
    for table in tables["tables"].as_array().unwrap() {
        let name = table["name"].as_str().unwrap();
        let columns: Vec<Column> = table["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| Column::new(c["name"].as_str().unwrap(), c["type"].as_str().unwrap()))
            .collect();
        let header: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
        let mut text = header.join(",") + "\n";
        for row in table["rows"].as_array().unwrap() {
            let cells: Vec<String> = row.as_array().unwrap().iter().map(cell).collect();
            text += &(cells.join(",") + "\n");
        }
        let file = folder.join(format!("{name}.csv"));
        fs::write(&file, text).unwrap();
        let source = TableSource {
            file,
            format: FileFormat::Csv,
            columns: Some(columns),
        };
        for name in [
            name.to_owned(),
            format!("oracle.{name}"),
            format!("memory.oracle.{name}"),
        ] {
            if name.split('.').count() <= 3 {
                engine
                    .attach(&name.parse::<TableName>().unwrap(), source.clone())
                    .await
                    .unwrap();
            }
        }
    }
}

fn cell(value: &Json) -> String {
    let text = match value {
        Json::Null => return String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!("\"{}\"", text.replace('"', "\"\""))
}
