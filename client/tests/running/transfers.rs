//! What the manual shows of numbers of 256 bits, with the rows that it is for.

// ANCHOR: transfer
use alloy_primitives::{Address, B256, I256, U256};
use dune_pipeline::pipeline;
use dune_pipeline::rows::{column, number, number_or_null};

#[derive(serde::Deserialize)]
struct Transfer {
    tx_hash: B256,
    taker: Address,
    #[serde(deserialize_with = "number")]
    amount: U256,
    #[serde(deserialize_with = "number_or_null")]
    change: Option<I256>,
}
// ANCHOR_END: transfer

#[test]
fn a_row_is_what_the_rest_of_a_program_calculates_with() {
    let row = r#"{"tx_hash": "0xce6f59cf00000000000000000000000000000000000000000000000000000001",
        "taker": "0x00000000000000000000000000000000deadbeef", "amount": "2985646787349243786078", "change": "-1"}"#;
    let transfer: Transfer = serde_json::from_str(row).unwrap();
    assert_eq!(transfer.amount.to_string(), "2985646787349243786078");
    assert_eq!(transfer.change, Some(I256::MINUS_ONE));
    assert_eq!((transfer.tx_hash[0], transfer.taker[19]), (0xce, 0xef));
}

#[test]
fn parameters_and_conditions_have_all_their_digits() {
    let least = U256::from(10).pow(U256::from(24));
    let large = pipeline![large = query(3101).parameters(least = least)];
    let larger = column("amount").gt(least);
    let json = large.to_json().unwrap();
    assert!(json.contains(r#""least":"1000000000000000000000000""#));
    assert_eq!(larger.to_string(), "amount > 1000000000000000000000000");
}
