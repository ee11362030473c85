import type { Way } from "../../media/way";
import { table } from "../words";

const words = table(
  {
    direct: "Connected directly",
    directLead: "This is the fastest way.",
    udp: "Connected through the clinic's relay (UDP)",
    udpLead: "Your network blocks the direct way. This way is just as private and as good.",
    tcp: "Connected through the clinic's relay over TCP",
    tcpLead:
      "Your network blocks the fastest ways. The call is just as private. If the internet gets slow, the picture may stop for a moment.",
    tls: "Connected through the clinic's relay over the web port",
    tlsLead:
      "Your network lets only the web through. The call is just as private. If the internet gets slow, the picture may stop for a moment.",
    none: "Connecting",
    noneLead: "We look for the best way through your network. You do not need to do anything.",
  },
  {
    direct: "Conexión directa",
    directLead: "Es la forma más rápida.",
    udp: "Conexión por el servidor de enlace de la clínica (UDP)",
    udpLead: "Tu red no deja pasar la conexión directa. Esta forma es igual de privada y de buena.",
    tcp: "Conexión por el servidor de enlace de la clínica por TCP",
    tcpLead:
      "Tu red no deja pasar las formas más rápidas. La llamada es igual de privada. Si el internet va lento, la imagen puede pararse un momento.",
    tls: "Conexión por el servidor de enlace de la clínica por el puerto de la web",
    tlsLead:
      "Tu red solo deja pasar la web. La llamada es igual de privada. Si el internet va lento, la imagen puede pararse un momento.",
    none: "Conectando",
    noneLead: "Buscamos la mejor forma de pasar por tu red. No tienes que hacer nada.",
  },
);

/** How the call is connected and what that means, in plain words. */
export function wayWords(way: Way | null): { title: string; lead: string } {
  switch (way) {
    case "direct":
      return { title: words.direct, lead: words.directLead };
    case "relay_udp":
      return { title: words.udp, lead: words.udpLead };
    case "relay_tcp":
      return { title: words.tcp, lead: words.tcpLead };
    case "relay_tls":
      return { title: words.tls, lead: words.tlsLead };
    case null:
      return { title: words.none, lead: words.noneLead };
  }
}
