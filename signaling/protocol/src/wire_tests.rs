//! What is refused when it is parsed, before anything acts on it.

use crate::{ClientMessage, DeviceId, Drawers, Identity, Request, UtcMillis};

fn request(message: &str) -> Result<Request, serde_json::Error> {
    serde_json::from_str(&format!(r#"{{"id": 1, "message": {message}}}"#))
}

#[test]
fn unknown_messages_phrases_and_roles_are_refused() {
    for message in [
        r#"{"type": "open_the_door"}"#,
        r#"{"type": "say", "phrase": "whatever I like"}"#,
        r#"{"type": "say"}"#,
        r#"{"type": "admit", "device": "1d2c3b4a-5e6f-4788-99aa-bbccddeeff00", "identity": "trust_me", "override_missing": false}"#,
        r#"{"type": "decline", "device": "not-a-uuid"}"#,
        r#"{"type": "media", "state": {"microphone": true}}"#,
        r#"{"type": "hello", "version": -1}"#,
        r#"{"type": "allow_drawing", "who": "nobody"}"#,
        r#"{"type": "allow_drawing", "who": {"chosen": {}}}"#,
        r#"{"type": "open_board", "board": -1}"#,
        r#"{"type": "show_board", "board": 1.5}"#,
        r#"{"type": "board_append", "board": 1, "entry": "not base64url!"}"#,
        r#"{"type": "board_catch_up", "board": 1}"#,
        "[]",
        "null",
    ] {
        assert!(request(message).is_err(), "{message}");
    }
}

#[test]
fn an_id_is_a_whole_number_from_0() {
    for id in ["-1", "1.5", "4294967296", "\"1\"", "null"] {
        let text = format!(r#"{{"id": {id}, "message": {{"type": "ping"}}}}"#);
        assert!(serde_json::from_str::<Request>(&text).is_err(), "{id}");
    }
}

#[test]
fn an_error_of_parsing_does_not_repeat_what_was_typed() {
    let text = r#"{"type": "attest", "attestation": {"place": {"state": "OR", "kind": "home",
        "address": "12 Elm Street, Salem", "call_back": 5035550100}}}"#;
    let error = request(text).unwrap_err().to_string();
    assert!(!error.contains("Elm"), "{error}");
}

#[test]
fn staff_may_come_without_a_device_and_guests_may_not() {
    let hello = |identity: &str| {
        request(&format!(
            r#"{{"type": "hello", "version": 1, "session": "b6f6f6a0-6c0e-4a8e-9d0a-0f3e5a1b2c3d", "identity": {identity}}}"#
        ))
    };
    let Ok(Request {
        message: ClientMessage::Hello(staff),
        ..
    }) = hello(r#"{"as": "staff", "device": null}"#)
    else {
        panic!("a greeting of staff")
    };
    assert_eq!(staff.identity, Identity::Staff { device: None });
    assert!(hello(r#"{"as": "guest", "device": null, "signature": ""}"#).is_err());
    assert!(hello(r#"{"as": "administrator"}"#).is_err());
}

#[test]
fn ids_and_times_are_plain_strings_and_numbers() {
    let device: DeviceId =
        serde_json::from_str(r#""1d2c3b4a-5e6f-4788-99aa-bbccddeeff00""#).unwrap();
    assert_eq!(
        serde_json::to_string(&device).unwrap(),
        r#""1d2c3b4a-5e6f-4788-99aa-bbccddeeff00""#
    );
    assert_eq!(serde_json::to_string(&UtcMillis(5)).unwrap(), "5");
}

#[test]
fn who_draws_is_a_word_or_the_chosen_ones() {
    let someone = "1d2c3b4a-5e6f-4788-99aa-bbccddeeff00";
    let chosen = format!(r#"{{"chosen":{{"participants":["{someone}"]}}}}"#);
    for text in [r#""facilitators""#, r#""everyone""#, &chosen] {
        let who: Drawers = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&who).unwrap(), text);
    }
}
