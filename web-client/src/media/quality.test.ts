import { describe, expect, it } from "vitest";
import { QualityJudge, type Sample } from "./quality";

const calm: Sample = {
  at: 0,
  connected: true,
  roundTrip: 0.05,
  lostSending: 0,
  packetsReceived: 0,
  packetsLost: 0,
  framesDecoded: 0,
  pictureExpected: true,
};

/** Judges samples two seconds apart; counters grow by 100 packets and 60 pictures each. */
function judge(parts: Partial<Sample>[]): string {
  const judge = new QualityJudge();
  let word = "";
  parts.forEach((part, index) => {
    word = judge.judge({
      ...calm,
      at: index * 2_000,
      packetsReceived: index * 100,
      framesDecoded: index * 60,
      ...part,
    });
  });
  return word;
}

describe("the quality of the connection", () => {
  it("is good when packets and pictures come", () => {
    expect(judge([{}, {}, {}])).toBe("good");
  });

  it("is slow when answers take long or packets are lost, in either direction", () => {
    expect(judge([{}, { roundTrip: 0.6 }, { roundTrip: 0.6 }])).toBe("slow");
    expect(judge([{}, { lostSending: 0.2 }, { lostSending: 0.2 }])).toBe("slow");
    expect(judge([{}, { packetsLost: 20 }, { packetsLost: 40 }])).toBe("slow");
  });

  it("does not change for a single moment", () => {
    expect(judge([{}, {}, { roundTrip: 0.9 }])).toBe("good");
    expect(judge([{}, { roundTrip: 0.9 }, {}])).toBe("good");
  });

  it("is sound only when a camera is on and no picture comes", () => {
    const still = { framesDecoded: 60 };
    expect(judge([{}, still, still, still, still, still])).toBe("sound_only");
    expect(
      judge(
        [{}, still, still, still, still, still].map((part) => ({
          ...part,
          pictureExpected: false,
        })),
      ),
    ).toBe("good");
  });

  it("is lost at once", () => {
    expect(judge([{}, {}, { connected: false }])).toBe("lost");
  });
});
