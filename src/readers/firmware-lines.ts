// Memory maps as others print them, line by line: Linux's boot log (e820), /proc/iomem, QEMU's `info mtree -f`.
//
//   BIOS-e820: [mem 0x0000000000100000-0x0000000007fdffff] usable                inclusive
//   BIOS-e820: 0000000000100000 - 0000000007fe0000 (usable)                      exclusive, until Linux 3.4
//   00100000-bfffffff : System RAM                                               inclusive
//    0000000000100000-0000000003ffffff (prio 0, ram): pc.ram @0000000000100000   inclusive

import type { EntryKind, FirmwareEntry } from '../regions/firmware-map';
import type { Offsets } from './lines';

const E820 = /(?:BIOS-)?e820: \[mem 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\] ([^\n\r]*)/g;
const E820_OLD = /BIOS-e820: ([0-9a-f]{16}) - ([0-9a-f]{16}) \(([^)\n]*)\)/g;
/** Top-level lines only: those within are parts of them. */
const IOMEM =
  /^([0-9a-f]{8,16})-([0-9a-f]{8,16}) : (System RAM|[Rr]eserved|ACPI Tables|ACPI Non-volatile Storage|Persistent Memory)\s*$/gm;
const MTREE = /^[ \t]*([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, (ram|rom)\): ([^\n\r@]*)/gm;
const VIEW = /^FlatView #\d+[^]*?(?=^FlatView #|(?![^]))/gm;

export const LINE_SIGNS = [
  /(?:BIOS-)?e820: (\[mem 0x|[0-9a-f]{16} - )/,
  /^[0-9a-f]{8,16}-[0-9a-f]{8,16} : System RAM/m,
  /^[ \t]*[0-9a-f]{16}-[0-9a-f]{16} \(prio -?\d+, ram\): /m,
] as const;

const WORDS: readonly (readonly [RegExp, EntryKind])[] = [
  [/^(usable|System RAM)/, 'usable'],
  [/^ACPI (NVS|Non-volatile)/, 'nvs'],
  [/^ACPI/, 'acpi'],
  [/^unusable/, 'unusable'],
  [/^[Pp]ersistent/, 'persistent'],
];

function kindOf(word: string): EntryKind {
  return WORDS.find(([pattern]) => pattern.test(word))?.[1] ?? 'reserved';
}

/** An entry of a line; `end` may lie before `base` in a damaged one, then `len` is negative. */
function entryOf(found: RegExpExecArray, inclusive: bigint, offsets: Offsets): FirmwareEntry {
  const [whole, start, end, word] = found as unknown as [string, string, string, string];
  const where = offsets.range(found.index, whole.trimEnd().length);
  const base = BigInt('0x' + start);
  return { base, len: BigInt('0x' + end) + inclusive - base, kind: kindOf(word.trim()), type: word.trim().slice(0, 60), where };
}

/** Without the lines after the map in which Linux changes it: they have no word of their own behind the range. */
export function e820Entries(text: string, offsets: Offsets): FirmwareEntry[] {
  const bios = [...text.matchAll(E820)].filter((f) => f[0].startsWith('BIOS'));
  const found =
    bios.length > 0 ? bios : [...text.matchAll(E820)].filter((f) => kindOf(f[3]!) !== 'reserved' || /^reserved/.test(f[3]!));
  return [...found.map((f) => entryOf(f, 1n, offsets)), ...[...text.matchAll(E820_OLD)].map((f) => entryOf(f, 0n, offsets))];
}

export function iomemEntries(text: string, offsets: Offsets): FirmwareEntry[] {
  return [...text.matchAll(IOMEM)].map((f) => entryOf(f, 1n, offsets));
}

/**
 * RAM and ROM of the view that the machine's processors and devices share. What a PC has between 640 KiB and 1 MiB is its firmware's.
 */
export function mtreeEntries(text: string, offsets: Offsets): FirmwareEntry[] {
  const views = [...text.matchAll(VIEW)];
  const view = views.find((v) => /^ AS "memory"/m.test(v[0])) ?? views.find((v) => MTREE.test(v[0]));
  const part = view?.[0] ?? text;
  const shift = view?.index ?? 0;
  const entries: FirmwareEntry[] = [];
  for (const found of part.matchAll(MTREE)) {
    const [whole, start, end, kind, name] = found as unknown as [string, string, string, string, string];
    if (/vram|vga/.test(name)) continue;
    const base = BigInt('0x' + start);
    const firmware = kind === 'rom' || (base >= 0xa0000n && base < 0x100000n);
    const where = offsets.range(found.index + shift + (whole.length - whole.trimStart().length), whole.trim().length);
    const len = BigInt('0x' + end) + 1n - base;
    entries.push({ base, len, kind: firmware ? 'reserved' : 'usable', type: `${kind} ${name.trim().slice(0, 60)}`, where });
  }
  return entries;
}
