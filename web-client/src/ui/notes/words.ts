import { plural, table } from "../words";

export const words = table(
  {
    title: "Notes",
    lead: (all: number, due: number) =>
      all === 0
        ? "No notes yet."
        : `${all} ${plural(all, "note", "notes")}. ${due === 0 ? "All are written." : `${due} to finish.`}`,
    none: "Notes come by themselves",
    noneHint: "When a session ends, its facts are here, and the sections wait for your words.",
    who: "Who",
    when: "When",
    kind: "Kind",
    template: "Template",
    state: "State",
    sectionsLeft: (count: number) => `${count} ${plural(count, "section", "sections")} left`,
    written: "Written",
    show: "Show",
    showAll: "All",
    showDue: "To finish",
    caption: "Your notes, newest first",
  },
  {
    title: "Notas",
    lead: (all, due) =>
      all === 0
        ? "Todavía no hay notas."
        : `${all} ${plural(all, "nota", "notas")}. ${due === 0 ? "Todas están escritas." : `${due} por terminar.`}`,
    none: "Las notas llegan solas",
    noneHint:
      "Cuando termina una sesión, sus hechos están aquí y las secciones esperan tus palabras.",
    who: "Quién",
    when: "Cuándo",
    kind: "Tipo",
    template: "Plantilla",
    state: "Estado",
    sectionsLeft: (count) =>
      `${plural(count, "Falta", "Faltan")} ${count} ${plural(count, "sección", "secciones")}`,
    written: "Escrita",
    show: "Mostrar",
    showAll: "Todas",
    showDue: "Por terminar",
    caption: "Tus notas, las nuevas primero",
  },
);
