// Values as GDB's `print` writes them: what `value-parser.ts` makes of the text. Every node knows its range.

interface Node {
  readonly start: number;
  readonly end: number;
}

export interface NumberValue extends Node {
  readonly kind: 'number';
  /** As printed: negative stays negative. */
  readonly value: bigint;
  /** `bi_bootinfo_sec+80` */
  readonly symbol?: string;
  /** A `char *` that GDB followed. */
  readonly string?: StringValue;
  /** The cast in front: `struct uk_alloc *`. */
  readonly type?: string;
}

export interface StringValue extends Node {
  readonly kind: 'string';
  readonly parts: readonly { readonly byte: number; readonly times: number }[];
  /** `...` after it: there was more than `print elements` allows. */
  readonly elided: boolean;
}

export interface ListEntry {
  readonly name?: string;
  readonly index?: bigint;
  readonly value: GdbValue;
  /** `<repeats N times>`; else 1. */
  readonly repeats: number;
}

export interface ListValue extends Node {
  readonly kind: 'list';
  readonly entries: readonly ListEntry[];
  /** `elided`: GDB left the rest out (`...`). `cut`: the text ends or breaks off inside. */
  readonly missing: 'nothing' | 'elided' | 'cut';
}

/** A name, flags, or a remark in angle brackets. */
export interface WordValue extends Node {
  readonly kind: 'word';
  readonly text: string;
}

export type GdbValue = NumberValue | StringValue | ListValue | WordValue;

/** What stopped the parser before the value was whole. */
export interface Breakage {
  readonly at: number;
  /** Was the end of the text (or of this command's output) reached? */
  readonly atEnd: boolean;
}

export interface ParsedValue {
  readonly value?: GdbValue;
  /** Where the parser stopped. */
  readonly end: number;
  readonly broken?: Breakage;
}

/** How numbers without a prefix are to be read: 2 after `print/t`. */
export type Radix = 2 | 10;

/** The text of a `char` array, up to its first NUL; undefined when GDB left out the part that would tell. */
export function textOfString(value: StringValue): string | undefined {
  let bytes = '';
  for (const { byte, times } of value.parts) {
    if (byte === 0) return decodeUtf8(bytes);
    bytes += String.fromCharCode(byte).repeat(Math.min(times, 4096));
  }
  return value.elided ? undefined : decodeUtf8(bytes);
}

/** UTF-8 where it is that, else one character a byte. */
export function decodeUtf8(bytes: string): string {
  try {
    return decodeURIComponent(bytes.replace(/[^]/g, (c) => '%' + c.charCodeAt(0).toString(16).padStart(2, '0')));
  } catch {
    return bytes;
  }
}
