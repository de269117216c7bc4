// Behind `..` stands the pipeline whose nodes come in.
// It is written with two dots and an expression, as the rest of a struct is.

use dune_pipeline::{Pipeline, pipeline};

fn common() -> Pipeline {
    pipeline![volume = refresh("dune.acme.result_volume")].into_erased()
}

fn daily() -> Pipeline {
    let daily = pipeline![
        ..,
        ..=common(),
        ..common() trend = query(3103),
        ..common(,),
    ];
    daily.into_erased()
}

fn main() {
    let _ = daily();
}
