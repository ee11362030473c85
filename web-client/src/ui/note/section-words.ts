import { table } from "../words";

/** Names of the sections of every template, by their keys. */
export const sectionNames = table(
  {
    data: "Data",
    assessment: "Assessment",
    plan: "Plan",
    subjective: "Subjective",
    objective: "Objective",
    behavior: "Behavior",
    intervention: "Intervention",
    response: "Response",
    goal: "Goal",
    participation: "Participation",
    progress: "Progress",
    procedures: "Procedures taught",
    performance: "Performance",
    feedback: "Feedback",
    competencies: "Competencies",
  },
  {
    data: "Datos",
    assessment: "Evaluación",
    plan: "Plan",
    subjective: "Subjetivo",
    objective: "Objetivo",
    behavior: "Conducta",
    intervention: "Intervención",
    response: "Respuesta",
    goal: "Meta",
    participation: "Participación",
    progress: "Progreso",
    procedures: "Técnicas enseñadas",
    performance: "Desempeño",
    feedback: "Comentarios",
    competencies: "Competencias",
  },
);

export const sectionHints = table(
  {
    data: "What was said and seen",
    assessment: "What it means. Progress on goals. Risk.",
    plan: "Next steps, homework, next session",
    subjective: "What the person said, in their words",
    objective: "What you saw and measured",
    behavior: "What the person did and said",
    intervention: "What you did",
    response: "How the person took it",
    goal: "The goal you worked on",
    participation: "How the person took part",
    progress: "Where the person stands now",
    procedures: "What you taught and how",
    performance: "What the caregiver did with it",
    feedback: "What you talked over",
    competencies: "What was shown, what to work on",
  },
  {
    data: "Lo que se dijo y se vio",
    assessment: "Qué significa. Avance en las metas. Riesgo.",
    plan: "Próximos pasos, tareas, próxima sesión",
    subjective: "Lo que dijo la persona, en sus palabras",
    objective: "Lo que viste y mediste",
    behavior: "Lo que la persona hizo y dijo",
    intervention: "Lo que hiciste",
    response: "Cómo lo tomó la persona",
    goal: "La meta en que trabajaron",
    participation: "Cómo participó la persona",
    progress: "Dónde está ahora la persona",
    procedures: "Qué enseñaste y cómo",
    performance: "Qué hizo con ello el cuidador",
    feedback: "De qué hablaron",
    competencies: "Qué se mostró, en qué trabajar",
  },
);

export type SectionKey = keyof typeof sectionNames;

/** Is it a section of a template that this client knows? */
export function isSectionKey(key: string): key is SectionKey {
  return sectionNames[key as SectionKey] !== undefined;
}
