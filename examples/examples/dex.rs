//! Lays the sample workspace out in a folder: `cargo run --example dex -- FOLDER`.

use dune_pipeline_examples::Workspace;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .ok_or("give the folder that the workspace goes into: cargo run --example dex -- FOLDER")?;
    let workspace = Workspace::create(folder, 30)?;
    println!(
        "51,000 trades, 5 views and 13 queries are in {}",
        workspace.folder().display()
    );
    Ok(())
}
