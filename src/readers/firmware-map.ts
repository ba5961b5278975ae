// Memory maps of firmware as others print them: Linux's boot log (e820), /proc/iomem, and device trees in source form. They say what a
// machine has before a kernel is in it. Each entry becomes the region that Unikraft makes of it; the kernel image, the command line
// and the rest are not in such a map, which is said.
//
//   BIOS-e820: [mem 0x0000000000100000-0x0000000007fdffff] usable       inclusive
//   BIOS-e820: 0000000000100000 - 0000000007fe0000 (usable)             exclusive, until Linux 3.4
//   00100000-bfffffff : System RAM                                      inclusive
//   memory@40000000 { reg = <0x00 0x40000000 0x00 0x4000000>; }         start and length, two cells each
//
// Source of the rules: plat/kvm/x86/multiboot.c and plat/common/bootinfo_fdt.c (0.14 and later).

import { PAGE_SIZE, hex } from '../memory/address';
import type { Descriptor, Field, FieldName, Hints, RegionMap } from '../regions/descriptor';
import { FLAG_READ, FLAG_WRITE, TYPE_FREE, TYPE_RESERVED, bitsNamed, eraProfile } from '../regions/eras';
import type { Problem, TextRange } from '../regions/problem';
import { DEFAULT_RELEASE } from '../regions/release';
import type { Release } from '../regions/release';
import { Offsets } from './lines';

const PAGE = BigInt(PAGE_SIZE);
const MIB = 1n << 20n;

/** One entry of a firmware's map, half-open. */
interface Entry {
  readonly start: bigint;
  readonly end: bigint;
  readonly usable: boolean;
  readonly where: TextRange;
}

