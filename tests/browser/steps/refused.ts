import type { Page } from "playwright-core";

/**
 * Tries, over the page's own socket, everything that would make media flow, and returns the codes of
 * the answers. `recordConnections` has kept hold of the socket.
 */
export function tryToSendAndReceive(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const held = window as unknown as {
      heldSockets: WebSocket[];
      heldAnswers: { id?: number; type: string; refused?: { code: string } }[];
    };
    const socket = held.heldSockets.find((s) => s.readyState === WebSocket.OPEN);
    if (!socket) throw new Error("the page has no open socket");
    const connection = new RTCPeerConnection();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    await connection.setLocalDescription();
    const offer = connection.localDescription?.sdp;
    const tries = [
      {
        type: "publish",
        offer,
        sources: [
          { mid: "0", source: "microphone" },
          { mid: "1", source: "camera" },
        ],
      },
      { type: "restart_receive" },
      { type: "answer", generation: 1, answer: offer },
      { type: "show", wants: [] },
    ];
    const first = 4_000_000_000;
    tries.forEach((message, n) => {
      socket.send(JSON.stringify({ id: first + n, message }));
    });
    const answers = await new Promise<string[]>((answered) => {
      const look = () => {
        const got = held.heldAnswers.filter((a) => a.id !== undefined && a.id >= first);
        if (got.length === tries.length) answered(got.map((a) => a.refused?.code ?? a.type));
      };
      socket.addEventListener("message", look);
      look();
    });
    for (const track of stream.getTracks()) track.stop();
    connection.close();
    return answers;
  });
}
