//! Notes: the clinician's own, to read and to write.

use super::{
    Refuse, Route, SignedIn,
    extract::{Body, Path},
};
use crate::{
    authorize::{Action, Resource},
    state::App,
};
use axum::{Json, extract::State};
use quietroom_protocol::{
    NoteId, NoteTemplate, RefusalCode, Section,
    api::{NoteSummary, NoteView, SaveNote, Saved},
};
use quietroom_records::{NoteListing, SaveOutcome};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/notes", Action::ListNotes, list),
        Route::get("/api/v1/notes/{note}", Action::ReadNote, view),
        Route::put("/api/v1/notes/{note}", Action::SaveNote, save),
    ]
}

async fn list(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Json<Vec<NoteSummary>>, Refuse> {
    let ctx = signed_in.ctx(&app);
    let notes = app.records.notes_of(&ctx, signed_in.staff).await?;
    Ok(Json(notes.into_iter().map(summary).collect()))
}

async fn view(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(note): Path<NoteId>,
) -> Result<Json<NoteView>, Refuse> {
    own(&app, signed_in, note, Action::ReadNote).await?;
    let record = app.records.note(&signed_in.ctx(&app), note).await?;
    let record = record.ok_or_else(Refuse::not_found)?;
    Ok(Json(NoteView {
        note: record.note,
        stub: record.stub,
        sections: record.sections,
        version: record.version,
        saved_at: record.saved_at,
        demo: app.demo,
    }))
}

async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(note): Path<NoteId>,
    Body(body): Body<SaveNote>,
) -> Result<Json<Saved>, Refuse> {
    let template = own(&app, signed_in, note, Action::SaveNote).await?;
    if !fits(template, &body.sections) {
        return Err(Refuse::invalid(
            "sections are not those of the note's template",
        ));
    }
    let ctx = signed_in.ctx(&app);
    let outcome = app
        .records
        .save_note(&ctx, note, body.version, &body.sections)
        .await?;
    match outcome {
        SaveOutcome::Saved { version } => Ok(Json(Saved {
            version,
            saved_at: ctx.now,
        })),
        SaveOutcome::Conflict { .. } => Err(Refuse::new(
            RefusalCode::Conflict,
            "the note was saved elsewhere meanwhile: read it again",
        )),
    }
}

pub(super) fn summary(listing: NoteListing) -> NoteSummary {
    NoteSummary {
        note: listing.note,
        session: listing.session,
        name: listing.name,
        kind: listing.kind,
        template: listing.template,
        starts_at: listing.starts_at,
        empty_sections: listing.empty_sections,
    }
}

/// The template of a note, which must be the asker's.
async fn own(
    app: &App,
    signed_in: SignedIn,
    note: NoteId,
    action: Action,
) -> Result<NoteTemplate, Refuse> {
    let owner = app.records.note_owner(app.organisation, note).await?;
    let (author, template) = owner.ok_or_else(Refuse::not_found)?;
    signed_in.may(action, &Resource::Note { author })?;
    Ok(template)
}

/// Exactly the sections of the template, in its order.
fn fits(template: NoteTemplate, sections: &[Section]) -> bool {
    let given = sections.iter().map(|section| section.key.as_str());
    given.eq(template.sections().iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_takes_the_sections_of_its_template_in_order() {
        let sections = |keys: &[&str]| -> Vec<Section> {
            let section = |key: &&str| Section {
                key: (*key).to_owned(),
                text: String::new().into(),
            };
            keys.iter().map(section).collect()
        };
        let dap = NoteTemplate::Dap;
        assert!(fits(dap, &sections(&["data", "assessment", "plan"])));
        assert!(!fits(dap, &sections(&["data", "plan", "assessment"])));
        assert!(!fits(dap, &sections(&["data", "assessment"])));
        assert!(!fits(
            dap,
            &sections(&["data", "assessment", "plan", "plan"])
        ));
    }
}
