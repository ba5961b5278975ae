// Reads an Oscar heap out of any memory: the canonical heap with its own decoder, then tables, records and free ranges of shadow address
// space, and holds them against each other.

import { hex, toBigInt } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { isSet } from '../../regions/release';
import { FindingList } from '../../snapshot/findings';
import { metricsOf } from '../../snapshot/metrics';
import type { ShadowObject, ShadowRun, ShadowSpace } from '../../snapshot/shadow';
import type { HeapSnapshot, StructView } from '../../snapshot/snapshot';
import { structAt, structField } from '../../snapshot/structs';
import { ukAllocView } from '../layers/decode';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { Allocator, AllocatorOptions } from '../ukalloc';
import { annotated, type KnownPart } from './blocks';
import { Alias, COUNTERS, counterAddress, orderOfPages, POOL_BYTES, Statics, Vma, VMAP_START } from './layout';
import { readPaper } from './read-paper';
import { readPort, type PortData } from './read-wilde';
import { NOT_SIMULATED, settingsOf, type OscarSettings } from './settings';
import { checkCanonical, checkEntries, checkObjects, runsOf, spaceOf } from './shadow-space';
import { readCanonical, type CanonicalHeap } from './underneath';

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
  checkInHeap(decoded, snapshot, settings, findings);
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
  const objects = port.records
    .filter((r) => isObject(r.alias, r.size, end, r.address, findings))
    .map((r): ShadowObject => {
      const base = r.alias - (r.alias % PAGE);
      const pages = Number((r.alias + r.size + PAGE - 1n) / PAGE - base / PAGE);
      return { pointer: r.alias, canonical: r.origin, size: Number(r.size), base, pages, record: r.address };
    })
    .sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
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
    parts: [...ownParts(port), ...objects.map((o) => objectPart(o, settings))],
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

function isObject(alias: bigint, size: bigint, end: number, record: bigint, findings: FindingList): boolean {
  if (alias >= BigInt(VMAP_START) && alias + size <= BigInt(end)) return true;
  const message = `the record ${hex(record)} stands for ${hex(alias)}, ${size} B: that is not in shadow address space`;
  findings.add('error', 'bad-object', message, record + BigInt(Alias.alias));
  return false;
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

/** Objects and tables lie in memory that the canonical allocator has given out. */
function checkInHeap(decoded: Decoded, canonical: HeapSnapshot, settings: OscarSettings, findings: FindingList): void {
  const check = (address: bigint, what: string, record: bigint): void => {
    const block = canonical.blocks.holding(address);
    if (block?.state === 'used' || block?.state === 'unread') return;
    const why =
      block === undefined
        ? 'outside the canonical heap'
        : block.state === 'free'
          ? 'free there'
          : "the canonical allocator's own";
    findings.add(
      'error',
      block?.state === 'free' ? 'in-free-memory' : 'wild-pointer',
      `${what} lies at ${hex(address)}, which is ${why}`,
      record,
    );
  };
  for (const object of decoded.objects) {
    check(object.canonical, `the live object ${hex(object.pointer)}`, object.record);
    if (settings.preset === 'paper' || !settings.kellogs) checkEnd(object, canonical, findings);
  }
  if (decoded.space.preset === 'paper') return; // its tables are the kernel's
  for (const table of decoded.space.tables)
    if (table.level !== 4) check(table.address, `the L${table.level} table for ${hex(table.base)}`, table.address);
}

/**
 * An object must end in its block. In 0.3 posix_memalign reserves 8 bytes in front of the object, however large the alignment: what it
 * gives may be too small by up to `align − 8` bytes, and the port's fill then writes into the next block. Pages from palloc, as all
 * objects with KELLOGS are, have no header that tells where their block ends.
 */
function checkEnd(object: ShadowObject, canonical: HeapSnapshot, findings: FindingList): void {
  const block = canonical.blocks.holding(object.canonical);
  if (block?.state !== 'used' || object.canonical % PAGE === 0n) return;
  const end = block.base + BigInt(block.size);
  const over = object.canonical + BigInt(object.size) - end;
  if (over <= 0n) return;
  const message = `the live object ${hex(object.pointer)} of ${object.size} B reaches ${over} B past its canonical block, which ends at ${hex(end)}`;
  findings.add('error', 'past-block', message, end);
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

/** Tables below the root and pools: what the port takes from the canonical heap for itself. */
function ownParts(port: PortData): KnownPart[] {
  const own = (base: bigint, bytes: number): KnownPart => ({
    base,
    bytes,
    state: 'metadata',
    asked: -1,
    payload: base,
    whole: true,
  });
  return [
    ...port.read.tables.filter((t) => t.level !== 4).map((t) => own(t.address, 4096)),
    ...[...port.pools.vmas, ...port.pools.aliases].map((pool) => own(pool, POOL_BYTES)),
  ];
}

/** With KELLOGS an object has a block of its own, at whose end it lies; pages from palloc are a block in any case. */
export function objectPart(object: ShadowObject, settings: OscarSettings): KnownPart {
  const { canonical, size } = object;
  const pages = canonical % PAGE === 0n && size % 4096 === 0;
  const bytes = 4096 * 2 ** orderOfPages(Math.max(1, Math.ceil(size / 4096)));
  const whole = settings.preset === 'wilde' && (settings.kellogs || pages) && size > 0;
  const base = whole ? canonical - (canonical % BigInt(bytes)) : canonical;
  return { base, bytes: whole ? bytes : size, state: 'used', asked: size, payload: canonical, whole };
}

export function readCounters(reader: Reader): Record<string, number> {
  return Object.fromEntries(COUNTERS.map((c) => [c, Number(reader.u64(toBigInt(counterAddress(c))) ?? 0n)]));
}

/** The shim and the words beside it. */
function shimViews(reader: Reader, options: AllocatorOptions): StructView[] {
  const shim = toBigInt(Statics.shim);
  const word = (name: string, address: number, kind: 'pointer' | 'count' = 'pointer') =>
    structField(reader, name, toBigInt(address), kind);
  return [
    ukAllocView(reader, shim, ukAllocLayout(ukAllocProfile(options.release), options.config)),
    {
      type: 'static data of the shim',
      address: toBigInt(Statics.shimmed),
      length: Statics.counters + 8 * COUNTERS.length - Statics.shimmed,
      fields: [
        word('shimmed', Statics.shimmed),
        word('afreelist.next', Statics.afreelist),
        word('freelist.next', Statics.freelist),
        word('vmem_free.next', Statics.vmem_free),
        word('cr3', Statics.cr3),
        ...COUNTERS.map((c) => word(c, counterAddress(c), 'count')),
      ],
    },
  ];
}

export function vmaView(reader: Reader, address: bigint): StructView {
  return structAt(reader, 'struct vma', address, Vma.bytes, [
    ['size', Vma.size, 'size'],
    ['addr', Vma.addr, 'pointer'],
    ['list.next', Vma.list, 'pointer'],
    ['list.prev', Vma.list + 8, 'pointer'],
  ]);
}

export function aliasView(reader: Reader, address: bigint): StructView {
  return structAt(reader, 'struct alias', address, Alias.bytes, [
    ['list.next', Alias.list, 'pointer'],
    ['list.prev', Alias.list + 8, 'pointer'],
    ['size', Alias.size, 'size'],
    ['alias', Alias.alias, 'pointer'],
    ['origin', Alias.origin, 'pointer'],
  ]);
}
