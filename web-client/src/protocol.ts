// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Generated from signaling/protocol. Do not edit; write it anew with:
// cargo run -p quietroom-protocol --features typescript --example typescript

/**
 * Version of the WebSocket protocol.
 */
export const VERSION = 2;

/**
 * Most boards of a session.
 */
export const MAX_BOARDS = 20;

/**
 * Largest entry of a board, bytes.
 */
export const MAX_ENTRY = 65536;

/**
 * Largest stroke, bytes.
 */
export const MAX_STROKE = 8192;

/**
 * Largest snapshot of a board, bytes.
 */
export const MAX_SNAPSHOT = 1048576;

/**
 * Keys of the sections of each note template, in order.
 */
export const SECTIONS = {
  dap: ["data", "assessment", "plan"],
  soap: ["subjective", "objective", "assessment", "plan"],
  birp: ["behavior", "intervention", "response", "plan"],
  girp: ["goal", "intervention", "response", "plan"],
  group: ["participation", "response", "progress"],
  coaching: ["procedures", "performance", "plan"],
  supervision: ["feedback", "competencies"],
} as const satisfies Record<NoteTemplate, readonly string[]>;

/**
 * USPS codes and English names of the states, the District of Columbia and the territories.
 */
export const US_STATES = [
  ["AL", "Alabama"],
  ["AK", "Alaska"],
  ["AS", "American Samoa"],
  ["AZ", "Arizona"],
  ["AR", "Arkansas"],
  ["CA", "California"],
  ["CO", "Colorado"],
  ["CT", "Connecticut"],
  ["DE", "Delaware"],
  ["DC", "District of Columbia"],
  ["FL", "Florida"],
  ["GA", "Georgia"],
  ["GU", "Guam"],
  ["HI", "Hawaii"],
  ["ID", "Idaho"],
  ["IL", "Illinois"],
  ["IN", "Indiana"],
  ["IA", "Iowa"],
  ["KS", "Kansas"],
  ["KY", "Kentucky"],
  ["LA", "Louisiana"],
  ["ME", "Maine"],
  ["MD", "Maryland"],
  ["MA", "Massachusetts"],
  ["MI", "Michigan"],
  ["MN", "Minnesota"],
  ["MS", "Mississippi"],
  ["MO", "Missouri"],
  ["MT", "Montana"],
  ["NE", "Nebraska"],
  ["NV", "Nevada"],
  ["NH", "New Hampshire"],
  ["NJ", "New Jersey"],
  ["NM", "New Mexico"],
  ["NY", "New York"],
  ["NC", "North Carolina"],
  ["ND", "North Dakota"],
  ["MP", "Northern Mariana Islands"],
  ["OH", "Ohio"],
  ["OK", "Oklahoma"],
  ["OR", "Oregon"],
  ["PA", "Pennsylvania"],
  ["PR", "Puerto Rico"],
  ["RI", "Rhode Island"],
  ["SC", "South Carolina"],
  ["SD", "South Dakota"],
  ["TN", "Tennessee"],
  ["TX", "Texas"],
  ["VI", "U.S. Virgin Islands"],
  ["UT", "Utah"],
  ["VT", "Vermont"],
  ["VA", "Virginia"],
  ["WA", "Washington"],
  ["WV", "West Virginia"],
  ["WI", "Wisconsin"],
  ["WY", "Wyoming"],
] as const;

/**
 * Everything a guest has stated; each part may be missing until it is given.
 */
export type Attestation = { place: Place | null, emergency_contact: EmergencyContact | null, consent: ConsentGiven | null, };

/**
 * A part of an attestation, for saying what is missing.
 */
export type AttestationPart = "place" | "emergency_contact" | "consent";

/**
 * What the client attested, without the street address and the numbers.
 */
export type AttestedStub = {
/**
 * USPS code of the state.
 */
state: Traced<string> | null, place: Traced<PlaceKind> | null,
/**
 * Version of the consent text.
 */
consent: Traced<string> | null, emergency_contact_given: Traced<boolean> | null, identity: Traced<IdentityMethod> | null,
/**
 * When the last of them was stated.
 */
stated_at: UtcMillis | null, };

/**
 * A finished change of a board.
 */
