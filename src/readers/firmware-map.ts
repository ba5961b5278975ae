// Memory maps of firmware: what a machine has before a kernel is in it. As text (firmware-lines.ts, device-tree/) or as a blob. What a
// boot makes of it is made by `firmware/`; the entries themselves are shown as the regions that Unikraft makes of each, at their place.
// The kernel image and what was loaded are not in such a map, which is said.
//
// Source of the rules: plat/kvm/x86/multiboot.c and plat/common/bootinfo_fdt.c (0.14 and later).

import { PAGE_SIZE, hex } from '../memory/address';
import type { Descriptor, Field, FieldName, Hints, RegionMap } from '../regions/descriptor';
import { FLAG_READ, FLAG_WRITE, TYPE_FREE, TYPE_RESERVED, bitsNamed, eraProfile } from '../regions/eras';
import type { FirmwareEntry, FirmwareMap } from '../regions/firmware-map';
import type { Problem, TextRange } from '../regions/problem';
import { DEFAULT_RELEASE } from '../regions/release';
import type { Release } from '../regions/release';
import { readBlob } from './device-tree/dtb';
import { looksLikeDeviceTree, readSource } from './device-tree/dts';
import { firmwareOfTree } from './device-tree/firmware';
import { LINE_SIGNS, e820Entries, iomemEntries, mtreeEntries } from './firmware-lines';
import { Offsets } from './lines';
import { readMultibootMap } from './multiboot-map';

const PAGE = BigInt(PAGE_SIZE);
const MIB = 1n << 20n;
const TOP = 1n << 64n;
const MOST_ENTRIES = 4096;

/** Does a text have lines of such a map? */
export function looksLikeFirmwareMap(text: string): boolean {
  return LINE_SIGNS.some((sign) => sign.test(text)) || (looksLikeDeviceTree(text) && /\bmemory(@[0-9a-f]+)?\s*\{/.test(text));
}

/** Reads a firmware's map in text form. Never throws. */
export function readFirmwareMap(text: string, release: Release = DEFAULT_RELEASE): RegionMap {
  const offsets = new Offsets(text);
  const lines = [...e820Entries(text, offsets), ...iomemEntries(text, offsets)];
  const entries = lines.length > 0 ? lines : mtreeEntries(text, offsets);
  if (entries.length > 0) return ofLines(text, entries, release);
  const { root, problems } = readSource(text);
  const tree = root === undefined ? { problems: [] } : firmwareOfTree(root);
  return assembled(tree.firmware, [...problems, ...tree.problems], release, tree.firmware === undefined ? {} : { arch: 'arm64' });
}

/** Reads a device tree blob. Never throws. */
export function readDeviceTreeBlob(bytes: Uint8Array, release: Release = DEFAULT_RELEASE): RegionMap {
  const { root, problems } = readBlob(bytes);
  const tree = root === undefined ? { problems: [] } : firmwareOfTree(root);
  return assembled(tree.firmware, [...problems, ...tree.problems], release, { arch: 'arm64' });
}

/** Reads the bytes of a multiboot memory map. */
export function readMultibootBytes(bytes: Uint8Array, release: Release = DEFAULT_RELEASE): RegionMap {
  const { entries } = readMultibootMap(bytes);
  const map: FirmwareMap = { protocol: 'multiboot', entries, kernel: [], modules: [], devices: [], image: '' };
  return assembled(map, [], release, { arch: 'x86_64' });
}

function ofLines(text: string, found: readonly FirmwareEntry[], release: Release): RegionMap {
  const problems: Problem[] = [];
  const entries: FirmwareEntry[] = [];
  for (const entry of found.slice(0, MOST_ENTRIES)) {
    const message = 'The end lies before the start: a digit may be wrong.';
    const where = entry.where === undefined ? {} : { where: entry.where };
    if (entry.len > 0n && entry.base + entry.len <= TOP) entries.push(entry);
    else problems.push({ severity: 'error', code: 'damaged-line', message, ...where });
  }
  const hints: Hints = /e820/.test(text) ? { arch: 'x86_64' } : {};
  if (found.length > 1 && found.every((e) => e.len <= 1n)) {
    const where = found[0]!.where;
    const message = 'All addresses are zero: only root can read them in /proc/iomem.';
    problems.push({ severity: 'error', code: 'no-addresses', message, ...(where && { where }) });
    return { kind: 'log', descriptors: [], hints, problems };
  }
  const map: FirmwareMap = { protocol: 'multiboot', entries, kernel: [], modules: [], devices: [], image: '' };
  return assembled(map, problems, release, hints, found[0]!.where);
}

function assembled(
  firmware: FirmwareMap | undefined,
  found: readonly Problem[],
  release: Release,
  hints: Hints,
  place?: TextRange,
): RegionMap {
  const entries = firmware?.entries ?? [];
  const where = entries[0]?.where ?? place;
  const at = where === undefined ? {} : { where };
  if (firmware === undefined) {
    const none: Problem = { severity: 'error', code: 'no-regions', message: 'There is no memory in this map.', ...at };
    return { kind: 'log', descriptors: [], hints: {}, problems: [...found, none] };
  }
  const tree = firmware.protocol === 'devicetree';
  const missing = tree
    ? 'the kernel image and the place of the tree itself are'
    : 'the kernel image, the command line and the modules are';
  const message =
    `This is a firmware’s map, not the list of a kernel: ${missing} not in it, so the heap would lie over them. ` +
    'Write it as the "firmware" of a memory-map file, with "kernel", to see a real boot.';
  const problem: Problem = { severity: 'warning', code: 'firmware-map', message, ...at };
  const shown = tree ? entries.slice(0, 1) : entries;
  const descriptors = shown.flatMap((entry) => regionOf(entry, release, tree));
  return { kind: 'log', descriptors, hints, problems: [...found, problem], firmware };
}

/**
 * The descriptor of one entry. On x86_64 page 0 is left out and entries of less than a page vanish; from 0.17 on free memory is
 * rounded outward to pages. Classic kernels take the memory at 1 MiB only.
 */
function regionOf({ base: first, len: bytes, kind, where }: FirmwareEntry, release: Release, tree: boolean): Descriptor[] {
  const usable = kind === 'usable';
  const end = first + bytes;
  const profile = eraProfile(release);
  const start = !tree && profile.era !== 'classic' && first < PAGE ? PAGE : first;
  if (profile.era === 'classic') {
    const flags = bitsNamed(usable ? 'ALLOCATABLE' : 'RESERVED', 'flags', profile) ?? 0;
    return !usable || first === MIB || tree
      ? [descriptor('classic', { base: first, len: end - first, flags: BigInt(flags) }, where)]
      : [];
  }
  if (end - start < PAGE) return [];
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

function descriptor(
  era: Descriptor['era'],
  values: Partial<Record<FieldName, bigint>>,
  where: TextRange | undefined,
): Descriptor {
  const fields: Partial<Record<FieldName, Field>> = {};
  for (const [name, value] of Object.entries(values))
    fields[name as FieldName] = { value, text: hex(value), ...(where && { where }) };
  return { era, fields, ...(where && { where }) };
}
