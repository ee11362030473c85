// DEFLATE (RFC 1951), by the browser's own streams.

import type { Bytes } from "../crypto/bytes";

export async function deflate(bytes: Bytes): Promise<Bytes> {
  const stream = streamOf(bytes).pipeThrough(new CompressionStream("deflate-raw"));
  return collect(stream, Number.POSITIVE_INFINITY);
}

/** Throws `RangeError` when more than `most` bytes come out, `TypeError` when the bytes are not deflated. */
export function inflate(bytes: Bytes, most: number): Promise<Bytes> {
  return collect(streamOf(bytes).pipeThrough(new DecompressionStream("deflate-raw")), most);
}

function streamOf(bytes: Bytes): ReadableStream<Bytes> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Bytes> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError("more comes out than is taken");
    }
    parts.push(value);
  }
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