const E820 = /BIOS-e820: \[mem 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\] (.*)/g;
const E820_OLD = /BIOS-e820: ([0-9a-f]{16}) - ([0-9a-f]{16}) \(([^)]*)\)/g;
/** Top-level lines only: those within are parts of them. */
const IOMEM = /^([0-9a-f]{8,16})-([0-9a-f]{8,16}) : (System RAM|[Rr]eserved|ACPI Tables|ACPI Non-volatile Storage)\s*$/gm;
const MEMORY_NODE = /\bmemory(?:@[0-9a-f]+)?\s*\{[^{}]*?\breg\s*=\s*<([^<>]{1,4000})>/g;

/** Does a text have lines of such a map? */
export function looksLikeFirmwareMap(text: string): boolean {
  const isTree = /\/dts-v1\/|#address-cells/.test(text);
  return (
    /BIOS-e820: (\[mem |[0-9a-f]{16} - )/.test(text) ||
    /^[0-9a-f]{8,16}-[0-9a-f]{8,16} : System RAM/m.test(text) ||
    (isTree && text.search(MEMORY_NODE) >= 0)
  );
}

/** Reads a firmware's map as the region list that `release` would make of it. Never throws. */
export function readFirmwareMap(text: string, release: Release = DEFAULT_RELEASE): RegionMap {
  const problems: Problem[] = [];
  const offsets = new Offsets(text);
  const entries = [...e820Entries(text, offsets), ...iomemEntries(text, offsets)];
  const banks = entries.length === 0 ? memoryNodes(text, offsets, problems) : [];
  const report = (severity: Problem['severity'], code: string, message: string, where?: TextRange): void => {
    problems.push({ severity, code, message, ...(where && { where }) });
  };
  const descriptors: Descriptor[] = [];
  for (const entry of [...entries, ...banks]) {
    if (entry.end <= entry.start)
      report('error', 'damaged-line', 'The end lies before the start: a digit may be wrong.', entry.where);
    else descriptors.push(...(regionOf(entry, release, banks.length > 0) ?? []));
  }
  const first = (entries[0] ?? banks[0])?.where;
  if (entries.length > 1 && entries.every((e) => e.end - e.start <= 1n)) {
    report('error', 'no-addresses', 'All addresses are zero: only root can read them in /proc/iomem.', first);
  } else if (first === undefined) report('error', 'no-regions', 'There is no memory in this map.');
  else {
    const missing =
      'the kernel image, the command line and the stack are not in it, so the heap would lie over them. Add them to see a real boot.';
    report('warning', 'firmware-map', `This is a firmware’s map, not the list of a kernel: ${missing}`, first);
  }
  const hints: Hints =
    banks.length > 0 ? { arch: 'arm64' } : entries.length > 0 && text.includes('e820') ? { arch: 'x86_64' } : {};
  return { kind: 'log', descriptors, hints, problems };
}

function e820Entries(text: string, offsets: Offsets): Entry[] {
  const make = (found: RegExpExecArray, inclusive: bigint): Entry => {
    const [whole, start, end, kind] = found as unknown as [string, string, string, string];
    const where = offsets.range(found.index, whole.trimEnd().length);
    return { start: BigInt('0x' + start), end: BigInt('0x' + end) + inclusive, usable: kind.trim() === 'usable', where };
  };
  return [...[...text.matchAll(E820)].map((f) => make(f, 1n)), ...[...text.matchAll(E820_OLD)].map((f) => make(f, 0n))];
}

function iomemEntries(text: string, offsets: Offsets): Entry[] {
  return [...text.matchAll(IOMEM)].map((found) => {
    const [whole, start, end, kind] = found as unknown as [string, string, string, string];
    const where = offsets.range(found.index, whole.trimEnd().length);
    return { start: BigInt('0x' + start), end: BigInt('0x' + end) + 1n, usable: kind === 'System RAM', where };
  });
}

/** Only the first bank of the first node is used; others are reported. */
function memoryNodes(text: string, offsets: Offsets, problems: Problem[]): Entry[] {
  const [addressCells, sizeCells] = ['address', 'size'].map((what) =>
    Number(new RegExp(`#${what}-cells\\s*=\\s*<\\s*(0x[0-9a-f]+|\\d+)`).exec(text)?.[1] ?? 2),
  ) as [number, number];
  const banks: Entry[] = [];
  for (const found of text.matchAll(MEMORY_NODE)) {
    const where = offsets.range(found.index + found[0].indexOf('<'), found[1]!.length + 2);
    const cells = found[1]!.trim().split(/\s+/);
    const value = (from: number, count: number): bigint | undefined => joined(cells.slice(from, from + count), count);
    const [start, length] = [value(0, addressCells), value(addressCells, sizeCells)];
    if (start === undefined || length === undefined) {
      problems.push({
        severity: 'error',
        code: 'damaged-line',
        message: `Expected ${addressCells} cells of address and ${sizeCells} of size.`,
        where,
      });
    } else if (banks.length === 0) banks.push({ start, end: start + length, usable: true, where });
    if (banks.length > 0 && (cells.length > addressCells + sizeCells || banks[0]!.where !== where)) {
      problems.push({
        severity: 'info',
        code: 'further-bank',
        message: 'Unikraft uses the first bank of the first memory node only.',
        where,
      });
    }
  }
  return banks;
}

function joined(cells: readonly string[], count: number): bigint | undefined {
  if (cells.length < count || count < 1 || count > 2 || !cells.every((c) => /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(c)))
    return undefined;
  return cells.reduce((all, c) => (all << 32n) | BigInt(c), 0n);
}

/**
 * The descriptor of one entry. On x86_64 page 0 is left out and entries of less than a page vanish; from 0.17 on free memory is
 * rounded outward to pages. Classic kernels take the memory at 1 MiB only.
 */
function regionOf({ start: first, end, usable, where }: Entry, release: Release, tree: boolean): Descriptor[] | undefined {
  const profile = eraProfile(release);
  const start = !tree && profile.era !== 'classic' && first < PAGE ? PAGE : first;
  if (profile.era === 'classic') {
    const flags = bitsNamed(usable ? 'ALLOCATABLE' : 'RESERVED', 'flags', profile) ?? 0;
    return !usable || first === MIB || tree
      ? [descriptor('classic', { base: first, len: end - first, flags: BigInt(flags) }, where)]
      : undefined;
  }
  if (end - start < PAGE) return undefined;
  const rights = usable ? FLAG_READ | FLAG_WRITE : FLAG_READ;
  const map = profile.era === 'typed' && !usable ? (bitsNamed('MAP', 'flags', profile) ?? 0) : 0;
  const common = { type: BigInt(usable ? TYPE_FREE : TYPE_RESERVED), flags: BigInt(rights | map) };
  if (profile.era === 'typed') return [descriptor('typed', { pbase: start, vbase: start, len: end - start, ...common }, where)];
  const pbase = start - (start % PAGE);
  const pageOffset = start - pbase;
  const pages = (pageOffset + (end - start) + PAGE - 1n) / PAGE;
  const len = usable ? pages * PAGE : end - start;
  return [descriptor('paged', { pbase, vbase: pbase, pg_off: pageOffset, len, pg_count: pages, ...common }, where)];
}

function descriptor(era: Descriptor['era'], values: Partial<Record<FieldName, bigint>>, where: TextRange): Descriptor {
  const fields: Partial<Record<FieldName, Field>> = {};
  for (const [name, value] of Object.entries(values)) fields[name as FieldName] = { value, text: hex(value), where };
  return { era, fields, where };
}
