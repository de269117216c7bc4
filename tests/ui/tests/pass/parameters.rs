//! Values of parameters, as Dune gets them: text, with every digit that was written.

use std::borrow::Cow;

use dune_pipeline::{Parameter, ParameterValue, pipeline};
use serde_json::{Value, json};

use crate::nodes;

/// What a pipeline of one query sends as parameters.
macro_rules! sent {
    ($($parameters:tt)*) => {
        nodes(&pipeline![only = query(1).parameters($($parameters)*)])[0]["query_execution"]["query_parameters"].clone()
    };
}

#[test]
fn text_is_borrowed_or_owned() {
    let owned = String::from("base");
    let borrowed = &owned;
    let cow = Cow::Borrowed("ethereum");
    assert_eq!(
        sent!(
            a = "x",
            b = borrowed,
            c = &owned,
            d = cow,
            e = owned.clone(),
            f = format!("{owned}!"),
            g = owned
        ),
        json!({"a": "x", "b": "base", "c": "base", "d": "ethereum", "e": "base", "f": "base!", "g": "base"})
    );
}

#[test]
fn whole_numbers_are_exact_at_any_size() {
    let big = u128::MAX;
    let negative = i64::MIN;
    assert_eq!(
        sent!(
            a = 40_000,
            b = -7,
            c = 0xff,
            d = 115_792_089_237_316_195_423_570_985_008_687_907_853_269_984_665_640_564_039_457_584_007_913_129_639_935,
            e = big,
            f = negative,
            g = 7u8
        ),
        json!({
            "a": "40000",
            "b": "-7",
            "c": "255",
            "d": "115792089237316195423570985008687907853269984665640564039457584007913129639935",
            "e": "340282366920938463463374607431768211455",
            "f": "-9223372036854775808",
            "g": "7",
        })
    );
}

#[test]
fn decimals_keep_the_digits_they_were_written_with() {
    assert_eq!(
        sent!(
            a = 0.1000,
            b = -3.141_592_653_5,
            c = 1e-18,
            d = (0.30000000000000000001)
        ),
        json!({"a": "0.1000", "b": "-3.1415926535", "c": "1e-18", "d": "0.30000000000000000001"})
    );
}

#[test]
fn floats_stay_decimal_in_sql() {
    let (half, five, tiny) = (0.5_f64, 5.0_f32, 1e-7_f64);
    assert_eq!(
        sent!(a = half, b = five, c = tiny, d = 2.0f64),
        json!({"a": "0.5", "b": "5.0", "c": "0.0000001", "d": "2.0"})
    );
}

#[test]
fn none_leaves_the_parameter_out() {
    let (chain, token) = (Some("base"), None::<String>);
    assert_eq!(
        sent!(chain = chain, token = &token),
        json!({"chain": "base"})
    );
    assert_eq!(sent!(token = token), Value::Null);
}

#[test]
fn a_key_may_be_any_text_or_a_word_of_rusts() {
    assert_eq!(
        sent!("min volume" = 5, r#type = "a", match = "b", über = "c"),
        json!({"min volume": "5", "type": "a", "match": "b", "über": "c"})
    );
}

#[test]
fn types_of_ones_own_are_values() {
    struct Address([u8; 2]);
    impl ParameterValue for Address {
        fn to_parameter(&self) -> Parameter {
            let [high, low] = self.0;
            format!("0x{high:02x}{low:02x}").to_parameter()
        }
    }
    assert_eq!(
        sent!(
            token = Address([0xbe, 0x0f]),
            other = Some(&Address([0, 1]))
        ),
        json!({"token": "0xbe0f", "other": "0x0001"})
    );
}
