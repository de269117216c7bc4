//! `uint256`, `int256` and `varbinary` in the types of `ruint` and `alloy-primitives`: never another number than the one that
//! was sent, in whatever form it comes.

use dune_pipeline::rows::{column, number, number_or_null};
use dune_pipeline::{ParameterValue, pipeline};
use proptest::prelude::*;
use ruint::aliases::U256;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::types::{MAX, misfit, read, read_written};

#[derive(Debug, Deserialize)]
struct Amount {
    #[serde(deserialize_with = "number")]
    x: U256,
    #[serde(default, deserialize_with = "number_or_null")]
    fee: Option<U256>,
}

/// What is read from a row whose `x` is written like this in JSON.
fn from_json<T: for<'de> Deserialize<'de>>(x: &str) -> Result<T, String> {
    serde_json::from_str(&format!(r#"{{"x": {x}}}"#)).map_err(|error| error.to_string())
}

/// What a query gets for a parameter.
fn sent(value: impl ParameterValue) -> String {
    let pipeline = pipeline![share = query(3101).parameters(least = value)];
    let json: Value = serde_json::from_str(&pipeline.to_json().unwrap()).unwrap();
    let node = &json["pipeline"]["nodes"][0]["query_execution"];
    let text = node["query_parameters"]["least"].as_str();
    text.unwrap().to_owned()
}

#[tokio::test]
async fn unsigned_numbers_keep_every_digit() {
    let rows: Vec<Amount> = read(json!([
        {"x": MAX, "fee": null}, {"x": "0", "fee": "21000"}, {"x": 7}, {"x": u64::MAX, "fee": 0},
    ]))
    .await
    .unwrap();
    let x: Vec<U256> = rows.iter().map(|row| row.x).collect();
    assert_eq!(
        x,
        [U256::MAX, U256::ZERO, U256::from(7), U256::from(u64::MAX)]
    );
    let fees: Vec<_> = rows.iter().map(|row| row.fee).collect();
    assert_eq!(
        fees,
        [None, Some(U256::from(21_000)), None, Some(U256::ZERO)]
    );
}

#[tokio::test]
async fn what_is_no_unsigned_number_is_refused_by_its_name() {
    let one_over = MAX.replace("639935", "639936");
    for wrong in [one_over.as_str(), "-1", "1.0", "1e18", "NaN", "", "much"] {
        let said = misfit::<Amount>(json!(wrong)).await;
        assert!(
            said.starts_with(&format!("`{wrong}` is no such number")),
            "{said}"
        );
        assert!(
            said.ends_with(&format!("the value is \"{wrong}\"")),
            "{said}"
        );
    }
    // Digits of 16, 8 and 2, and digits in groups, are numbers to `ruint`, and are not what Dune means.
    for wrong in ["0x10", "0o10", "0b10", "1_000"] {
        let said = misfit::<Amount>(json!(wrong)).await;
        assert!(said.contains("not in decimal digits"), "{said}");
    }
    for (wrong, reason) in [
        (json!(-1), "`-1` is no such number"),
        (json!(0.5), "`0.5` is no such number"),
        (json!(true), "invalid type: boolean `true`"),
        (json!(null), "invalid type: null"),
        (json!([1]), "invalid type: sequence"),
    ] {
        let said = misfit::<Amount>(wrong).await;
        assert!(said.starts_with(reason), "{said}");
    }
}

#[tokio::test]
async fn a_json_number_of_any_size_is_exact() {
    let rows = format!(r#"[{{"x": {MAX}, "fee": 18446744073709551617}}, {{"x": {MAX}0}}]"#);
    let error = read_written::<Amount>(&rows).await.unwrap_err().to_string();
    let place = format!("column `x` (of x): `{MAX}0` is no such number");
    assert!(error.contains(&place), "{error}");
    let rows = rows.replace(&format!("{MAX}0"), "0");
    let rows: Vec<Amount> = read_written(&rows).await.unwrap();
    let fee = (U256::ONE << 64) + U256::ONE;
    assert_eq!((rows[0].x, rows[0].fee), (U256::MAX, Some(fee)));
}

/// `flatten` makes doubles of large JSON numbers. Such a number must be refused then, and not be another one.
#[test]
fn a_number_that_lost_its_digits_before_is_refused() {
    #[derive(Debug, Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Amount,
    }
    let outer = |x: &str| from_json::<Outer>(x).map(|outer| outer.inner.x);
    assert_eq!(outer(&format!("\"{MAX}\"")), Ok(U256::MAX));
    assert_eq!(outer(&u64::MAX.to_string()), Ok(U256::from(u64::MAX)));
    for large in [MAX, "18446744073709551617", "9007199254740993.0"] {
        assert!(outer(large).is_err(), "{large}");
    }
}

/// A field without `deserialize_with` is read by the crate's own rules: never into another number either.
#[tokio::test]
async fn the_crate_reads_decimals_as_decimals_too() {
    #[derive(Debug, Deserialize)]
    struct Row {
        x: U256,
        list: Vec<Option<U256>>,
    }
    let rows: Vec<Row> = read(json!([{"x": "123", "list": [MAX, 7, null, "10"]}]))
        .await
        .unwrap();
    assert_eq!(rows[0].x, U256::from(123));
    let ten = Some(U256::from(10));
    assert_eq!(
        rows[0].list,
        [Some(U256::MAX), Some(U256::from(7)), None, ten]
    );
    let error = from_json::<Row>("18446744073709551616").unwrap_err();
    assert!(error.contains("floating point"), "{error}");
}

#[test]
fn numbers_are_parameters_and_literals_with_all_their_digits() {
    assert_eq!(sent(U256::MAX), MAX);
    assert_eq!(sent(Some(U256::ZERO)), "0");
    let filter = column("amount").ge(U256::MAX);
    assert_eq!(filter.to_string(), format!("amount >= {MAX}"));
}

proptest! {
    #[test]
    fn a_number_comes_back_as_it_was_sent(limbs: [u64; 4], size in 0_usize..=256) {
        // All sizes, and not only those with the highest bits.
        let number = U256::from_limbs(limbs) >> size;
        let digits = sent(number);
        prop_assert_eq!(&digits, &number.to_string());
        for x in [digits.clone(), format!("\"{digits}\"")] {
            prop_assert_eq!(from_json::<Amount>(&x).map(|row| row.x), Ok(number));
        }
    }
}

#[cfg(feature = "alloy-primitives")]
mod alloy {
    use alloy_primitives::{Address, B256, Bytes, I256, address, b256, bytes};
    use dune_pipeline::rows::{Literal, varbinary};

    use super::*;
    use crate::types::MIN;

    const MOST: &str =
        "57896044618658097711785492504343953926634992332820282019728792003956564819967";

    #[derive(Debug, Deserialize)]
    struct Change {
        #[serde(deserialize_with = "number")]
        x: I256,
        #[serde(default, deserialize_with = "number_or_null")]
        before: Option<I256>,
    }

    #[tokio::test]
    async fn signed_numbers_keep_every_digit() {
        let rows: Vec<Change> = read(json!([
            {"x": MIN, "before": MOST}, {"x": "-1", "before": null}, {"x": -7}, {"x": i64::MIN, "before": 0},
        ]))
        .await
        .unwrap();
        let x: Vec<I256> = rows.iter().map(|row| row.x).collect();
        let small = |number: i64| I256::try_from(number).unwrap();
        assert_eq!(x, [I256::MIN, small(-1), small(-7), small(i64::MIN)]);
        let before: Vec<_> = rows.iter().map(|row| row.before).collect();
        assert_eq!(before, [Some(I256::MAX), None, None, Some(I256::ZERO)]);
        for json in [MIN, MOST] {
            let row: Change = from_json(json).unwrap();
            assert_eq!(row.x.to_string(), json);
        }
    }

    #[tokio::test]
    async fn what_is_no_signed_number_is_refused_by_its_name() {
        let over = MOST.replace("819967", "819968");
        let under = MIN.replace("819968", "819969");
        for wrong in [over.as_str(), &under, "0.5", "", "--1", "-"] {
            let said = misfit::<Change>(json!(wrong)).await;
            assert!(
                said.starts_with(&format!("`{wrong}` is no such number")),
                "{said}"
            );
        }
        // The bits of -1, which are no number here.
        let bits = format!("0x{}", "f".repeat(64));
        for wrong in [bits.as_str(), "0xff", "-0x10"] {
            let said = misfit::<Change>(json!(wrong)).await;
            assert!(said.contains("is no such number"), "{said}");
        }
    }

    const TAKER: Address = address!("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045");
    const HASH: B256 = b256!("0xce6f59cf00000000000000000000000000000000000000000000000000000001");

    #[tokio::test]
    async fn addresses_hashes_and_data_are_read_as_dune_writes_them() {
        #[derive(Debug, Deserialize)]
        struct Transfer {
            x: Address,
            hash: Option<B256>,
            data: Bytes,
        }
        let (taker, hash) = (format!("{TAKER:#x}"), HASH.to_string());
        let rows: Vec<Transfer> = read(json!([
            {"x": taker, "hash": hash, "data": "0xdeadbeef"}, {"x": taker, "hash": null, "data": "0x"},
        ]))
        .await
        .unwrap();
        assert_eq!((rows[0].x, rows[0].hash), (TAKER, Some(HASH)));
        assert_eq!(rows[0].data, bytes!("deadbeef"));
        assert_eq!((rows[1].hash, rows[1].data.len()), (None, 0));
        // One digit too few, one byte too many, none, no digits.
        let longer = format!("{taker}00");
        for wrong in [&taker[..41], &longer, "0x", "0xzz"] {
            let error = from_json::<Transfer>(&format!("\"{wrong}\""));
            assert!(error.is_err(), "{wrong}");
        }
    }

    /// The same by the reader of this crate, for arrays that become what they mean.
    #[test]
    fn bytes_of_a_known_length_become_a_number() {
        #[derive(Deserialize)]
        struct Topic {
            #[serde(deserialize_with = "varbinary")]
            x: [u8; 32],
        }
        let topic: Topic = from_json(&format!("\"0x{}ff\"", "00".repeat(31))).unwrap();
        assert_eq!(U256::from_be_bytes(topic.x), U256::from(255));
    }

    #[test]
    fn numbers_and_bytes_are_parameters_and_literals() {
        assert_eq!(
            (sent(I256::MIN), sent(I256::MAX)),
            (MIN.into(), MOST.into())
        );
        let taker = "0xd8da6bf26964af9d7eed9e03e53415d37aa96045";
        assert_eq!((sent(TAKER), sent(HASH)), (taker.into(), HASH.to_string()));
        assert_eq!(sent(bytes!("DEADbeef")), "0xdeadbeef");
        let filter = column("change").lt(I256::MINUS_ONE);
        let filter = filter.and(column("taker").eq(TAKER));
        let filter = filter.and(column("tx_hash").is_in([HASH]));
        assert_eq!(
            filter.to_string(),
            format!("change < -1 AND taker = {taker} AND tx_hash IN ({HASH})")
        );
        let bytes = Literal::from(HASH);
        assert_eq!(bytes, Literal::varbinary(HASH.as_slice()));
    }

    proptest! {
        #[test]
        fn a_signed_number_comes_back_as_it_was_sent(limbs: [u64; 4], size in 0_usize..=256) {
            let bits = U256::from_limbs(limbs) >> size;
            for number in [I256::from_raw(bits), I256::from_raw(bits).wrapping_neg()] {
                let digits = sent(number);
                prop_assert_eq!(&digits, &number.to_string());
                for x in [digits.clone(), format!("\"{digits}\"")] {
                    prop_assert_eq!(from_json::<Change>(&x).map(|row| row.x), Ok(number));
                }
            }
        }
    }
}