export type BoardEntry = { board: number,
/**
 * 1, 2, 3 … within the board.
 */
seq: number,
/**
 * Who sent it. Proven to the server only; what is inside says it for itself.
 */
from: DeviceId, entry: Opaque, };

/**
 * The boards of a session, as one device is told of them.
 */
export type BoardsShown = {
/**
 * How many are open: they are numbered from 1.
 */
open: number,
/**
 * The one that everyone is shown.
 */
shown: number | null, drawers: Drawers,
/**
 * The device spoken to may draw.
 */
may_draw: boolean, };

/**
 * A guest's seat.
 */
export type Booked = { participant: ParticipantId, person: PersonId, name: Phi<string>, role: Role, link: Link | null, };

export type BookedPerson = { person: PersonId,
/**
 * Any but clinician.
 */
role: Role, };

export type Cause = "client_connection" | "clinician_connection" | "server";

export type ClientMessage = { "type": "hello" } & Hello | { "type": "attest", attestation: Attestation, } | { "type": "say", phrase: Phrase, } | { "type": "admit", device: DeviceId, identity: IdentityMethod, override_missing: boolean, commit: Commit, } | { "type": "decline", device: DeviceId, } | { "type": "remove", device: DeviceId, commit: Commit | null, } | { "type": "leave" } | { "type": "end" } | { "type": "media", state: MediaState, } | { "type": "publish",
/**
 * SDP offer (RFC 8829).
 */
offer: string, sources: Array<SourceSection>, } | { "type": "answer", generation: number,
/**
 * SDP answer (RFC 8829).
 */
answer: string, } | { "type": "restart_receive" } | { "type": "show", wants: Array<Want>, } | { "type": "package",
/**
 * Key package (RFC 9420 section 10), at most 8 KiB.
 */
package: Opaque,
/**
 * At most 64 bytes.
 */
binding: Opaque | null, } | { "type": "start_group", scope: Scope, group: number, } | { "type": "commit", commit: Commit, } | { "type": "content", at: GroupEpoch,
/**
 * Application message (RFC 9420 section 15), at most 32 KiB.
 */
message: Opaque, } | { "type": "catch_up", after: number, } | { "type": "reached", at: GroupEpoch, } | { "type": "allow_chat", on: boolean, } | { "type": "open_board", board: number, } | { "type": "show_board", board: number | null, } | { "type": "allow_drawing", who: Drawers, } | { "type": "board_append", board: number,
/**
 * At most 64 KiB.
 */
entry: Opaque, } | { "type": "board_stroke", board: number,
/**
 * At most 8 KiB.
 */
stroke: Opaque, } | { "type": "board_catch_up", board: number, after: number, } | { "type": "board_snapshot", board: number, upto: number,
/**
 * At most 1 MiB.
 */
snapshot: Opaque, } | { "type": "ping" };

/**
 * A change of the group. Taken only in the epoch in which it was made.
 */
export type Commit = { base: GroupEpoch,
/**
 * At most 32 KiB.
 */
commit: Opaque,
/**
 * For the devices it adds.
 */
welcome: WelcomeFor | null, };

/**
 * `POST /api/v1/setup/confirm`: proves the authenticator works; the link is used up.
 */
export type ConfirmSetUp = { token: Phi<string>,
/**
 * 6 digits.
 */
code: Phi<string>, };

export type Connection = "here" | "lost";

/**
 * Consent to a text that the clinic versions.
 */
export type ConsentGiven = { version: string, };

/**
 * `POST /api/v1/sessions/{session}/links`: answered by [`Link`]. An older link of the seat ends.
 */
export type CreateLink = { participant: ParticipantId,
/**
 * SHA-256 of the token, base64url.
 */
token_hash: string,
/**
 * What the clinician's other browsers need of the link, sealed by the clinician; at most
 * 1 KiB.
 */
sealed: Opaque, };

/**
 * `POST /api/v1/people`.
 */
export type CreatePerson = {
/**
 * 1 to 100 characters.
 */
name: Phi<string>, };

/**
 * `POST /api/v1/sessions`: answered by [`SessionSummary`].
 */
