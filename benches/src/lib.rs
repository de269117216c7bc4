//! What dune-pipeline costs, as ratios measured in one run.
