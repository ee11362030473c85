import type { IceServer } from "../protocol";

/**
 * A peer connection with the relay. The browser tries the relay's own addresses, and TURN in the
 * order of the servers, all at once; it keeps the best way that works.
 */
export function makePeer(iceServers: readonly IceServer[]): RTCPeerConnection {
  return new RTCPeerConnection(configuration(iceServers));
}

/** Takes other servers into use: for the next ICE restart, what flows goes on. */
export function useServers(peer: RTCPeerConnection, iceServers: readonly IceServer[]): void {
  try {
    peer.setConfiguration(configuration(iceServers));
  } catch {
    // Closed meanwhile.
  }
}

function configuration(iceServers: readonly IceServer[]): RTCConfiguration {
  return {
    bundlePolicy: "max-bundle",
    rtcpMuxPolicy: "require",
    iceTransportPolicy: "all",
    iceServers: [...iceServers],
  };
}