export type CreateSession = { kind: SessionKind, template: NoteTemplate, starts_at: UtcMillis,
/**
 * 5 minutes to 8 hours after the start.
 */
ends_at: UtcMillis,
/**
 * 1 to 30 guests, each person once.
 */
people: Array<BookedPerson>, };

/**
 * `POST /api/v1/staff`: answered by [`SetUpLink`].
 */
export type CreateStaff = {
/**
 * 3 to 64 of a-z, 0-9, `.`, `-`, `_`.
 */
username: Phi<string>, name: Phi<string>, role: StaffRole, };

/**
 * What proves to the relay that a device may use it. Its `Debug` says nothing.
 */
export type Credential = string;

/**
 * `GET /api/v1/day?from=<ms>&to=<ms>`: own sessions that start in `[from, to)`, in order, and all
 * own notes to finish.
 */
export type Day = { sessions: Array<SessionSummary>, notes: Array<NoteSummary>, now: UtcMillis, };

export type Delivered = { "type": "started" } | { "type": "commit", commit: Opaque,
/**
 * Only to the devices it adds.
 */
welcome: Opaque | null, } | { "type": "content", message: Opaque, };

/**
 * One entry in the order of the session's groups.
 */
export type Delivery = {
/**
 * 1, 2, 3 … within the session, for all of its groups together.
 */
seq: number,
/**
 * Who sent it. Proven to the server only; what is inside says it for itself.
 */
from: DeviceId,
/**
 * Of a commit, the epoch it was made in; of a start, epoch 0.
 */
at: GroupEpoch, what: Delivered, };

/**
 * One browser in one seat, made when its link is redeemed or staff enter.
 */
export type DeviceId = string;

/**
 * What a device offers to be added by.
 */
export type DevicePackage = { device: DeviceId, participant: ParticipantId,
/**
 * The key package (RFC 9420 section 10).
 */
package: Opaque,
/**
 * Shows the holder of a link's secret that the package is of someone who holds it too.
 */
binding: Opaque | null,
/**
 * The device is in the session, not at the door.
 */
admitted: boolean, };

/**
 * Who draws, besides the clinician and co-facilitators: they always may. Observers and interpreters
 * never do.
 */
export type Drawers = "facilitators" | "everyone" | { "chosen": {
/**
 * At most 64, each once.
 */
participants: Array<ParticipantId>, } };

/**
 * Whom to call in an emergency. Asked, never displayed to a guest.
 */
export type EmergencyContact = {
/**
 * At most 100 characters.
 */
name: Phi<string>,
/**
 * At most 40 characters.
 */
phone: Phi<string>,
/**
 * "sister", "neighbor"; at most 60 characters.
 */
relation: Phi<string>, };

/**
 * A group of a scope at one moment.
 */
export type GroupEpoch = { scope: Scope,
/**
 * 1, 2, 3 … within the scope. A host who lost everything starts the next one.
 */
group: number,
/**
 * Epoch of that group (RFC 9420 section 8): 0 when it is started, one more with every commit.
 */
epoch: number, };

/**
 * Who speaks, about which session.
 */
export type Hello = {
/**
 * [`crate::VERSION`].
 */
version: number, session: SessionId, identity: Identity, };

/**
 * As `RTCPeerConnection` takes it (W3C WebRTC section 4.2.4).
 */
export type IceServer = {
/**
 * `turn:` and `turns:` URLs (RFC 7065), the one to prefer first.
 */
urls: Array<string>, username: Credential, credential: Credential, };

export type Identity = { "as": "staff", device: DeviceId | null, } | { "as": "guest", device: DeviceId,
/**
 * ECDSA P-256 with SHA-256, r and s as 64 bytes, base64url without padding, over the
 * UTF-8 of `quietroom-hello-v1.<nonce>.<device>`.
 */
signature: string, };

/**
 * `GET /api/v1/identity`: the asker's own.
 */
export type IdentityFound = { identity: IdentityRecord | null, };

/**
 * How the clinician made sure who the person is.
 */
export type IdentityMethod = "known_to_me" | "photo_id" | "date_of_birth_and_address";

/**
 * Also the answer of `POST /api/v1/identity`.
 */
