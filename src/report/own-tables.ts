// The tables that only one allocator has: what its own picture draws.

import type { RegionDetails, TinyallocDetails, TlsfDetails } from '../snapshot/details';
import { DESCRIPTOR_STATES } from '../snapshot/details';
import type { MimallocDetails } from '../snapshot/mimalloc';
import type { ShadowSpace } from '../snapshot/shadow';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { columns, known, type Table } from './table';

export function ownTables({ details }: HeapSnapshot): Table[] {
  switch (details?.kind) {
    case 'tlsf':
      return [tlsfLists(details)];
    case 'tinyalloc':
      return [tinyallocDescriptors(details)];
    case 'region':
      return [regionWords(details)];
    case 'mimalloc':
      return [mimallocSegments(details), mimallocPages(details), mimallocQueues(details), mimallocLost(details)];
    case 'oscar':
      return [oscarObjects(details), oscarShadow(details), oscarTables(details)];
    case undefined:
      return [];
  }
}

function tlsfLists(tlsf: TlsfDetails): Table {
  return {
    id: 'tlsf-lists',
    title: 'TLSF: lists that are not empty, or whose bit is set',
    columns: columns('#fl', '#sl', '@head', '%size_from', '%size_below', '#members', '%bytes', 'bit'),
    rows: function* () {
      for (let c = 0; c < tlsf.rows * tlsf.columns; c++) {
        const [fl, sl] = [Math.floor(c / tlsf.columns), c % tlsf.columns];
        const set = ((tlsf.slBitmap[fl]! >>> sl) & 1) === 1;
        if (tlsf.counts[c] === 0 && !set) continue;
        const { from, to } = tlsf.range(c);
        yield [fl, sl, tlsf.headAddress(c), from, to, tlsf.counts[c], tlsf.bytes[c], set ? 'set' : 'clear'];
      }
    },
  };
}

function tinyallocDescriptors(t: TinyallocDetails): Table {
  return {
    id: 'tinyalloc-descriptors',
    title: 'tinyalloc: descriptors by list, in list order',
    columns: columns('list', '#place', '@descriptor', '#index', '@addr', '%size', 'state'),
    rows: function* () {
      const index = (descriptor: bigint): number => Number((descriptor - t.table) / BigInt(t.descriptorSize));
      const state = (descriptor: bigint) => DESCRIPTOR_STATES[t.states[index(descriptor)] ?? -1];
      for (const list of ['free', 'used'] as const)
        for (const [i, b] of t[list].entries())
          yield [list, i + 1, b.descriptor, index(b.descriptor), b.addr, b.size, state(b.descriptor)];
      for (const [i, d] of t.fresh.entries()) yield ['fresh', i + 1, d, index(d), undefined, undefined, state(d)];
    },
  };
}

function regionWords(r: RegionDetails): Table {
  return {
    id: 'region-pointer',
    title: 'region: its pointer, and the bytes on both sides of it',
    columns: columns('word', '@at', '@value', '@first', '@end', '%handed_out', '%left'),
    rows: () => {
      const { name, at, value } = r.pointer;
      const known = r.sound && value !== undefined;
      const below = known ? value - r.from : undefined;
      const above = known && r.end !== undefined ? r.end - value : undefined;
      return [[name, at, value, r.from, r.end, r.downward ? above : below, r.downward ? below : above]];
    },
  };
}

function mimallocSegments(m: MimallocDetails): Table {
  return {
    id: 'mimalloc-segments',
    title: 'mimalloc: segments',
    columns: columns('@address', '%size', 'kind', '%info_size', '#pages_used', '#capacity', 'owned', 'from'),
    rows: () =>
      m.segments.map((s) => {
        const from = s.place === undefined ? 'OS layer' : `mem region ${String(s.place.region)}, bit ${String(s.place.bit)}`;
        return [s.address, s.size, s.kind, s.infoSize, s.used, s.capacity, s.owned ? 'yes' : 'no', from];
      }),
  };
}

function mimallocPages(m: MimallocDetails): Table {
  return {
    id: 'mimalloc-pages',
    title: 'mimalloc: pages',
    columns: columns('@segment', '#index', '@descriptor', '@start', '@end', 'in_use', '%block_size', '#bin', '#reserved', '#capacity', '#used', '#free', '#local_free', 'in_full', '#retire_expire', 'walk'), // prettier-ignore
    rows: function* () {
      for (const s of m.segments)
        for (const p of s.pages)
          yield [s.address, p.index, p.descriptor, p.start, p.end, p.inUse ? 'yes' : 'no', known(p.blockSize), known(p.bin), p.reserved, p.capacity, p.used, p.free.length, p.localFree.length, p.inFull ? 'yes' : 'no', p.retireExpire, p.complete ? 'complete' : 'broken off']; // prettier-ignore
    },
  };
}

function mimallocQueues(m: MimallocDetails): Table {
  return {
    id: 'mimalloc-queues',
    title: 'mimalloc: queues, their pages in link order',
    columns: columns('#bin', '%block_size', '#place', '@page', 'full'),
    rows: function* () {
      for (const q of m.queues)
        for (const [i, page] of q.pages.entries()) yield [q.bin, q.blockSize, i + 1, page, q.full ? 'yes' : 'no'];
    },
  };
}

function mimallocLost(m: MimallocDetails): Table {
  return {
    id: 'mimalloc-lost',
    title: 'mimalloc: memory that nothing can use again',
    columns: columns('@address', '@end', '%bytes', 'why'),
    rows: () => m.lost.map((l) => [l.base, l.end, l.end - l.base, l.why]),
  };
}

function oscarObjects(space: ShadowSpace): Table {
  return {
    id: 'oscar-objects',
    title: 'Oscar: objects',
    columns: columns('#object', '@pointer', '@canonical', '%size', '@shadow', '#pages', '@record'),
    rows: () => space.objects.map((o, i) => [i + 1, o.pointer, o.canonical, o.size, o.base, o.pages, o.record]),
  };
}

function oscarShadow(space: ShadowSpace): Table {
  return {
    id: 'oscar-shadow',
    title: 'Oscar: shadow pages, neighbouring ones of one state together',
    columns: columns('@address', '@end', '#pages', 'state', '@frame', '#object'),
    rows: () =>
      space.runs.map((r) => [
        r.base,
        r.base + BigInt(r.pages) * 4096n,
        r.pages,
        r.state,
        r.frame,
        r.object === undefined ? undefined : r.object + 1,
      ]),
  };
}

function oscarTables(space: ShadowSpace): Table {
  return {
    id: 'oscar-page-tables',
    title: 'Oscar: page tables',
    columns: columns('@address', '#level', '@translates_from'),
    rows: () => space.tables.map((t) => [t.address, t.level, t.base]),
  };
}
