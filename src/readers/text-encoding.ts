// Bytes of a text file to its characters. Neither Node's nor the DOM's decoder is at hand in the core.

/** Code units put together at a time: the engine limits the arguments of a call. */
const BATCH = 8192;

/** Collects UTF-16 code units. */
class Units {
  private text = '';
  private readonly units: number[] = [];

  add(code: number): void {
    if (code > 0xffff) this.units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
    else this.units.push(code);
    if (this.units.length >= BATCH) this.flush();
  }

  done(): string {
    this.flush();
    return this.text;
  }

  private flush(): void {
    this.text += String.fromCharCode(...this.units);
    this.units.length = 0;
  }
}

const REPLACEMENT = 0xfffd;
/** Smallest code point of each sequence length: anything below is an overlong form. */
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000] as const;

/** UTF-8; what is none becomes U+FFFD, byte by byte. A byte order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array): string {
  const units = new Units();
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at]!;
    const length =
      lead < 0x80 ? 1 : lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 0;
    const code = length === 1 ? lead : length === 0 ? undefined : sequence(bytes, at, length);
    units.add(code ?? REPLACEMENT);
    at += code === undefined ? 1 : length;
  }
  return units.done();
}

function sequence(bytes: Uint8Array, at: number, length: number): number | undefined {
  let code = bytes[at]! & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i];
    if (next === undefined || (next & 0xc0) !== 0x80) return undefined;
    code = (code << 6) | (next & 0x3f);
  }
  const surrogate = code >= 0xd800 && code < 0xe000;
  return code < SMALLEST[length]! || code > 0x10ffff || surrogate ? undefined : code;
}

/** UTF-16 in either byte order, without its mark. */
export function decodeUtf16(bytes: Uint8Array, order: 'little' | 'big'): string {
  const units = new Units();
  const [low, high] = order === 'little' ? [0, 1] : [1, 0];
  for (let at = 2; at + 1 < bytes.length; at += 2) units.add(bytes[at + low]! | (bytes[at + high]! << 8));
  return units.done();
}

/** Bytes that are looked at to tell text from memory. */
const SAMPLE = 64 * 1024;

/**
 * The text of a file: UTF-8, or UTF-16 with its mark. Undefined for what is no text: it holds NUL, or too much that no text has.
 * A console log may hold a few such bytes.
 */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, 'little');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, 'big');
  const sample = bytes.subarray(0, SAMPLE);
  if (sample.includes(0)) return undefined;
  const odd = decodeUtf8(sample).match(ODD)?.length ?? 0;
  return odd > 8 + sample.length / 50 ? undefined : decodeUtf8(bytes);
}

/** Control characters that neither text nor a terminal has, and bytes that were no UTF-8. */
const ODD = /[\u0001-\u0006\u000e-\u001a\u001c-\u001f\u007f\ufffd]/g;