export type IdentityRecord = {
/**
 * P-256, 65 bytes uncompressed (SEC 1 section 2.3.3), base64url.
 */
public_key: string,
/**
 * The private half, wrapped.
 */
wrapped: Opaque, created_at: UtcMillis, };

/**
 * A stretch within a person's attendance in which they were gone without leaving.
 */
export type Interruption = { from: UtcMillis, to: UtcMillis, cause: Cause, facts: Array<number>, };

/**
 * A stretch of time between two facts.
 */
export type Interval = { from: UtcMillis, to: UtcMillis, facts: Array<number>, };

/**
 * `POST /api/v1/join`: redeems the link for this device, which then knocks.
 */
export type Join = { token: Phi<string>,
/**
 * Name to show, 1 to 60 characters.
 */
name: Phi<string>,
/**
 * The device's P-256 public key, 65 bytes uncompressed (SEC 1), base64url.
 */
device_key: string, attestation: Attestation, };

export type Joined = { session: SessionId, participant: ParticipantId, device: DeviceId,
/**
 * The link that was redeemed.
 */
link: LinkId, };

/**
 * `POST /api/v1/identity`: keeps an identity, the first or in place of the present one. Refused
 * with `NotNow` when `replaces` does not name the present one.
 */
export type KeepIdentity = {
/**
 * P-256, 65 bytes uncompressed (SEC 1 section 2.3.3), base64url.
 */
public_key: string,
/**
 * At most 1 KiB.
 */
wrapped: Opaque,
/**
 * The `public_key` it takes the place of; `None` for the first.
 */
replaces: string | null, };

/**
 * One waiting device, for those who may admit.
 */
export type Knock = { device: DeviceId, participant: ParticipantId,
/**
 * The name they typed.
 */
name: Phi<string>,
/**
 * The name the clinic knows for this seat.
 */
booked_name: Phi<string>, role: Role, since: UtcMillis,
/**
 * State (USPS code) and kind of place; the address stays sealed.
 */
state: string | null, place: PlaceKind | null, missing: Array<AttestationPart>, said: Phrase | null, connection: Connection,
/**
 * Another device of this seat is already in the session.
 */
second_device: boolean, };

/**
 * What the server knows of a link: not the link.
 */
export type Link = { link: LinkId, expires_at: UtcMillis, redeemed: boolean,
/**
 * As given with [`CreateLink`]; only for the clinician whose session it is.
 */
sealed: Opaque | null, };

/**
 * A join link. Its secret never reaches the server.
 */
export type LinkId = string;

/**
 * `POST /api/v1/sign-in/link`, demo only: the one-time link printed at start.
 */
export type LinkSignIn = { token: Phi<string>, };

export type Look = {
/**
 * First name of the clinician, nothing else.
 */
clinician: Phi<string>, session: SessionId, role: Role, starts_at: UtcMillis, ends_at: UtcMillis, readiness: Readiness,
/**
 * When the link begins to work.
 */
opens_at: UtcMillis, consent_version: string,
/**
 * Paragraphs of the consent text.
 */
consent_text: Array<string>, demo: boolean, };

/**
 * `POST /api/v1/join/look`: what a link is for. Changes nothing.
 */
export type LookToken = {
/**
 * base64url of the 32 bytes.
 */
token: Phi<string>, };

/**
 * `GET /api/v1/me`.
 */
export type Me = { staff: StaffId, name: Phi<string>, role: StaffRole, organisation: string,
/**
 * IANA name of the clinic's time zone.
 */
time_zone: string,
/**
 * The server runs as a demonstration.
 */
demo: boolean,
/**
 * Without a request for this long the account is signed out, seconds.
 */
idle_seconds: number, };

/**
 * What a person has switched on.
 */
export type MediaState = { microphone: boolean, camera: boolean, screen: boolean, };

/**
 * Seconds of `together` by what the client sent. Each is cut off by itself, so that their sum can
 * be up to two less than `together_seconds`.
 */
export type Modality = {
/**
 * The client's camera was on.
 */
video_seconds: number,
/**
 * The client's microphone was on and the camera off.
 */
audio_only_seconds: number,
/**
 * Neither was on.
 */
neither_seconds: number, facts: Array<number>, };

/**
 * A note stub and what the clinician wrote into it.
 */
