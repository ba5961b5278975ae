// Reads an Oscar heap out of any memory: the canonical heap with its own decoder, then tables, records and free ranges of shadow address
// space, and holds them against each other.

import { hex, PAGE_SIZE } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { isSet } from '../../regions/release';
import { FindingList } from '../../snapshot/findings';
import { metricsOf } from '../../snapshot/metrics';
import type { ShadowObject, ShadowRun, ShadowSpace } from '../../snapshot/shadow';
import type { HeapSnapshot, StructView } from '../../snapshot/snapshot';
import type { Allocator, AllocatorOptions } from '../ukalloc';
import { byAddress } from './ascending';
import { annotated, objectPart, ownParts, type KnownPart } from './blocks';
import { checkInHeap } from './check-heap';
import { Alias, VMAP_START } from './layout';
import type { AliasRecord } from './read-objects';
import { readPaper } from './read-paper';
import { readPort, type PortData } from './read-wilde';
import { NOT_SIMULATED, settingsOf, type OscarSettings } from './settings';
import { checkCanonical, checkEntries, checkObjects, runsOf, spaceOf } from './shadow-space';
import { readCanonical, type CanonicalHeap } from './underneath';
import { readCounters, shimViews, vmaView } from './views';

const PAGE = 4096n;
/** Free ranges that are shown as structures. */
const VMAS_SHOWN = 64;

/** What both presets come to. */
export interface Decoded {
  readonly objects: readonly ShadowObject[];
  readonly runs: readonly ShadowRun[];
  readonly space: ShadowSpace;
  readonly parts: readonly KnownPart[];
  readonly structs: readonly StructView[];
  readonly lists: HeapSnapshot['lists'];
  readonly state: HeapSnapshot['state'];
}

/** @param heap address of a struct uk_alloc: the shim's, or in a dump the canonical one's as well */
export function decode(reader: Reader, heap: bigint, canonical: Allocator, options: AllocatorOptions): HeapSnapshot {
  const settings = settingsOf(options);
  const findings = new FindingList();
  const below = readCanonical(reader, canonical, heap, options);
  const { snapshot } = below;
  const decoded =
    settings.preset === 'paper' && below.simulated
      ? readPaper(reader, below, settings, findings)
      : decodePort(reader, below, settings, findings);
  checkInHeap(decoded, snapshot.blocks, settings, findings);
  remarks(decoded, below, options, settings, findings);
  const blocks = annotated(snapshot, decoded.parts);
  return {
    // Not all of what is below: its state would be made, and with it the hashes of its bitmaps.
    allocator: 'oscar',
    release: snapshot.release,
    areas: snapshot.areas,
    profile: `${settings.preset} on ${snapshot.profile}`,
    heap,
    blocks,
    lists: [...snapshot.lists, ...decoded.lists],
    structs: [...(below.simulated ? shimViews(reader, below.options) : []), ...snapshot.structs, ...decoded.structs],
    state: decoded.state,
    details: decoded.space,
    metrics: metricsOf(
      blocks,
      settings.preset === 'wilde' && settings.kellogs ? snapshot.metrics.largestFree : snapshot.metrics.largestRequest,
      snapshot.metrics.freeByClass,
    ),
    findings: [...snapshot.findings, ...findings.all()],
    absent: reader.absent,
  };
}

function decodePort(reader: Reader, below: CanonicalHeap, settings: OscarSettings, findings: FindingList): Decoded {
  const end = VMAP_START + settings.shadowPages * 4096;
  const port = readPort(reader, below, end, findings);
  const objects = byAddress(port.records.filter((r) => isObject(r, end, findings)).map(objectOf), (o) => o.base);
  const last = port.ranges.find((r) => r.addr + r.size === BigInt(end));
  const mark =
    last === undefined ? (port.ranges.length === 0 && port.records.length === 0 ? VMAP_START : end) : Number(last.addr);
  const runs = runsOf({
    start: VMAP_START,
    mark: last === undefined ? highestUsed(port, objects) : mark,
    read: port.read,
    objects,
    spares: new Set(),
    free: port.ranges.filter((r) => r !== last).map((r) => ({ base: Number(r.addr), end: Number(r.addr + r.size) })),
    guards: settings.guard !== 'none',
  });
  checkObjects(objects, port.read, findings);
  checkCanonical(objects, findings);
  checkEntries(runs, port.read, false, findings);
  checkRanges(port, objects, findings);
  const levels = (level: number): number => port.read.tables.filter((t) => t.level === level).length;
  return {
    objects,
    runs,
    space: spaceOf(
      {
        kind: 'oscar',
        preset: 'wilde',
        canonical: below.snapshot.allocator,
        start: BigInt(VMAP_START),
        end: BigInt(end),
        mark: BigInt(mark),
        runs,
        objects,
        free: port.ranges.map((r) => ({ base: r.addr, end: r.addr + r.size })),
        tables: port.read.tables,
        counters: below.simulated ? readCounters(reader) : {},
      },
      reader,
    ),
    parts: [...ownParts(port.read.tables, port.pools), ...objects.map((o) => objectPart(o, settings))],
    structs: port.ranges.slice(0, VMAS_SHOWN).map((r) => vmaView(reader, r.address)),
    lists: [port.vmemFree],
    state: {
      liveAliases: port.records.length,
      tables: { L4: Math.max(1, levels(4)), L3: levels(3), L2: levels(2), L1: levels(1) },
      availmem: hex(availmem(below.snapshot)),
      freeVmas: port.ranges.map((r) => [hex(r.addr), hex(r.addr + r.size)]),
    },
  };
}

