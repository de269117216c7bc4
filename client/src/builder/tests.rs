//! What a client is made of: keys and addresses from the environment and from methods, and what is said of wrong ones.
//! Whatever is wrong, the key is not shown.

use super::*;

const KEY: &str = "k3yThatNobodyMaySee";

fn built(variables: &[(&str, &str)]) -> Result<Dune, Error> {
    let lookup = |name: &str| {
        let found = variables.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| OsString::from(value))
    };
    DuneBuilder::from_variables(lookup).build()
}

fn text(result: Result<Dune, Error>) -> String {
    let error = result.unwrap_err();
    let text = error.to_string();
    assert!(!format!("{text} {error:?}").contains("k3yThat"), "{text}");
    text
}

#[test]
fn without_a_key_the_error_names_the_variable() {
    for variables in [&[][..], &[("DUNE_API_KEY", "  ")]] {
        assert!(text(built(variables)).contains("`DUNE_API_KEY`"));
    }
}

#[test]
fn a_key_that_cannot_be_sent_names_its_variable_or_method_and_not_itself() {
    let key = format!("{KEY}\nx");
    let from_variable = text(built(&[("DUNE_API_KEY", &key)]));
    assert!(from_variable.contains("`DUNE_API_KEY`"), "{from_variable}");
    let from_method = text(Dune::builder().api_key(&key).build());
    assert!(from_method.contains("`.api_key(..)`"), "{from_method}");
    assert!(from_method.contains("character 20"), "{from_method}");
}

#[test]
fn an_address_that_is_none_names_its_variable_or_method() {
    for address in ["api.dune.com", "localhost:4000", "ftp://api.dune.com"] {
        let from_variable = text(built(&[
            ("DUNE_API_KEY", KEY),
            ("DUNE_API_BASE_URL", address),
        ]));
        assert!(
            from_variable.contains("`DUNE_API_BASE_URL`"),
            "{from_variable}"
        );
        assert!(from_variable.contains(address), "{from_variable}");
        let from_method = text(Dune::builder().api_key(KEY).base_url(address).build());
        assert!(from_method.contains("`.base_url(..)`"), "{from_method}");
    }
}

#[test]
fn a_key_in_the_place_of_the_address_is_not_shown() {
    for misplaced in [
        KEY.to_owned(),
        format!("https://api.dune.com?api_key={KEY}"),
    ] {
        text(built(&[
            ("DUNE_API_KEY", "x"),
            ("DUNE_API_BASE_URL", &misplaced),
        ]));
    }
}

#[test]
fn the_key_inside_an_address_is_not_shown_either() {
    let path = format!("https://api.dune.com/{KEY}/v1");
    let host = format!("http://{}.example", KEY.to_lowercase());
    for (key, address) in [(KEY, &path), (&KEY.to_lowercase(), &host)] {
        let error = Dune::builder().api_key(key).base_url(address).build();
        let error = error.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains(key) && text.contains("<api key>"), "{text}");
    }
}

#[test]
fn an_empty_address_is_the_same_as_none() {
    let dune = built(&[("DUNE_API_KEY", KEY), ("DUNE_API_BASE_URL", "")]).unwrap();
    assert_eq!(dune.base_url(), "https://api.dune.com/api");
}

#[test]
fn a_method_wins_over_the_environment() {
    let lookup = |_: &str| Some(OsString::from("https://one.example"));
    let builder = DuneBuilder::from_variables(lookup).base_url("http://127.0.0.1:4000/");
    assert_eq!(
        builder.build().unwrap().base_url(),
        "http://127.0.0.1:4000/api"
    );
}

#[test]
fn the_key_goes_unencrypted_to_no_other_machine_unless_that_is_allowed() {
    let plain = || {
        Dune::builder()
            .api_key(KEY)
            .base_url("http://dune.internal:4000")
    };
    let refused = text(plain().build());
    assert!(refused.contains("dune.internal:4000"), "{refused}");
    assert!(refused.contains(".allow_plain_http(true)"), "{refused}");
    assert!(plain().allow_plain_http(true).build().is_ok());
    assert!(
        Dune::builder()
            .api_key(KEY)
            .base_url("http://localhost:4000")
            .build()
            .is_ok()
    );
}

#[test]
fn a_certificate_that_is_none_says_what_it_must_be() {
    let built = Dune::builder()
        .api_key(KEY)
        .root_certificates("hello")
        .build();
    assert!(text(built).contains("PEM"));
}

#[test]
fn printing_a_client_or_its_builder_shows_no_key() {
    let builder = Dune::builder().api_key(KEY);
    assert!(!format!("{builder:?} {builder:#?}").contains("k3yThat"));
    let dune = builder.build().unwrap();
    assert!(!format!("{dune:?} {dune:#?}").contains("k3yThat"));
}

#[test]
fn dune_is_asked_within_the_free_plan_and_a_server_on_this_machine_without_a_limit() {
    let limited = |builder: DuneBuilder| {
        let dune = builder.api_key("limits-of-clients").build().unwrap();
        dune.patience().limiter.is_some()
    };
    assert!(limited(Dune::builder()));
    assert!(!limited(Dune::builder().no_rate_limits()));
    let local = || Dune::builder().base_url("http://127.0.0.1:4000");
    assert!(!limited(local()));
    assert!(limited(local().rate_limits(RateLimits::PLUS)));
}

#[test]
fn an_address_that_holds_the_key_is_refused_before_it_is_shown() {
    for address in [
        format!("https://api.dune.com/{KEY}"),
        format!("https://{}.example/", KEY.to_uppercase()),
    ] {
        let refused = text(Dune::builder().api_key(KEY).base_url(address).build());
        assert!(refused.contains("holds the key"), "{refused}");
    }
}