export type NoteId = string;

/**
 * The record of one client's part in one session.
 */
export type NoteStub = { session: SessionId, participant: ParticipantId, person: PersonId, name: Phi<string>, kind: SessionKind, template: NoteTemplate,
/**
 * As booked.
 */
scheduled: Span,
/**
 * IANA name of the time zone the clinic books in.
 */
time_zone: string,
/**
 * From the first admission to when the last person was there.
 */
actual: Traced<Span> | null,
/**
 * Name of the host clinician, and when they were there.
 */
clinician: Phi<string>, clinician_here: Array<Interval>,
/**
 * When this client waited, was here, and was here together with the clinician.
 */
waited: Array<Interval>, here: Array<Interval>, together: Array<Interval>,
/**
 * Whole seconds of `together`, cut off, never rounded up.
 */
together_seconds: number, interruptions: Array<Interruption>, modality: Modality, attested: AttestedStub,
/**
 * Other roles that were present, when the kind of session lets them be named; in a class only
 * staff and interpreters.
 */
others: Array<OtherPresent>,
/**
 * How many clients and caregivers were admitted.
 */
number_present: number, flags: Array<Traced<StubFlag>>,
/**
 * Present and empty; the clinician's.
 */
sections: Array<Section>, };

/**
 * `GET /api/v1/notes`: own notes, newest first.
 */
export type NoteSummary = { note: NoteId, session: SessionId, name: Phi<string>, kind: SessionKind, template: NoteTemplate, starts_at: UtcMillis,
/**
 * Sections with no text yet.
 */
empty_sections: number, };

/**
 * The sections of a progress note, by their common names.
 */
export type NoteTemplate = "dap" | "soap" | "birp" | "girp" | "group" | "coaching" | "supervision";

/**
 * `GET /api/v1/notes/{note}`.
 */
export type NoteView = { note: NoteId, stub: NoteStub, sections: Array<Section>,
/**
 * Rises with every save.
 */
version: number, saved_at: UtcMillis | null,
/**
 * Made by a demonstration.
 */
demo: boolean, };

/**
 * Bytes that only the people of a session, or one member of staff, can read. The server takes
 * them in, counts, keeps and hands them on.
 *
 * So that no code reads them by mistake there is no way to their content but the two that a
 * message and a store need: serialization (base64url without padding, RFC 4648 section 5), and
 * [`Opaque::stored`], which Clippy refuses everywhere but in the record store. `Debug` shows how
 * many bytes there are and nothing else.
 */
export type Opaque = string;

/**
 * Someone else who was there.
 */
export type OtherPresent = { role: Role, name: Phi<string>, here: Array<Interval>, };

export type OverReason = "ended" | "declined" | "removed" | "replaced" | "left" | "cancelled";

/**
 * A seat in one session, for a person or a member of staff.
 */
export type ParticipantId = string;

/**
 * `GET /api/v1/people` and the answer of `POST /api/v1/people`.
 */
export type Person = { person: PersonId, name: Phi<string>, };

/**
 * A client, caregiver or other person the clinic knows.
 */
export type PersonId = string;

/**
 * A value that can identify a person (45 CFR 160.103). It has no `Display`, and its `Debug` is
 * `[phi]`, so it cannot slip into a log, an error or a title; it is serialized only on its way to
 * someone entitled to it, or sealed into the record store.
 */
export type Phi<T> = T;

/**
 * Said by a waiting guest.
 */
export type Phrase = "i_am_here" | "need_a_minute" | "cannot_hear" | "cannot_see" | "need_interpreter" | "please_call_me";

/**
 * Where the person is now.
 */
export type Place = {
/**
 * Two-letter USPS code of a state, district or territory.
 */
state: string, kind: PlaceKind,
/**
 * Street and city, for a crisis only. At most 200 characters.
 */
address: Phi<string>,
/**
 * Telephone number to call back on, for a crisis only. At most 40 characters.
 */
call_back: Phi<string>, };

export type PlaceKind = "home" | "work_or_school" | "parked_car" | "other";

/**
 * One admitted device.
 */
export type Present = { device: DeviceId, participant: ParticipantId,
/**
 * The name they chose to show.
 */
name: Phi<string>, role: Role, media: MediaState, connection: Connection, };

