//! The names of functions that Trino or Dune has and this engine has not yet: refused as such, not as unknown.

use crate::engine::SqlError;

const NAMES: &str = "
abs acos all_match any_match any_value approx_distinct approx_most_frequent approx_percentile approx_set arbitrary
array_agg array_first array_last array_histogram at_timezone avg bar beta_cdf bit_count bitwise_and_agg bitwise_left_shift
bitwise_or_agg bitwise_right_shift bitwise_right_shift_arithmetic bitwise_xor_agg bool_and bool_or bytearray_concat
bytearray_length bytearray_ltrim bytearray_position bytearray_replace bytearray_reverse bytearray_rtrim
bytearray_starts_with bytearray_substring bytearray_to_bigint bytearray_to_decimal bytearray_to_int256
bytearray_to_integer bytearray_to_uint256 casefold char2hexint checksum classify codepoint color combinations corr
cosine_distance cosine_similarity count count_if covar_pop covar_samp crc32 cume_dist current_groups current_timezone
date_format dense_rank dot_product empty_approx_set euclidean_distance evaluate_classifier_predictions every
features filter first_value format format_datetime format_number from_base from_base32 from_base58 from_base64url
from_encoded_polyline from_geojson_geometry from_ieee754_32 from_ieee754_64 from_iso8601_timestamp_nanos
from_tzoffset from_unixtime from_unixtime_nanos from_utf8 geometric_mean geometry_from_hadoop_shape geometry_union
get_href get_chain_explorer_address get_chain_explorer_tx_hash great_circle_distance hamming_distance hash_counts
histogram hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512 human_readable_seconds index intersection_cardinality
inverse_beta_cdf inverse_normal_cdf is_json_scalar jaccard_index json_array json_array_contains json_array_get
json_exists json_object json_query json_size json_value keccak kurtosis lag last_value lead learn_classifier
learn_regressor line_interpolate_point line_locate_point listagg luhn_check make_set_digest map_agg map_filter
map_union map_zip_with max max_by merge merge_set_digest min min_by multimap_agg multimap_from_entries
murmur3 ngrams none_match normal_cdf normalize nth_value ntile numeric_histogram objectid objectid_timestamp
parse_data_size parse_datetime parse_duration parse_presto_data_size percent_rank qdigest_agg quantile_at_value
quantiles_at_values rand random random_string rank reduce reduce_agg regexp_position regr_avgx regr_avgy regr_count
regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy regress render rgb row_number sha1 shuffle skewness
soundex spatial_partitioning spatial_partitions split_to_multimap spooky_hash_v2_32 spooky_hash_v2_64 stddev
stddev_pop stddev_samp sum t_cdf t_pdf tdigest_agg theta_sketch_estimate theta_sketch_union timestamp_objectid
timezone timezone_hour timezone_minute to_base32 to_base58 to_base64url to_encoded_polyline to_geojson_geometry
to_geometry to_ieee754_32 to_ieee754_64 to_iso8601 transform transform_keys transform_values try
url_decode url_encode url_extract_fragment url_extract_host url_extract_parameter url_extract_path url_extract_port
url_extract_protocol url_extract_query uuid value_at_quantile values_at_quantiles var_pop var_samp varbinary_concat
varbinary_length varbinary_position varbinary_replace varbinary_reverse varbinary_starts_with varbinary_substring
varbinary_to_bigint varbinary_to_decimal varbinary_to_int256 varbinary_to_integer varbinary_to_uint256 variance
version wilson_interval_lower wilson_interval_upper with_timezone word_stem xxhash64 zip_with xxh3_64 hll
";

/// The error for a function that is not here.
pub(super) fn missing(name: &str) -> SqlError {
    if NAMES.split_whitespace().any(|known| known == name) {
        return SqlError::new(
            "NOT_SUPPORTED",
            format!("function {name} is not supported by the local engine yet"),
        );
    }
    SqlError::new(
        "FUNCTION_NOT_FOUND",
        format!("Function '{name}' not registered"),
    )
}
