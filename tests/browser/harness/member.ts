import { fromBase64url } from "../../../web-client/src/base64url";
import { Connection, type Socket } from "../../../web-client/src/connection/connection";
import { makeKey, signHello } from "../../../web-client/src/connection/device-key";
import { openGroupStore } from "../../../web-client/src/crypto/group-store";
import { readInvitation, tokenOf } from "../../../web-client/src/crypto/invitation";
import { SecureRoom } from "../../../web-client/src/crypto/room";
import type {
  DeviceId,
  Join,
  Joined,
  ParticipantId,
  ServerMessage,
} from "../../../web-client/src/protocol";

/** A guest without a browser: the client's own connection and cryptography, and no media. */
export interface Member {
  device: DeviceId;
  participant: ParticipantId;
  room: SecureRoom;
  /** Bytes of each commit that came, from its own addition on. */
  commits: number[];
  /** Bytes of the welcome that let it in; 0 before. */
  welcome: number;
  close(): void;
}

/** Redeems a link and knocks. Needs Node's WebSocket. */
export async function knockAlone(link: string, name: string): Promise<Member> {
  const { origin, hash } = new URL(link);
  const invitation = readInvitation(hash.slice(1));
  if (!invitation) throw new Error("that is no link");
  const { pair, publicKey } = await makeKey();
  const join: Join = {
    token: await tokenOf(invitation.secret),
    name,
    device_key: publicKey,
    attestation: { place: null, emergency_contact: null, consent: null },
  };
  const joined = await post<Joined>(origin, "/api/v1/join", join);
  const { session, device, participant } = joined;

  const connection = new Connection({
    session,
    open: () => openFrom(origin),
    identify: async (nonce) => ({
      as: "guest",
      device,
      signature: await signHello(pair.privateKey, nonce, device),
    }),
    onMessage: (message) => take(message),
    onState: () => {},
  });
  const room = new SecureRoom({
    session,
    by: { as: "guest", invitation, link: joined.link },
    request: (message) => connection.request(message),
    frames: { keys: () => {}, sendWith: () => {}, forgetBefore: () => {} },
    store: openGroupStore(session),
  });
  const member: Member = {
    device,
    participant,
    room,
    commits: [],
    welcome: 0,
    close() {
      room.stop(null);
      connection.close();
    },
  };
  function take(message: ServerMessage): void {
    if (message.type === "waiting" || message.type === "room") {
      room.greet({ device, participant, name });
    }
    if (message.type === "delivery" && message.delivery.what.type === "commit") {
      const { what } = message.delivery;
      member.commits.push(lengthOf(what.commit));
      if (what.welcome) member.welcome = lengthOf(what.welcome);
    }
    room.receive(message);
  }
  connection.start();
  return member;
}

function lengthOf(opaque: string): number {
  return fromBase64url(opaque)?.length ?? 0;
}

async function post<A>(origin: string, path: string, body: unknown): Promise<A> {
  const answer = await fetch(origin + path, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as A;
}

function openFrom(origin: string): Socket {
  // Beyond the standard, Node's takes headers: the server answers its own origin only.
  const Open = WebSocket as unknown as new (url: string, options: object) => WebSocket;
  const socket = new Open(`${origin.replace("http", "ws")}/api/v1/ws`, { headers: { origin } });
  return {
    set onmessage(act: ((event: { data: unknown }) => void) | null) {
      socket.onmessage = act;
    },
    set onclose(act: (() => void) | null) {
      socket.onclose = act;
    },
    send: (data) => socket.send(data),
    close: () => socket.close(),
  };
}