/** End of the highest shadow address that is known to have been handed out. */
function highestUsed(port: PortData, objects: readonly ShadowObject[]): number {
  let highest = VMAP_START;
  for (const leaf of port.read.leaves.values()) highest = Math.max(highest, leaf.base + 2 ** 21);
  for (const object of objects) highest = Math.max(highest, Number(object.base) + object.pages * 4096);
  return highest;
}

function isObject({ alias, size, address }: AliasRecord, end: number, findings: FindingList): boolean {
  // Inside shadow address space a double is exact.
  if (Number(alias) >= VMAP_START && Number(alias) + Number(size) <= end) return true;
  const message = `the record ${hex(address)} stands for ${hex(alias)}, ${size} B: that is not in shadow address space`;
  findings.add('error', 'bad-object', message, address + BigInt(Alias.alias));
  return false;
}

function objectOf(record: AliasRecord): ShadowObject {
  const { alias: pointer, origin: canonical } = record;
  const [at, size] = [Number(pointer), Number(record.size)];
  const base = at - (at % PAGE_SIZE);
  const pages = Math.ceil((at + size) / PAGE_SIZE) - base / PAGE_SIZE;
  return { pointer, canonical, size, base: BigInt(base), pages, record: record.address };
}

/** Addresses that are in use must not be free: they would be handed out again. */
function checkRanges(port: PortData, objects: readonly ShadowObject[], findings: FindingList): void {
  for (const range of port.ranges) {
    const end = range.addr + range.size;
    const taken = objects.find((o) => o.base < end && o.base + BigInt(o.pages) * PAGE > range.addr);
    if (taken === undefined) continue;
    const message = `the free range ${hex(range.addr)} – ${hex(end)} holds the live object ${hex(taken.pointer)}: its address would be handed out again`;
    findings.add('error', 'range-in-use', message, range.address);
  }
}

/** Facts that explain what is seen and are no damage. */
function remarks(
  decoded: Decoded,
  below: CanonicalHeap,
  options: AllocatorOptions,
  settings: OscarSettings,
  findings: FindingList,
): void {
  if (below.simulated) {
    const port =
      settings.preset === 'paper' || settings.ported
        ? ''
        : ' The port was written for 0.3.1, where memalign crashes; here memalign is taken to work, or no kernel of this release could boot.';
    const message = 'No release of Unikraft has an option for Oscar in ukboot: this heap is a what-if on the same regions.';
    findings.add('info', 'what-if', message + port);
  }
  for (const [symbol, why] of Object.entries(NOT_SIMULATED))
    if (isSet(options.config, symbol)) findings.add('warning', 'not-simulated', `${symbol} is not simulated: ${why}`);
  if (settings.preset === 'wilde' && decoded.runs.some((r) => r.state === 'revoked')) {
    const message =
      "invlpg is given the physical address of a revoked page, not the shadow's: on real hardware a use after free can go unnoticed while the TLB still holds the shadow";
    findings.add('info', 'tlb', message);
  }
}

function availmem(canonical: HeapSnapshot): bigint {
  // Not from its state, which hashes the bitmaps when it is looked at.
  const pages = canonical.structs.flatMap((s) => s.fields).find((f) => f.name === 'nr_free_pages')?.value;
  return pages === undefined ? BigInt(Math.max(0, canonical.metrics.free)) : BigInt.asIntN(64, pages) * PAGE;
}
