/** How the connection is, for words. */
export type ConnectionQuality = "good" | "slow" | "sound_only" | "lost";

/** What the statistics of both peer connections say at one moment; counters since their start. */
export interface Sample {
  /** Milliseconds. */
  at: number;
  /** Media can flow on both connections. */
  connected: boolean;
  /** Seconds there and back; `null` when not known yet. */
  roundTrip: number | null;
  /** Share of what was sent lately that did not arrive, 0 to 1. */
  lostSending: number;
  packetsReceived: number;
  packetsLost: number;
  framesDecoded: number;
  /** Someone who is received has the camera on. */
  pictureExpected: boolean;
}

const SLOW_ROUND_TRIP = 0.4;
const SLOW_LOSS = 0.05;
/** Milliseconds without a new picture. */
const NO_PICTURE = 6_000;
/** Samples in a row before the words change: a single bad moment says nothing. */
const STEADY = 2;

/** Turns samples into one word, slowly enough not to flicker. */
export class QualityJudge {
  private shown: ConnectionQuality = "good";
  private candidate: ConnectionQuality = "good";
  private seen = 0;
  private before: Sample | null = null;
  private pictureAt: number | null = null;

  /** The word to show after `sample`. */
  judge(sample: Sample): ConnectionQuality {
    const now = this.assess(sample);
    this.before = sample;
    if (now !== this.candidate) {
      this.candidate = now;
      this.seen = 0;
    }
    this.seen += 1;
    if (this.seen >= STEADY || now === "lost") this.shown = now;
    return this.shown;
  }

  private assess(sample: Sample): ConnectionQuality {
    const { before } = this;
    if (!sample.connected) return "lost";
    const moved = !before || sample.framesDecoded !== before.framesDecoded;
    if (!sample.pictureExpected || moved || this.pictureAt === null) this.pictureAt = sample.at;
    if (sample.at - this.pictureAt >= NO_PICTURE) return "sound_only";
    if (sample.roundTrip !== null && sample.roundTrip > SLOW_ROUND_TRIP) return "slow";
    if (sample.lostSending > SLOW_LOSS) return "slow";
    if (before && lossBetween(before, sample) > SLOW_LOSS) return "slow";
    return "good";
  }
}

/** Share of packets lost on the way here between two samples. */
function lossBetween(before: Sample, after: Sample): number {
  const lost = Math.max(0, after.packetsLost - before.packetsLost);
  const received = Math.max(0, after.packetsReceived - before.packetsReceived);
  // Few packets make no share: one lost of three is no slow internet.
  return lost + received < 20 ? 0 : lost / (lost + received);
}
