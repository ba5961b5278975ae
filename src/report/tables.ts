// The tables of a heap view as it stands: everything that its panes show, whole and exact.

import type { Decision } from '../boot/decision';
import { ledgerOf } from '../explain/ledger';
import { LEDGER_TEXTS } from '../explain/ledger-kinds';
import { regionSentences } from '../explain/regions';
import { checkDescriptors } from '../regions/checks';
import type { Descriptor, FieldName, RegionMap } from '../regions/descriptor';
import { flagNames, profileOfEra, typeName } from '../regions/eras';
import type { FreeList, HeapSnapshot, Metrics } from '../snapshot/snapshot';
import type { HeapView } from '../view/heap-view';
import { keptBookmarks } from '../view/search/marked';
import type { Steppable, Subject } from '../view/subject';
import { ownTables } from './own-tables';
import { runTables } from './run-tables';
import { columns, known, type Cell, type Table } from './table';

/** Every table that there is of what the view shows now, in the order in which a report has them. */
export function tablesOf(view: HeapView): Table[] {
  const { subject, snapshot } = view;
  const map = mapOf(subject);
  const run = subject.kind === 'simulation' ? subject.simulation : undefined;
  return [
    ...(map === undefined ? [] : [regionTable(map, subject, decisionsOf(run))]),
    ...(run === undefined ? [] : [ledgerTable(run)]),
    ...(snapshot === undefined ? [] : heapTables(view, snapshot)),
    ...(run === undefined ? [] : runTables(run)),
  ];
}

/** The region list of a subject, where there is one. */
export function mapOf(subject: Subject): RegionMap | undefined {
  return subject.kind === 'simulation' ? subject.simulation.input.map : subject.map;
}

/** What the whole boot did with each region, and why: wherever the cursor stands. */
export function decisionsOf(run: Steppable | undefined): ReadonlyMap<number, Decision> {
  if (run === undefined) return new Map();
  return new Map(regionSentences(run).map((s) => [s.region, { region: s.region, kind: s.kind, reason: s.text }]));
}

function heapTables(view: HeapView, snapshot: HeapSnapshot): Table[] {
  return [
    metricsTable(view.metrics ?? snapshot.metrics),
    listTable(snapshot),
    memberTable(snapshot),
    ...ownTables(snapshot),
    blockTable(view, snapshot),
    ...bookmarkTables(view, snapshot),
    structTable(snapshot),
    findingTable(snapshot),
  ];
}

/** None without a bookmark. */
function bookmarkTables({ carried, ownerOf }: HeapView, snapshot: HeapSnapshot): Table[] {
  const kept = keptBookmarks(snapshot, carried, ownerOf);
  const rows = kept.map((b) => [b.letter, b.label, BigInt(b.address), b.text]);
  return kept.length === 0 ? [] : [{ id: 'bookmarks', title: 'Bookmarks', columns: columns('letter', 'name', '@address', 'what'), count: rows.length, rows: () => rows }]; // prettier-ignore
}

function regionTable(map: RegionMap, subject: Subject, decisions: ReadonlyMap<number, Decision>): Table {
  const { release, arch } = subject;
  const config = subject.kind === 'simulation' ? subject.simulation.input.config : undefined;
  return {
    id: 'regions',
    title: 'Memory regions',
    columns: columns('#index', 'name', 'type', 'flags', '@base', '@pbase', '@vbase', '#pg_off', '%len', '#pg_count', '@end', 'decision', 'reason', 'problems'), // prettier-ignore
    rows: function* () {
      const problems = checkDescriptors(map, release, arch, config);
      for (const [i, d] of map.descriptors.entries()) {
        const decision = decisions.get(i);
        const own = problems.filter((p) => p.descriptor === i).map((p) => `${p.severity}: ${p.message}`);
        yield [...regionCells(d, i, subject), decision?.kind, decision?.reason, own.join('; ')];
      }
    },
  };
}

function regionCells(d: Descriptor, index: number, { release }: Subject): Cell[] {
  const profile = profileOfEra(d.era, release);
  // A value that the source does not tell stays the expression that it is there.
  const field = (name: FieldName): Cell => d.fields[name]?.value ?? d.fields[name]?.text;
  const type = d.fields.type?.value;
  const flags = d.fields.flags?.value;
  const base = d.fields.base?.value ?? d.fields.pbase?.value;
  const len = d.fields.len?.value;
  const offset = d.fields.pg_off?.value ?? 0n;
  return [
    index,
    d.name,
    d.era === 'classic' ? undefined : type === undefined ? d.fields.type?.text : typeName(Number(type), profile),
    flags === undefined ? d.fields.flags?.text : flagNames(Number(flags), profile).join('|'),
    field('base'),
    field('pbase'),
    field('vbase'),
    field('pg_off'),
    field('len'),
    field('pg_count'),
    base === undefined || len === undefined ? undefined : `0x${(base + BigInt.asIntN(64, offset) + len).toString(16)}`,
  ];
}

