import {
  type AttestationPart,
  type IdentityMethod,
  type NoteTemplate,
  type Phrase,
  type PlaceKind,
  type Role,
  type SessionKind,
  type StaffRole,
  US_STATES,
} from "../../protocol";
import { table } from "../words";

/** Words for the clinic's own notions, by the keys of the protocol. */
export const kindWords: Readonly<Record<SessionKind, string>> = table(
  {
    individual: "One to one",
    family: "Family",
    group_class: "Group class",
    caregiver_coaching: "Coaching",
    supervision: "Supervision",
  },
  {
    individual: "Individual",
    family: "Familia",
    group_class: "Clase en grupo",
    caregiver_coaching: "Apoyo a cuidadores",
    supervision: "Supervisión",
  },
);

export const roleWords: Readonly<Record<Role, string>> = table(
  {
    clinician: "Clinician",
    co_facilitator: "Co-leader",
    client: "Client",
    caregiver: "Caregiver",
    observer: "Observer",
    interpreter: "Interpreter",
  },
  {
    clinician: "Profesional",
    co_facilitator: "Colíder",
    client: "Cliente",
    caregiver: "Cuidador",
    observer: "Observador",
    interpreter: "Intérprete",
  },
);

export const staffRoleWords: Readonly<Record<StaffRole, string>> = table(
  { clinician: "Clinician", administrator: "Administrator", auditor: "Auditor" },
  { clinician: "Profesional", administrator: "Administrador", auditor: "Auditor" },
);

export const templateWords: Readonly<Record<NoteTemplate, string>> = table(
  {
    dap: "DAP",
    soap: "SOAP",
    birp: "BIRP",
    girp: "GIRP",
    group: "Group",
    coaching: "Coaching",
    supervision: "Supervision",
  },
  {
    dap: "DAP",
    soap: "SOAP",
    birp: "BIRP",
    girp: "GIRP",
    group: "Grupo",
    coaching: "Apoyo",
    supervision: "Supervisión",
  },
);

export const placeWords: Readonly<Record<PlaceKind, string>> = table(
  {
    home: "at home",
    work_or_school: "at work or school",
    parked_car: "in a parked car",
    other: "somewhere else",
  },
  {
    home: "en casa",
    work_or_school: "en el trabajo o la escuela",
    parked_car: "en un auto estacionado",
    other: "en otro lugar",
  },
);

export const missingWords: Readonly<Record<AttestationPart, string>> = table(
  { place: "where they are", emergency_contact: "whom to call", consent: "consent" },
  { place: "dónde está", emergency_contact: "a quién llamar", consent: "el consentimiento" },
);

export const identityWords: Readonly<Record<IdentityMethod, string>> = table(
  {
    known_to_me: "Known to the clinician",
    photo_id: "Photo ID",
    date_of_birth_and_address: "Date of birth and address",
  },
  {
    known_to_me: "Conocido por el profesional",
    photo_id: "Identificación con foto",
    date_of_birth_and_address: "Fecha de nacimiento y dirección",
  },
);

export const phraseWords: Readonly<Record<Phrase, string>> = table(
  {
    i_am_here: "I am here",
    need_a_minute: "I need a minute",
    cannot_hear: "I cannot hear",
    cannot_see: "I cannot see",
    need_interpreter: "I need an interpreter",
    please_call_me: "Please call me",
  },
  {
    i_am_here: "Aquí estoy",
    need_a_minute: "Necesito un minuto",
    cannot_hear: "No puedo oír",
    cannot_see: "No puedo ver",
    need_interpreter: "Necesito un intérprete",
    please_call_me: "Por favor, llámame",
  },
);

/** Name of a state by its USPS code; the code itself when it is none of them. */
export function stateName(code: string): string {
  return US_STATES.find(([known]) => known === code)?.[1] ?? code;
}
