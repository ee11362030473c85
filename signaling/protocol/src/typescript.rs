//! `web-client/src/protocol.ts`, generated from the types of this crate.
//!
//! `cargo run -p quietroom-protocol --features typescript --example typescript` writes it, with
//! `-- --check` compares it instead.

use crate::{
    AttestationPart, ClientMessage, MAX_BOARDS, MAX_ENTRY, MAX_SNAPSHOT, MAX_STROKE, NoteStub,
    NoteTemplate, Refused, Request, ServerMessage, US_STATES, VERSION, api,
};
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

const HEADER: &str = "\
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Generated from signaling/protocol. Do not edit; write it anew with:
// cargo run -p quietroom-protocol --features typescript --example typescript
";

/// The whole file. The same types give the same text.
#[must_use]
pub fn file() -> String {
    let mut types = Types {
        config: Config::default(),
        declarations: BTreeMap::new(),
    };
    websocket(&mut types);
    http(&mut types);

    let mut file = HEADER.to_owned();
    constants(&mut file);
    for declaration in types.declarations.values() {
        file.push('\n');
        for line in declaration.lines() {
            file.push_str(line.trim_end());
            file.push('\n');
        }
    }
    file
}

/// Whatever these mention follows by itself.
fn websocket(types: &mut Types) {
    types.visit::<Request>();
    types.visit::<ClientMessage>();
    types.visit::<ServerMessage>();
    types.visit::<Refused>();
    types.visit::<AttestationPart>();
    types.visit::<NoteStub>();
}

/// Each body that a route takes or gives.
fn http(types: &mut Types) {
    types.visit::<api::SetUpToken>();
    types.visit::<api::SetUpWho>();
    types.visit::<api::SetUp>();
    types.visit::<api::SetUpSecret>();
    types.visit::<api::ConfirmSetUp>();
    types.visit::<api::SetUpDone>();
    types.visit::<api::SignIn>();
    types.visit::<api::LinkSignIn>();
    types.visit::<api::Me>();
    types.visit::<api::StaffMember>();
    types.visit::<api::CreateStaff>();
    types.visit::<api::SetUpLink>();
    types.visit::<api::LookToken>();
    types.visit::<api::Look>();
    types.visit::<api::Join>();
    types.visit::<api::Joined>();
    types.visit::<api::Day>();
    types.visit::<api::SessionSummary>();
    types.visit::<api::Person>();
    types.visit::<api::CreatePerson>();
    types.visit::<api::CreateSession>();
    types.visit::<api::Reschedule>();
    types.visit::<api::CreateLink>();
    types.visit::<api::Link>();
    types.visit::<api::IdentityFound>();
    types.visit::<api::KeepIdentity>();
    types.visit::<api::NoteSummary>();
    types.visit::<api::NoteView>();
    types.visit::<api::SaveNote>();
    types.visit::<api::Saved>();
}

fn constants(file: &mut String) {
    file.push_str(&format!(
        "\n/**\n * Version of the WebSocket protocol.\n */\nexport const VERSION = {VERSION};\n"
    ));
    limits(file);
    file.push_str(
        "\n/**\n * Keys of the sections of each note template, in order.\n */\n\
         export const SECTIONS = {\n",
    );
    for template in NoteTemplate::ALL {
        file.push_str(&format!(
            "  {}: {:?},\n",
            template.key(),
            template.sections()
        ));
    }
    file.push_str("} as const satisfies Record<NoteTemplate, readonly string[]>;\n");
    file.push_str(
        "\n/**\n * USPS codes and English names of the states, the District of Columbia and the \
         territories.\n */\nexport const US_STATES = [\n",
    );
    for (code, name) in US_STATES {
        file.push_str(&format!("  [{code:?}, {name:?}],\n"));
    }
    file.push_str("] as const;\n");
}

fn limits(file: &mut String) {
    let limits = [
        (
            "MAX_BOARDS",
            "Most boards of a session.",
            MAX_BOARDS as usize,
        ),
        ("MAX_ENTRY", "Largest entry of a board, bytes.", MAX_ENTRY),
        ("MAX_STROKE", "Largest stroke, bytes.", MAX_STROKE),
        (
            "MAX_SNAPSHOT",
            "Largest snapshot of a board, bytes.",
            MAX_SNAPSHOT,
        ),
    ];
    for (name, says, limit) in limits {
        file.push_str(&format!(
            "\n/**\n * {says}\n */\nexport const {name} = {limit};\n"
        ));
    }
}

/// Declarations by name, so that the order is the same on every machine.
struct Types {
    config: Config,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.declarations.contains_key(&name) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        let declaration = format!("{docs}export {}", T::decl(&self.config));
        self.declarations.insert(name, declaration);
        T::visit_dependencies(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_one_that_json_yields() {
        assert!(!file().contains("bigint"));
    }

    #[test]
    fn the_file_of_the_web_client_is_up_to_date() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../web-client/src/protocol.ts"
        );
        assert!(
            std::fs::read_to_string(path).unwrap() == file(),
            "write it anew with the example `typescript`"
        );
    }
}
