import { describe, expect, it } from "vitest";
import { samplesOf, webmToOgg } from "./ogg";

const HEAD = [...new TextEncoder().encode("OpusHead"), 1, 1, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0];
/** 20 ms of CELT, one frame. */
const packet = (size: number) => [0xfc, ...Array<number>(size - 1).fill(7)];
const element = (id: number[], body: number[]) => [...id, 0x40 | (body.length >> 8), body.length & 0xff, ...body];
const unknownSize = (id: number[], body: number[]) => [...id, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...body];
const block = (data: number[]) => element([0xa3], [0x81, 0, 0, 0x80, ...data]);

/** A recording as browsers make it: a segment and clusters of unknown length. */
function webm(packets: number[][]): Uint8Array {
  return Uint8Array.from([
    ...element([0x1a, 0x45, 0xdf, 0xa3], [0x42, 0x86, 0x81, 1]),
    ...unknownSize(
      [0x18, 0x53, 0x80, 0x67],
      [...element([0x16, 0x54, 0xae, 0x6b], element([0xae], element([0x63, 0xa2], HEAD))), ...unknownSize([0x1f, 0x43, 0xb6, 0x75], [...element([0xe7], [0]), ...packets.flatMap(block)])],
    ),
  ]);
}

async function pages(blob: Blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const view = new DataView(bytes.buffer);
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    expect(new TextDecoder().decode(bytes.subarray(at, at + 4))).toBe("OggS");
    const lacing = bytes.subarray(at + 27, at + 27 + (bytes[at + 26] ?? 0));
    const size = lacing.reduce((sum, each) => sum + each, 0);
    const body = bytes.subarray(at + 27 + lacing.length, at + 27 + lacing.length + size);
    found.push({ flags: bytes[at + 5], granule: Number(view.getBigUint64(at + 6, true)), sequence: view.getUint32(at + 18, true), lacing: [...lacing], body });
    at += 27 + lacing.length + size;
  }
  return found;
}

describe("Opus from WebM to Ogg", () => {
  it("every_packet_is_kept_and_the_time_is_counted", async () => {
    const [head, tags, sound, ...rest] = await pages(webmToOgg(webm([packet(10), packet(300), packet(255)])));
    expect(rest).toEqual([]);
    expect([head?.flags, tags?.flags, sound?.flags]).toEqual([2, 0, 4]);
    expect([...(head?.body ?? [])]).toEqual(HEAD);
    expect(new TextDecoder().decode(tags?.body.subarray(0, 8))).toBe("OpusTags");
    // A packet of 255 bytes needs a zero to end it.
    expect(sound?.lacing).toEqual([10, 255, 45, 255, 0]);
    expect(sound?.granule).toBe(3 * 960);
  });

  it("a_long_recording_has_as_many_pages_as_it_needs", async () => {
    const all = await pages(webmToOgg(webm(Array.from({ length: 120 }, () => packet(80)))));
    expect(all.map((each) => each.sequence)).toEqual([0, 1, 2, 3, 4]);
    expect(all.at(-1)?.granule).toBe(120 * 960);
    expect(all.slice(2).map((each) => each.flags)).toEqual([0, 0, 4]);
  });

  it("what_is_no_recording_is_refused", () => {
    expect(() => webmToOgg(new TextEncoder().encode("not a film"))).toThrow();
    expect(() => webmToOgg(webm([]))).toThrow();
  });

  it("packets_know_how_long_they_sound", () => {
    expect([0xfc, 0x0c, 0x78, 0xfd].map((toc) => samplesOf(Uint8Array.from([toc, 0])))).toEqual([960, 960, 960, 1920]);
  });
});