/**
 * The best simulcast layer there is a use for.
 */
export type Quality = "low" | "medium" | "high";

export type Readiness = "too_early" | "ready";

/**
 * One section of an offer to receive.
 */
export type ReceivedStream = { mid: string, device: DeviceId, source: Source, };

export type RefusalCode = "not_signed_in" | "not_allowed" | "not_found" | "link_ended" | "too_early" | "wrong_credentials" | "slow_down" | "invalid" | "conflict" | "not_now" | "stale_epoch" | "attestation_missing" | "full" | "cross_site" | "wrong_version" | "not_recorded" | "no_relay" | "fault";

/**
 * The answer to a refused message or HTTP request.
 */
export type Refused = { code: RefusalCode,
/**
 * A developer's sentence; names fields, never their contents.
 */
reason: string,
/**
 * Seconds after which trying again can help.
 */
retry_after: number | null, };

/**
 * One message: answered by `Done`, `Refused` or a message of its own with the same `id`.
 */
export type Request = {
/**
 * Chosen by the client, rising.
 */
id: number, message: ClientMessage, };

/**
 * `POST /api/v1/sessions/{session}/reschedule`: answered by [`SessionSummary`].
 */
export type Reschedule = { starts_at: UtcMillis, ends_at: UtcMillis, };

/**
 * A participant's role in one session.
 */
export type Role = "clinician" | "co_facilitator" | "client" | "caregiver" | "observer" | "interpreter";

/**
 * What an admitted device is told.
 */
export type Room = { session: SessionId, kind: SessionKind, state: SessionState, starts_at: UtcMillis, ends_at: UtcMillis,
/**
 * When the first person was admitted.
 */
live_since: UtcMillis | null,
/**
 * The device spoken to.
 */
you: DeviceId,
/**
 * Everyone admitted, in the order in which they came, `you` included.
 */
present: Array<Present>,
/**
 * Everyone may write in the chat, not only those who may turn it off.
 */
chat: boolean, boards: BoardsShown, };

/**
 * `PUT /api/v1/notes/{note}`: refused with `Conflict` when `version` is not the stored one.
 */
export type SaveNote = { version: number,
/**
 * Exactly the sections of the template; each at most 20,000 characters.
 */
sections: Array<Section>, };

export type Saved = { version: number, saved_at: UtcMillis, };

/**
 * Who a group is for.
 */
export type Scope = "session";

/**
 * One section of the note.
 */
export type Section = {
/**
 * One of [`NoteTemplate::sections`].
 */
key: string, text: Phi<string>, };

export type ServerMessage = { "type": "challenge", version: number,
/**
 * 32 random bytes, base64url without padding, for [`crate::Identity::Guest`].
 */
nonce: string, now: UtcMillis, } | { "type": "done", id: number, } | { "type": "refused", id: number, refused: Refused, } | { "type": "waiting", waiting: Waiting, } | { "type": "ways", ice_servers: Array<IceServer>, } | { "type": "room", room: Room, } | { "type": "knocks", knocks: Array<Knock>, } | { "type": "packages", packages: Array<DevicePackage>, } | { "type": "delivery", delivery: Delivery, } | { "type": "settled", at: GroupEpoch, } | { "type": "appended", id: number, seq: number, } | { "type": "board_entry", entry: BoardEntry, } | { "type": "board_stroke", board: number, from: DeviceId, stroke: Opaque, } | { "type": "board_snapshotted", board: number, upto: number, from: DeviceId, snapshot: Opaque, } | { "type": "published", id: number,
/**
 * SDP answer (RFC 8829).
 */
answer: string, } | { "type": "offer", generation: number,
/**
 * SDP offer (RFC 8829).
 */
offer: string, streams: Array<ReceivedStream>, } | { "type": "relay_restarted" } | { "type": "draining" } | { "type": "over", reason: OverReason, } | { "type": "pong", id: number, };

/**
 * One appointment, class or call.
 */
export type SessionId = string;

/**
 * What a session is for. A kind sets defaults only.
 */
export type SessionKind = "individual" | "family" | "group_class" | "caregiver_coaching" | "supervision";