function ledgerTable(simulation: Steppable): Table {
  return {
    id: 'ledger',
    title: 'Where every byte went',
    columns: columns('kind', 'meaning', '%bytes'),
    rows: function* () {
      const { entries, total } = ledgerOf(simulation);
      for (const e of entries) yield [e.kind, LEDGER_TEXTS[e.kind], e.bytes];
      yield ['total', 'all regions of the list', total];
    },
  };
}

function metricsTable(m: Metrics): Table {
  return {
    id: 'metrics',
    title: 'Metrics',
    columns: columns('metric', '#value', 'unit', 'meaning'),
    rows: () => [
      ['total', m.total, 'bytes', 'all blocks'],
      ['free', m.free, 'bytes', 'free blocks'],
      ['used', m.used, 'bytes', 'used blocks, headers and slack included'],
      ['slack', known(m.slack), 'bytes', 'of used blocks beyond what was asked for'],
      ['overhead', m.overhead, 'bytes', "the allocator's own structures"],
      ['used_blocks', m.usedBlocks, 'blocks', ''],
      ['free_blocks', m.freeBlocks, 'blocks', ''],
      ['largest_free', m.largestFree, 'bytes', 'largest free block'],
      ['largest_request', known(m.largestRequest), 'bytes', 'largest uk_malloc that succeeds now'],
      ['external_fragmentation', m.free === 0 ? undefined : m.externalFragmentation, 'share', '1 - largest_free / free'],
      ['internal_fragmentation', m.slack < 0 || m.used === 0 ? undefined : m.internalFragmentation, 'share', 'slack / used'],
      ...m.freeByClass.map((c): Cell[] => [`free: ${c.name}`, c.count, 'blocks', `class ${String(c.sizeClass)}`]),
    ],
  };
}

function listTable({ lists, blocks }: HeapSnapshot): Table {
  return {
    id: 'list-sums',
    title: 'Free lists, one a row',
    columns: columns('list', '@head', '#class', '%member_size', '#members', '%bytes', 'walk'),
    rows: function* () {
      for (const l of lists) {
        const bytes =
          l.memberSize > 0
            ? l.memberSize * l.entries.length
            : l.entries.reduce((sum, a) => sum + (blocks.holding(a)?.size ?? 0), 0);
        const size = l.memberSize === 0 ? undefined : l.memberSize;
        yield [l.name, l.head, known(l.sizeClass), size, l.entries.length, bytes, l.complete ? 'complete' : 'broken off'];
      }
    },
  };
}

function memberTable({ lists, blocks }: HeapSnapshot): Table {
  return {
    id: 'lists',
    title: 'Free lists: their members in list order',
    columns: columns('list', '@head', '#class', '#place', '@address', '%size', 'walk'),
    count: lists.reduce((sum, l) => sum + l.entries.length, 0),
    rows: function* () {
      for (const l of lists)
        for (const [i, address] of l.entries.entries())
          yield [
            l.name,
            l.head,
            known(l.sizeClass),
            i + 1,
            address,
            l.memberSize > 0 ? l.memberSize : blocks.holding(address)?.size,
            walkText(l, i),
          ];
    },
  };
}

/** How the walk came to a member, where it was not simply from the one before. */
function walkText(list: FreeList, place: number): string {
  if (place === list.gap) return 'members are missing before it';
  return place === list.entries.length - 1 && !list.complete && list.gap === undefined ? 'broken off behind it' : '';
}

function blockTable(view: HeapView, { blocks }: HeapSnapshot): Table {
  return {
    id: 'blocks',
    title: 'Blocks',
    columns: columns('@address', '@end', '%size', 'state', '#class', '%asked', '%slack', '@payload', 'owner', '#since_step'),
    count: blocks.length,
    rows: function* () {
      for (let i = 0; i < blocks.length; i++) {
        const b = blocks.at(i);
        const end = blocks.end(i);
        const used = b.state === 'used';
        const asked = used ? known(b.asked) : undefined;
        const owner = used ? view.ownerOf(b.base, end) : undefined;
        yield [b.base, end, b.size, b.state, known(b.sizeClass), asked, asked === undefined ? undefined : b.size - asked, used ? b.payload : undefined, owner?.text, owner && owner.operation + 1]; // prettier-ignore
      }
    },
  };
}

function structTable({ structs }: HeapSnapshot): Table {
  return {
    id: 'structs',
    title: "The allocator's own structures, field by field",
    columns: columns('struct', '@struct_address', 'field', '@address', '#length', '@value', 'note'),
    rows: function* () {
      for (const s of structs) for (const f of s.fields) yield [s.type, s.address, f.name, f.address, f.length, f.value, f.note];
    },
  };
}

function findingTable({ findings }: HeapSnapshot): Table {
  return {
    id: 'findings',
    title: 'Findings of the integrity walk',
    columns: columns('severity', 'code', '@address', 'message'),
    rows: () => findings.map((f) => [f.severity, f.code, f.address, f.message]),
  };
}
