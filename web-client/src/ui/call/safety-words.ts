import { table } from "../words";

/** What is said about the privacy of the call. */
export const safetyWords = table(
  {
    private: "Private",
    starting: "Connecting",
    not: "Not private",
    openPrivate: "Private call. Check the safety code",
    openStarting: "Connecting. See what is happening",
    openNot: "Not private. See what to do",
    nowPrivate: "The call is private",
    nowNot: "The call is not private",

    title: "Check that this call is private",
    lead: "Read these numbers aloud to each other. If everyone has the same numbers, nobody else can see or hear this call.",
    code: (groups: string) => `Safety code: ${groups}`,
    inCall: "In this call now",
    you: (name: string) => `${name}, you on this device`,
    changes: "The numbers change when someone comes or goes. That is normal.",
    differ: "What if the numbers differ?",
    differLead:
      "Check that nobody came or went meanwhile, and read them again. If they still differ, do not say anything private. Leave the call, and call each other by phone.",
    serverMade:
      "This room’s links were made by the server, so it could have let itself in. Reading the numbers aloud shows whether it did.",

    startingTitle: "The call is not ready yet",
    startingLead:
      "We are making the call private. Until then nobody can see or hear you. You do not need to do anything.",

    notTitle: "This call is not private",
    notLead: "So we do not send or show any picture or sound. You did nothing wrong.",
    wrongHost:
      "The room belongs to somebody else than the person who made your link. Do not say anything private. Ask that person for a new link, by phone or the way you always write to each other.",
    removed: "This device was taken out of the call. Load the page again to ask to come in.",
    damaged:
      "Something that the server sent could not be trusted. Load the page again. If it happens again, call each other by phone and tell your clinic.",
    reload: "Load the page again",

    events: "Privacy notice",
    commitRefused:
      "Someone tried to change who is in this call. It was stopped. If it happens again, compare the safety code.",
    knockForged:
      "Someone at the door does not have a link that you made. They cannot come in. Ask the person by phone to open their own link again.",
    messageRefused:
      "Something that came could not be trusted, so it was not shown. If it happens again, compare the safety code.",
    seeCode: "Safety code",
    dismiss: "Close this notice",

    notShown: "Not secure, not shown",
    notPlayed: "Sound not secure, not played",
    notShownOf: (name: string) => `What comes from ${name} is not secure, so it is not shown`,

    proofPending: "We check the link. This takes a moment.",
    proofProven: "This person has the link you made.",
    proofServerMade: (name: string) =>
      `The server made this link, so it cannot be checked. Be sure that this is ${name}.`,
    proofForged: "This is not the link you made: do not let them in.",
    proofWait: "Wait until the link is checked.",
    notReady: "Wait until the call is private.",
    outside: "Let in before, and not in the private call yet",
  },
  {
    private: "Privada",
    starting: "Conectando",
    not: "No es privada",
    openPrivate: "Llamada privada. Revisar el código de seguridad",
    openStarting: "Conectando. Ver qué pasa",
    openNot: "No es privada. Ver qué hacer",
    nowPrivate: "La llamada es privada",
    nowNot: "La llamada no es privada",

    title: "Revisa que esta llamada es privada",
    lead: "Léanse estos números en voz alta. Si todos tienen los mismos números, nadie más puede ver ni oír esta llamada.",
    code: (groups) => `Código de seguridad: ${groups}`,
    inCall: "En esta llamada ahora",
    you: (name) => `${name}, tú en este dispositivo`,
    changes: "Los números cambian cuando alguien entra o sale. Es normal.",
    differ: "¿Y si los números no son iguales?",
    differLead:
      "Revisa que nadie entró ni salió mientras tanto, y léanlos otra vez. Si todavía no son iguales, no digas nada privado. Sal de la llamada y llámense por teléfono.",
    serverMade:
      "El servidor hizo los enlaces de esta sala, así que podría haber entrado él mismo. Leer los números en voz alta muestra si lo hizo.",

    startingTitle: "La llamada todavía no está lista",
    startingLead:
      "Estamos haciendo privada la llamada. Hasta entonces nadie puede verte ni oírte. No tienes que hacer nada.",

    notTitle: "Esta llamada no es privada",
    notLead: "Por eso no enviamos ni mostramos imagen ni sonido. No hiciste nada mal.",
    wrongHost:
      "La sala es de otra persona, no de quien hizo tu enlace. No digas nada privado. Pide un enlace nuevo a esa persona, por teléfono o como siempre se escriben.",
    removed:
      "Sacaron este dispositivo de la llamada. Carga la página otra vez para pedir que te dejen entrar.",
    damaged:
      "Algo que envió el servidor no es de fiar. Carga la página otra vez. Si vuelve a pasar, llámense por teléfono y avisa a tu clínica.",
    reload: "Cargar la página otra vez",

    events: "Aviso de privacidad",
    commitRefused:
      "Alguien intentó cambiar quién está en esta llamada. No se permitió. Si vuelve a pasar, comparen el código de seguridad.",
    knockForged:
      "Alguien en la puerta no tiene un enlace hecho por ti. No puede entrar. Pide a la persona, por teléfono, que abra otra vez su propio enlace.",
    messageRefused:
      "Llegó algo que no es de fiar y no se mostró. Si vuelve a pasar, comparen el código de seguridad.",
    seeCode: "Código de seguridad",
    dismiss: "Cerrar este aviso",

    notShown: "No es seguro, no se muestra",
    notPlayed: "Sonido no seguro, no se oye",
    notShownOf: (name) => `Lo que viene de ${name} no es seguro, así que no se muestra`,

    proofPending: "Revisamos el enlace. Tarda un momento.",
    proofProven: "Esta persona tiene el enlace que hiciste.",
    proofServerMade: (name) =>
      `El servidor hizo este enlace, así que no se puede comprobar. Asegúrate de que es ${name}.`,
    proofForged: "Este no es el enlace que hiciste: no dejes entrar a esta persona.",
    proofWait: "Espera a que se revise el enlace.",
    notReady: "Espera a que la llamada sea privada.",
    outside: "Se le dejó entrar antes y todavía no está en la llamada privada",
  },
);
