import { describe, expect, it } from "vitest";
import { clearPrefix, codecOf } from "./prefix";

describe("the clear prefix", () => {
  it("of VP8 depends on the key-frame bit alone", () => {
    expect(clearPrefix("vp8", Uint8Array.of(0x10))).toBe(10);
    expect(clearPrefix("vp8", Uint8Array.of(0x11))).toBe(3);
    expect(clearPrefix("vp8", Uint8Array.of(0xfe))).toBe(10);
  });

  it("of Opus is its table of contents, of VP9 nothing", () => {
    expect(clearPrefix("opus", Uint8Array.of(0x78, 1))).toBe(1);
    expect(clearPrefix("vp9", Uint8Array.of(0x82))).toBe(0);
  });

  it.each(["video/H264", "video/AV1", "audio/red", "audio/PCMU", "video/rtx", ""])(
    "is not known of %s",
    (mimeType) => expect(codecOf(mimeType)).toBeNull(),
  );

  it("does not care how a codec is spelled", () => {
    expect(codecOf("video/VP8")).toBe("vp8");
    expect(codecOf("audio/opus; rate=48000")).toBe("opus");
    expect(codecOf("video/VP9")).toBe("vp9");
  });
});
