//! The examples of `README.md` are what the code reads and writes.

use crate::{
    Check, ClientMessage, Refused, Request, ServerMessage,
    api::{CreateLink, IdentityFound, Join, Joined, KeepIdentity, Look, LookToken},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Deserializer, Value};
use std::collections::BTreeSet;

const README: &str = include_str!("../README.md");

/// A block of examples and the type it is said to be of.
struct Block {
    type_name: &'static str,
    values: Vec<Value>,
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for part in README.split("```json ").skip(1) {
        let (type_name, rest) = part.split_once('\n').unwrap();
        let (text, _) = rest.split_once("```").unwrap();
        let values: Result<Vec<Value>, _> = Deserializer::from_str(text).into_iter().collect();
        let values = values.unwrap_or_else(|error| panic!("{type_name}: {error}: {text}"));
        assert!(!values.is_empty());
        blocks.push(Block { type_name, values });
    }
    blocks
}

/// Reads the value and gives it back the same: no field is missing, none unknown.
fn same<T: Serialize + DeserializeOwned>(value: &Value) -> T {
    let read: T =
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
    assert_eq!(&serde_json::to_value(&read).unwrap(), value);
    read
}

fn acceptable<T: Serialize + DeserializeOwned + Check>(value: &Value) {
    assert_eq!(same::<T>(value).check(), Ok(()), "{value}");
}

#[test]
fn every_example_is_of_its_type_and_acceptable() {
    for block in blocks() {
        for value in &block.values {
            match block.type_name {
                "Refused" => drop(same::<Refused>(value)),
                "CreateLink" => acceptable::<CreateLink>(value),
                "LookToken" => acceptable::<LookToken>(value),
                "Look" => drop(same::<Look>(value)),
                "Join" => acceptable::<Join>(value),
                "Joined" => drop(same::<Joined>(value)),
                "KeepIdentity" => acceptable::<KeepIdentity>(value),
                "IdentityFound" => drop(same::<IdentityFound>(value)),
                "Request" => acceptable::<Request>(value),
                "ServerMessage" => drop(same::<ServerMessage>(value)),
                other => panic!("no such type: {other}"),
            }
        }
    }
}

#[test]
fn every_message_has_an_example() {
    let mut shown = BTreeSet::new();
    for block in blocks() {
        for value in block.values {
            let message = value.get("message").unwrap_or(&value);
            if let Some(name) = message.get("type").and_then(Value::as_str) {
                shown.insert(format!("{} {name}", block.type_name));
            }
        }
    }
    let expected = client_messages()
        .map(|name| format!("Request {name}"))
        .chain(server_messages().map(|name| format!("ServerMessage {name}")));
    for name in expected {
        assert!(shown.contains(&name), "no example of {name}");
    }
}

/// Names as serde lists them when it meets one that it does not know.
fn known_names<T: DeserializeOwned>() -> Vec<String> {
    let Err(error) = serde_json::from_str::<T>(r#"{"type": "no such message"}"#) else {
        panic!("it knows every name")
    };
    let text = error.to_string();
    let (_, list) = text.split_once("expected one of ").unwrap();
    list.split('`')
        .filter(|name| {
            name.chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_')
        })
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn client_messages() -> impl Iterator<Item = String> {
    let names = known_names::<ClientMessage>();
    assert!(names.len() >= 20, "{names:?}");
    names.into_iter()
}

fn server_messages() -> impl Iterator<Item = String> {
    let names = known_names::<ServerMessage>();
    assert!(names.len() >= 15, "{names:?}");
    names.into_iter()
}

#[test]
fn a_block_without_a_type_is_no_example() {
    assert!(!README.contains("```json\n"));
}
