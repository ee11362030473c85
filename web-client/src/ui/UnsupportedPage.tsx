import type { ComponentChildren } from "preact";
import { MessagePage } from "./MessagePage";
import { table } from "./words";

/**
 * A browser that cannot keep the call between the people in it: which ones can. They are the first with
 * `RTCRtpScriptTransform` and with X25519 and Ed25519 in Web Crypto.
 */
export function UnsupportedPage({ children }: { children?: ComponentChildren }) {
  return (
    <MessagePage title={words.title} lead={words.lead}>
      <section class="browsers" aria-labelledby="browsers">
        <h2 id="browsers">{words.which}</h2>
        <ul>
          <li>{words.computer}</li>
          <li>{words.apple}</li>
          <li>{words.android}</li>
        </ul>
        <p class="small quiet">{words.inside}</p>
      </section>
      {children}
    </MessagePage>
  );
}

const words = table(
  {
    title: "This browser cannot make the call",
    lead: "It cannot keep the call private, so the call does not start here. You did nothing wrong, and your link still works in another browser.",
    which: "These browsers can",
    computer: "On a computer: Chrome or Edge 141, Firefox 130, Safari 17, or newer.",
    apple:
      "On an iPhone or iPad: iOS 17 or newer. Update in Settings, under General, then open the link in Safari.",
    android:
      "On an Android phone: Chrome 141 or newer. Update Chrome in the Play Store, then open the link in Chrome.",
    inside:
      "If the link opened inside another app, such as mail or messages, copy it and open it in the browser.",
  },
  {
    title: "Este navegador no puede hacer la llamada",
    lead: "No puede mantener privada la llamada, así que aquí no empieza. No hiciste nada mal, y tu enlace todavía funciona en otro navegador.",
    which: "Estos navegadores sí pueden",
    computer: "En una computadora: Chrome o Edge 141, Firefox 130, Safari 17, o más nuevo.",
    apple:
      "En un iPhone o iPad: iOS 17 o más nuevo. Actualiza en Ajustes, en General, y abre el enlace en Safari.",
    android:
      "En un teléfono Android: Chrome 141 o más nuevo. Actualiza Chrome en Play Store y abre el enlace en Chrome.",
    inside:
      "Si el enlace se abrió dentro de otra aplicación, como el correo o los mensajes, cópialo y ábrelo en el navegador.",
  },
);
