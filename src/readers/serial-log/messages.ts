// Kernel messages on a console, recognised one by one wherever they stand in a line: a console may add a prefix of its own, colours,
// and other programs' text, and a kernel may leave out its time stamp, level and source place.
//
//   [    0.000000] Info: [libkvmplat] <bootinfo.c @  104>  000000012000-0000000a0000 000000012000-0000000a0000 rw- 0000000000012000 …
//    time          level  library     file and line         message

import { linesOf } from '../lines';
import type { Line } from '../lines';

export interface Message {
  readonly line: Line;
  /** Without colours and without the kernel's prefix. */
  readonly text: string;
  /** `libukboot`; undefined for text that is not the kernel's, or was printed without. */
  readonly library?: string;
  /** `bootinfo.c@104` */
  readonly source?: string;
}

/** Colours and cursor movements of a terminal. */
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;

const PREFIX = /\[(lib\w+|app\w+)\]\s*(?:<\s*([^<>@\s]+)\s*@\s*(\d+)>\s?)?/;

/** Lines longer than this are cut: no kernel message comes near it. */
const LONGEST = 2000;

export function messagesOf(text: string): Message[] {
  return linesOf(text).map((line) => {
    const plain = line.text.slice(0, LONGEST).replace(ESCAPES, '');
    const prefix = PREFIX.exec(plain);
    if (prefix === null) return { line, text: plain };
    const [whole, library, file, number] = prefix;
    const source = file === undefined ? undefined : `${file}@${number!}`;
    return { line, text: plain.slice(prefix.index + whole.length), library: library!, ...(source !== undefined && { source }) };
  });
}

/** One line of the boot memory map, or of what coalescing prints. The parts are kept as they are printed. */
export interface PrintedDescriptor {
  readonly message: Message;
  /** `pbase`, hex digits. */
  readonly start: string;
  /** `pbase + len` until 0.16; `pbase + pg_count · 4096` from 0.17 on. */
  readonly end: string;
  /** Until 0.16: the length. From 0.17 on: first byte and end of the resource. */
  readonly len?: string;
  readonly first?: string;
  readonly last?: string;
  /** `rw-` */
  readonly permissions: string;
  readonly vbase: string;
  /** `krnl`, `dtb`, …; empty for FREE. */
  readonly type: string;
  readonly name: string;
}

const DESCRIPTOR =
  /(?<![0-9a-f])([0-9a-f]{12,16})-([0-9a-f]{12,16}) ([0-9a-f]{12,16})(?:-([0-9a-f]{12,16}))? ([r-][w-][x-]) ([0-9a-f]{16})(?![0-9a-f])(.*)$/;
/** One blank and a type; a FREE region prints no type, so its name stands after two blanks. */
const TYPE_AND_NAME = /^ (rsvd|krnl|ramd|cmdl|dtb|stck|device)(?:\s+(.*))?$/;

export function descriptorIn(message: Message): PrintedDescriptor | undefined {
  const found = DESCRIPTOR.exec(message.text);
  if (found === null) return undefined;
  const [, start, end, third, last, permissions, vbase, rest] = found;
  const typed = TYPE_AND_NAME.exec(rest!.trimEnd());
  const extent = last === undefined ? { len: third! } : { first: third!, last };
  const name = (typed === null ? rest! : (typed[2] ?? '')).trim();
  return { message, start: start!, end: end!, ...extent, permissions: permissions!, vbase: vbase!, type: typed?.[1] ?? '', name };
}

/** A region that heap_init looked at. */
export interface TriedRegion {
  readonly message: Message;
  readonly era: 'classic' | 'later';
  readonly base: string;
  readonly end: string;
  readonly flags: string;
  readonly name?: string;
  /** Number that 0.2 and 0.3 print. */
  readonly index?: number;
  /** 0.2 and 0.3 print the regions that they pass over, too. */
  readonly skipped: boolean;
}

const POINTER = '(0x[0-9a-fA-F]{1,16}|0|\\(nil\\))';
const TRYING = new RegExp(`\\bTrying ${POINTER}-${POINTER} 0x([0-9a-f]{1,8})(?: (.*))?$`);
const TRY_REGION = new RegExp(
  `\\b(Try|Skip) {1,2}memory region(?: (\\d+))?: ${POINTER} - ${POINTER} \\(flags: 0x([0-9a-f]{1,8})(?:, name: (.*?))?\\)(?:\\.\\.\\.)?\\s*$`,
);

export function triedIn(message: Message): TriedRegion | undefined {
  const later = TRYING.exec(message.text);
  if (later !== null) {
    const name = later[4]?.trim() ?? '';
    return {
      message,
      era: 'later',
      base: later[1]!,
      end: later[2]!,
      flags: later[3]!,
      ...(name !== '' && { name }),
      skipped: false,
    };
  }
  const classic = TRY_REGION.exec(message.text);
  if (classic === null) return undefined;
  const [, verb, index, base, end, flags, name] = classic;
  const number = index === undefined ? undefined : Number(index);
  return {
    message,
    era: 'classic',
    base: base!,
    end: end!,
    flags: flags!,
    ...(name !== undefined && { name }),
    ...(number !== undefined && { index: number }),
    skipped: verb === 'Skip',
  };
}

/** A number as the kernel prints it, with or without `0x`; a NULL pointer prints as `0` or `(nil)`. */
export function printed(digits: string): bigint {
  return digits === '(nil)' ? 0n : BigInt(digits.startsWith('0x') ? digits : '0x' + digits);
}
