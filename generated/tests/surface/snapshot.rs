//! The surface that is committed, compared with the one that was built.

use std::path::PathBuf;
use std::{env, fs};

use dune_spec::Generated;
use similar::TextDiff;

const UPDATE: &str = "UPDATE_SURFACE";

#[test]
fn the_generated_surface_is_the_one_that_is_committed() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/surface/snapshot.txt");
    let code = include_str!(concat!(env!("OUT_DIR"), "/client.rs"));
    let built = code.parse::<Generated>().unwrap().surface();
    if env::var_os(UPDATE).is_some() {
        fs::write(&file, &built).unwrap();
    }
    let committed = fs::read_to_string(&file)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if committed != built {
        let diff = TextDiff::from_lines(&committed, &built);
        panic!(
            "the documents change what programs can name:\n\n{}\nif that is meant, commit it:\n    \
             {UPDATE}=1 cargo test -p dune-api --test surface\n",
            diff.unified_diff()
                .context_radius(2)
                .header("committed", "built")
        );
    }
}
