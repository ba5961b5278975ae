// Bytes as text: addresses, sixteen bytes a line, and what is printable of them. A byte that is not there is `··`, never 00.

import { hexDigits } from '../memory/address';
import type { Reader } from '../memory/reader';

const PER_LINE = 16;

/**
 * @param base unsigned address of the first byte
 * @param length bytes
 */
export function hexDump(reader: Reader, base: bigint, length: number): string {
  const lines: string[] = [];
  const width = hexDigits(base + BigInt(length)).length <= 8 ? 8 : 16;
  let repeated: string | undefined;
  let skipped = 0;
  for (let at = 0; at < length; at += PER_LINE) {
    const address = base + BigInt(at);
    const bytes = byteList(reader, address, Math.min(PER_LINE, length - at));
    const body = bodyOf(bytes);
    const last = at + PER_LINE >= length;
    // As hexdump does: lines that say the same again are one star.
    if (body === repeated && !last) {
      if (skipped++ === 0) lines.push('*');
      continue;
    }
    repeated = body;
    skipped = 0;
    lines.push(`${hexDigits(address).padStart(width, '0')}  ${body}`);
  }
  return lines.join('\n') + '\n';
}

function bodyOf(bytes: readonly (number | undefined)[]): string {
  const cells = Array.from({ length: PER_LINE }, (_, i) => {
    const byte = bytes[i];
    return i >= bytes.length ? '  ' : byte === undefined ? '··' : byte.toString(16).padStart(2, '0');
  });
  const text = bytes.map((b) => (b === undefined ? '·' : b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('');
  return `${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}  |${text}|`;
}

function byteList(reader: Reader, base: bigint, length: number): (number | undefined)[] {
  const whole = reader.bytes(base, length);
  if (whole !== undefined) return [...whole];
  return Array.from({ length }, (_, i) => reader.u8(base + BigInt(i)));
}

/** The bytes from `base` on, up to the first that is not there. */
export function presentBytes(reader: Reader, base: bigint, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const part = Math.min(4096 - Number((base + BigInt(at)) % 4096n), length - at);
    const bytes = reader.bytes(base + BigInt(at), part);
    if (bytes === undefined) {
      let more = 0;
      for (; more < part; more++) {
        const byte = reader.u8(base + BigInt(at + more));
        if (byte === undefined) break;
        out[at + more] = byte;
      }
      return out.slice(0, at + more);
    }
    out.set(bytes, at);
    at += part;
  }
  return out;
}