/**
 * Where a session stands.
 */
export type SessionState = "scheduled" | "open" | "live" | "ended" | "cancelled" | "no_show";

/**
 * Also `GET /api/v1/sessions/{session}`.
 */
export type SessionSummary = { session: SessionId, kind: SessionKind, state: SessionState, template: NoteTemplate, starts_at: UtcMillis, ends_at: UtcMillis,
/**
 * Guests, in the order in which they were booked.
 */
people: Array<Booked>,
/**
 * Knocking now.
 */
waiting: Array<Knock>, present: number,
/**
 * Its notes, once it has ended.
 */
notes: Array<NoteId>, };

/**
 * `POST /api/v1/setup`: chooses the password, is given the secret for the authenticator.
 * The link stays good until it is confirmed.
 */
export type SetUp = { token: Phi<string>,
/**
 * 12 to 128 characters.
 */
password: Phi<string>, };

export type SetUpDone = {
/**
 * Each works once in place of a code. Shown once.
 */
recovery_codes: Array<Phi<string>>, };

/**
 * A one-time set-up link, also from `POST /api/v1/staff/{staff}/reissue`.
 */
export type SetUpLink = { staff: StaffId,
/**
 * Path and fragment, `/setup#…`.
 */
path: Phi<string>, expires_at: UtcMillis, };

export type SetUpSecret = {
/**
 * TOTP secret, base32 (RFC 6238: SHA-1, 6 digits, 30 s).
 */
secret: Phi<string>, otpauth_url: Phi<string>,
/**
 * The same as an SVG picture of a QR code.
 */
qr_svg: Phi<string>, };

/**
 * `POST /api/v1/setup/look`: who a set-up link is for. Changes nothing.
 */
export type SetUpToken = {
/**
 * From the link's fragment, base64url.
 */
token: Phi<string>, };

export type SetUpWho = { username: Phi<string>, name: Phi<string>, };

/**
 * `POST /api/v1/sign-in`: answered by [`Me`] and a cookie.
 */
export type SignIn = { username: Phi<string>, password: Phi<string>,
/**
 * 6 digits of the authenticator, or a recovery code.
 */
code: Phi<string>, };

/**
 * What a track shows or sounds.
 */
export type Source = "microphone" | "camera" | "screen";

/**
 * Which section of an offer carries what.
 */
export type SourceSection = { mid: string, source: Source, };

/**
 * A stretch of time.
 */
export type Span = { from: UtcMillis, to: UtcMillis, };

/**
 * A member of staff.
 */
export type StaffId = string;

/**
 * `GET /api/v1/staff`.
 */
export type StaffMember = { staff: StaffId, username: Phi<string>, name: Phi<string>, role: StaffRole, disabled: boolean,
/**
 * Has a password and an authenticator.
 */
set_up: boolean, };

/**
 * What a member of staff may do in the clinic.
 */
export type StaffRole = "clinician" | "administrator" | "auditor";

/**
 * Something the clinician should know of the record itself.
 */
export type StubFlag = { "flag": "attestation_overridden", missing: Array<AttestationPart>, } | { "flag": "recorded_late" } | { "flag": "server_restarted" } | { "flag": "caregivers_measured" } | { "flag": "came_late",
/**
 * Cut off, never rounded up.
 */
seconds: number, };

/**
 * A value and the sequence numbers of the facts behind it.
 */
export type Traced<T> = { value: T, facts: Array<number>, };

/**
 * Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
 */
export type UtcMillis = number;

/**
 * What a waiting guest is told.
 */
export type Waiting = { device: DeviceId,
/**
 * First name of the clinician.
 */
clinician: Phi<string>,
/**
 * The clinician is in the session.
 */
clinician_here: boolean, starts_at: UtcMillis, since: UtcMillis,
/**
 * Parts of the attestation still to give. What was given is never shown.
 */
missing: Array<AttestationPart>, };

/**
 * How well one source is shown.
 */
export type Want = { device: DeviceId, source: Source, quality: Quality, };

export type WelcomeFor = {
/**
 * The devices added, each once. Nobody else is given the welcome.
 */
to: Array<DeviceId>,
/**
 * At most 64 KiB.
 */
welcome: Opaque, };
