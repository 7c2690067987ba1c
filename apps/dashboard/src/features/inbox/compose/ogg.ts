/**
 * Moves Opus from WebM into Ogg. Most browsers record Opus in WebM, and WhatsApp shows only Opus in Ogg as a voice message.
 * The packets stay as they are. WebM: RFC 9559; Ogg: RFC 3533; Opus in Ogg: RFC 7845.
 */

const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TRACKS = 0x1654ae6b;
const TRACK = 0xae;
const BLOCK_GROUP = 0xa0;
const CODEC_PRIVATE = 0x63a2;
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;
const INTO = new Set([SEGMENT, CLUSTER, TRACKS, TRACK, BLOCK_GROUP]);

const SERIAL = 1;
const PACKETS_A_PAGE = 50;

interface Opus {
  head: Uint8Array;
  packets: Uint8Array[];
}

/** Reads a number of variable length. `keep` leaves the length marker in, as ids have it. */
function vint(bytes: Uint8Array, at: number, keep: boolean): { value: number; size: number } {
  const first = bytes[at] ?? 0;
  const size = Math.clz32(first) - 23;
  if (first === 0) throw new Error("No number here.");
  let value = keep ? first : first & (0xff >> size);
  let allOnes = (first & (0xff >> size)) === 0xff >> size;
  for (let index = 1; index < size; index += 1) {
    const byte = bytes[at + index] ?? 0;
    if (byte !== 0xff) allOnes = false;
    value = value * 256 + byte;
  }
  return { value: !keep && allOnes ? Infinity : value, size };
}

function readOpus(bytes: Uint8Array): Opus {
  const found: { head?: Uint8Array; packets: Uint8Array[] } = { packets: [] };
  let at = 0;
  // Walks all elements as one row. It steps into those that hold others, so their length does not matter.
  while (at < bytes.length) {
    const id = vint(bytes, at, true);
    const length = vint(bytes, at + id.size, false);
    const from = at + id.size + length.size;
    if (INTO.has(id.value)) {
      at = from;
      continue;
    }
    const to = Math.min(bytes.length, from + length.value);
    if (id.value === CODEC_PRIVATE) found.head = bytes.subarray(from, to);
    // Track number, two bytes of time, flags. Recorders do not lace.
    if (id.value === SIMPLE_BLOCK || id.value === BLOCK) found.packets.push(bytes.subarray(from + vint(bytes, from, false).size + 3, to));
    at = to;
  }
  if (!found.head || found.packets.length === 0) throw new Error("There is no Opus in it.");
  return { head: found.head, packets: found.packets };
}

/** Returns the length of a packet, in samples of 48 kHz. */
export function samplesOf(packet: Uint8Array): number {
  const toc = packet[0] ?? 0;
  const config = toc >> 3;
  const frame = config < 12 ? [480, 960, 1920, 2880][config & 3] : config < 16 ? [480, 960][config & 1] : [120, 240, 480, 960][config & 3];
  const count = [1, 2, 2, (packet[1] ?? 0) & 0x3f][toc & 3];
  return (frame ?? 960) * (count ?? 1);
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

function crc(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = ((value << 8) ^ (CRC[((value >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return value;
}

function page(packets: readonly Uint8Array[], sequence: number, granule: number, flags: number): Uint8Array {
  const lacing = packets.flatMap((packet) => [...Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255]);
  const size = packets.reduce((sum, packet) => sum + packet.length, 0);
  const out = new Uint8Array(27 + lacing.length + size);
  const view = new DataView(out.buffer);
  out.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
  view.setBigUint64(6, BigInt(granule), true);
  view.setUint32(14, SERIAL, true);
  view.setUint32(18, sequence, true);
  out[26] = lacing.length;
  out.set(lacing, 27);
  let at = 27 + lacing.length;
  for (const packet of packets) {
    out.set(packet, at);
    at += packet.length;
  }
  view.setUint32(22, crc(out), true);
  return out;
}

/** Splits packets into pages of at most 255 lacing values. */
function pages(packets: readonly Uint8Array[]): Uint8Array[][] {
  const out: Uint8Array[][] = [];
  let room = 0;
  for (const packet of packets) {
    const needs = Math.floor(packet.length / 255) + 1;
    const last = out.at(-1);
    if (!last || last.length >= PACKETS_A_PAGE || room + needs > 255) {
      out.push([packet]);
      room = needs;
    } else {
      last.push(packet);
      room += needs;
    }
  }
  return out;
}

/** Converts a recording to Ogg. Throws where it is no WebM with Opus. */
export function webmToOgg(webm: Uint8Array): Blob {
  const { head, packets } = readOpus(webm);
  const tags = new TextEncoder().encode("OpusTags\u0007\0\0\0wabakit\0\0\0\0");
  const out = [page([head], 0, 0, 2), page([tags], 1, 0, 0)];
  // The samples that a player skips at the beginning are counted too.
  let granule = 0;
  const all = pages(packets);
  all.forEach((each, at) => {
    for (const packet of each) granule += samplesOf(packet);
    out.push(page(each, at + 2, granule, at === all.length - 1 ? 4 : 0));
  });
  return new Blob(out as BlobPart[], { type: "audio/ogg" });
}

