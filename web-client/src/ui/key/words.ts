import { table } from "../words";

export const words = table(
  {
    menu: "Room key",
    bannerTitle: "Save your room key code",
    bannerLead: "You need it when you use another browser. Quietroom cannot show it to you later.",
    bannerOpen: "Show the code",

    aboutTitle: "Your room key",
    aboutLead:
      "It shows the people you invite that the room is really yours. It is made in your browser, and Quietroom’s server cannot use it.",
    aboutSaved: "This browser has it, and you saved its code.",
    looking: "Looking for your room key.",
    unknown: "Quietroom did not answer. Check your internet, then try again.",
    makeNew: "Make a new one",

    saveTitle: "Your room key code",
    saveLead:
      "With this code you can open your room key in another browser. Keep it like a house key: on paper, or in a password manager.",
    code: "Room key code",
    copy: "Copy the code",
    print: "Print",
    saved: "I have saved it",
    saving: "Saving",
    later: "Later",
    savedAnnounced: "Room key code saved",

    enterTitle: "Enter your room key code",
    enterLead:
      "Your room key is not in this browser yet. Type the code that you saved when you made it. You need this only once in each browser.",
    enterHint: "26 letters and numbers. Capitals and dashes do not matter.",
    codeMissing: "Type the code.",
    codeWrong: "This is not the code of your room key. Check each letter, then try again.",
    open: "Use this code",
    opening: "Opening",
    lost: "I do not have it",
    opened: "Room key is here",

    replaceTitle: "Make a new room key?",
    replaceLost: "Nobody can find the old code for you, but you can make a new key.",
    replaceLead:
      "Links that you made before will not let people in safely any more. Make a new link for each person and send it to them.",
    replaceWhen: "Do not do this while you are in a session.",
    replace: "Make a new key",
    replacing: "Making",
    keep: "Keep the old one",
    back: "Go back",
    replaced: "You have a new room key",
    failed: "That did not work. Nothing was changed. Try again.",

    neededForLinks: "Links need your room key. Enter its code to make them.",
    enter: "Enter the code",
  },
  {
    menu: "Llave de sala",
    bannerTitle: "Guarda el código de tu llave de sala",
    bannerLead:
      "Lo necesitas cuando usas otro navegador. Quietroom no puede mostrártelo más adelante.",
    bannerOpen: "Ver el código",

    aboutTitle: "Tu llave de sala",
    aboutLead:
      "Muestra a las personas que invitas que la sala es de verdad tuya. Se hace en tu navegador, y el servidor de Quietroom no puede usarla.",
    aboutSaved: "Este navegador la tiene, y guardaste su código.",
    looking: "Buscamos tu llave de sala.",
    unknown: "Quietroom no respondió. Revisa tu internet y prueba otra vez.",
    makeNew: "Hacer una nueva",

    saveTitle: "El código de tu llave de sala",
    saveLead:
      "Con este código puedes abrir tu llave de sala en otro navegador. Cuídalo como la llave de tu casa: en papel o en un gestor de contraseñas.",
    code: "Código de la llave de sala",
    copy: "Copiar el código",
    print: "Imprimir",
    saved: "Ya lo guardé",
    saving: "Guardando",
    later: "Más tarde",
    savedAnnounced: "Código de la llave de sala guardado",

    enterTitle: "Escribe el código de tu llave de sala",
    enterLead:
      "Tu llave de sala todavía no está en este navegador. Escribe el código que guardaste cuando la hiciste. Solo hace falta una vez en cada navegador.",
    enterHint: "26 letras y números. Las mayúsculas y los guiones no importan.",
    codeMissing: "Escribe el código.",
    codeWrong: "Este no es el código de tu llave de sala. Revisa cada letra e intenta de nuevo.",
    open: "Usar este código",
    opening: "Abriendo",
    lost: "No lo tengo",
    opened: "La llave de sala está aquí",

    replaceTitle: "¿Hacer una llave de sala nueva?",
    replaceLost: "Nadie puede encontrar el código anterior, pero puedes hacer una llave nueva.",
    replaceLead:
      "Los enlaces que hiciste antes ya no dejarán entrar a las personas con seguridad. Haz un enlace nuevo para cada persona y envíaselo.",
    replaceWhen: "No lo hagas mientras estás en una sesión.",
    replace: "Hacer una llave nueva",
    replacing: "Haciendo",
    keep: "Dejar la anterior",
    back: "Volver",
    replaced: "Tienes una llave de sala nueva",
    failed: "Eso no funcionó. Nada cambió. Intenta de nuevo.",

    neededForLinks: "Los enlaces necesitan tu llave de sala. Escribe su código para hacerlos.",
    enter: "Escribir el código",
  },
);
