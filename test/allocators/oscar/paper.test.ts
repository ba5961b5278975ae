// The worked examples of the paper's scheme, over the stub that the specification defines.

import assert from 'node:assert/strict';
import { KernelStop } from '../../../src/allocators/kernel';
import type { Config } from '../../../src/regions/release';
import { hex } from '../../../src/memory/address';
import { paper, type OscarUnderTest } from '../../support/oscar';

const REFRESH: Config = { CONFIG_LIBOSCAR_REFRESH: 'y' };

function stops(run: () => unknown, message: RegExp): void {
  assert.throws(run, (problem) => problem instanceof KernelStop && problem.kind === 'crash' && message.test(problem.message));
}

/** The canonical block behind a pointer of malloc: the word before it says it. */
function block(o: OscarUnderTest, p: number): string {
  return hex(o.canonical(p) - 8);
}

function state(o: OscarUnderTest): {
  hwm: string;
  counters: Record<string, number>;
  spares: { page: string; pages: number; shadow: string }[];
} {
  return o.decode().state as ReturnType<typeof state>;
}

describe('oscar paper: two shadows on one frame', () => {
  const o = paper();
  const { heap } = o;
  let p1 = 0;
  let p2 = 0;
  let p3 = 0;

  it('E1: both map the frame, each at its own offset', () => {
    p1 = heap.malloc(24);
    p2 = heap.malloc(24);
    assert.deepEqual(
      [p1, p2].map((p) => hex(p)),
      ['0x40000000008', '0x40000001028'],
    );
    assert.deepEqual(
      [p1, p2].map((p) => block(o, p)),
      ['0x10000000', '0x10000020'],
    );
    assert.equal(state(o).hwm, '0x40000002000');
    assert.equal(o.mem.u64(0x10000020), 0x10000020n);
    assert.deepEqual(
      o.space().runs.map((r) => `${r.state} ${hex(r.frame!)}`),
      ['live 0x10000000', 'live 0x10000000'],
    );
  });

  it('E2: free takes one away, the other stays', () => {
    heap.free(p1);
    assert.equal(o.traps(p1), true);
    assert.equal(heap.access!(p1, 'read').address, 0x40000000008);
    assert.equal(heap.access!(p2, 'read').reaches, 0x10000028);
  });

  it('E3: the block is used again under a new address', () => {
    p3 = heap.malloc(24);
    assert.equal(hex(p3), '0x40000002008');
    assert.equal(block(o, p3), '0x10000000');
    assert.equal(o.traps(p1), true);
    assert.equal(heap.access!(p3, 'read').reaches, 0x10000008);
    const { maps, unmaps } = state(o).counters;
    assert.deepEqual([maps, unmaps], [3, 1]);
  });

  it('E4: a second free faults at the word before the object', () => {
    stops(
      () => heap.free(p1),
      /^free\(0x40000000008\) reads the word before it: read of 0x40000000000: page fault, error code 0x0/,
    );
  });

  it('E5: a pointer into an object is caught by the table alone', () => {
    stops(() => heap.free(p2 + 16), /^invalid free at 0x40000001038/);
  });

  it('E6, E7: overflow inside a shared frame, and into the next shadow, is not caught', () => {
    assert.equal(heap.access!(p2 - 0x20, 'write').reaches, 0x10000008);
    assert.equal(hex(p2 + 0xfd7), '0x40000001fff');
    assert.equal(heap.access!(p2 + 0xfd7, 'write').reaches, 0x10000fff);
    assert.equal(heap.access!(p2 + 0xfd8, 'write').reaches, 0x10000000);
  });
});

describe('oscar paper: shadows of several pages', () => {
  it('E8: a block that crosses a boundary takes a page more', () => {
    const o = paper();
    const given = [4000, 200, 8180, 4088].map((size) => o.heap.malloc(size));
    assert.deepEqual(
      given.map((p) => hex(p)),
      ['0x40000000008', '0x40000001fb8', '0x40000003088', '0x40000006088'],
    );
    assert.deepEqual(
      given.map((p) => block(o, p)),
      ['0x10000000', '0x10000fb0', '0x10001080', '0x10003080'],
    );
    assert.deepEqual(
      o.space().objects.map((x) => x.pages),
      [1, 2, 3, 2],
    );
    assert.equal(state(o).hwm, '0x40000008000');
  });

  it('E9: 4088 bytes with their word fill a page, one more takes two', () => {
    const o = paper();
    assert.deepEqual(
      [4088, 4089].map((size) => hex(o.heap.malloc(size))),
      ['0x40000000008', '0x40000001008'],
    );
    assert.deepEqual(
      o.space().objects.map((x) => x.pages),
      [1, 2],
    );
  });

  it('E16: memalign begins one alignment unit into its block, and skips addresses to align the shadow', () => {
    const o = paper();
    const { heap } = o;
    const given = [heap.malloc(24), heap.memalign(256, 100), heap.memalign(8192, 100), heap.malloc(24)];
    assert.deepEqual(
      given.map((p) => hex(p)),
      ['0x40000000008', '0x40000001200', '0x40000004000', '0x40000005078'],
    );
    assert.equal(block(o, given[3]!), '0x10004070');
    assert.deepEqual(
      o.space().objects.map((x) => `${hex(x.base)} ${x.pages}`),
      ['0x40000000000 1', '0x40000001000 1', '0x40000002000 3', '0x40000005000 1'],
    );
    assert.deepEqual(
      o.decode().findings.filter((f) => f.severity === 'error'),
      [],
    );
    const moved = heap.realloc(given[2]!, 50);
    assert.equal(o.traps(given[2]!), true);
    assert.equal(hex(moved), '0x40000006098');
  });
});

describe('oscar paper: realloc', () => {
  it('E10: the pointer changes always; the block when its size does', () => {
    const o = paper();
    const { heap } = o;
    const a = heap.malloc(24);
    const q = heap.realloc(a, 20);
    assert.equal(`${hex(q)} ${block(o, q)}`, '0x40000001008 0x10000000');
    assert.equal(o.traps(a), true);
    const r = heap.realloc(q, 100);
    assert.equal(`${hex(r)} ${block(o, r)}`, '0x40000002028 0x10000020');
    assert.equal(o.traps(q), true);
    const { maps, unmaps } = state(o).counters;
    assert.deepEqual([maps, unmaps], [3, 2]);
    assert.equal(hex(heap.malloc(24)), '0x40000003008');
  });

  it('what fails leaves the object alive', () => {
    const o = paper({ CONFIG_LIBOSCAR_SHADOW_PAGES: '4' });
    const p = o.heap.malloc(24);
    assert.equal(o.heap.realloc(p, 2n ** 64n - 1n), 0);
    assert.equal(o.heap.realloc(p, 0x400000), 0);
    assert.equal(o.traps(p), false);
    assert.equal(o.heap.realloc(p, 0), 0);
    assert.equal(o.traps(p), true);
  });
});

describe('oscar paper: refresh', () => {
  it('E11: the next object on the page takes the ready shadow, whatever its size and offset', () => {
    const o = paper(REFRESH);
    const a = o.heap.malloc(24);
    o.heap.free(a);
    assert.deepEqual(state(o).spares, [{ page: '0x10000000', pages: 1, shadow: '0x40000001000' }]);
    assert.deepEqual([state(o).counters.maps, state(o).counters.refreshes, state(o).hwm], [1, 1, '0x40000002000']);
    assert.equal(o.space().runs.at(-1)!.state, 'spare');
    const b = o.heap.malloc(40);
    assert.equal(`${hex(b)} ${block(o, b)}`, '0x40000001028 0x10000020');
    assert.equal(state(o).counters.maps, 1);
    assert.equal(o.traps(a), true);

    // E12 goes on from here.
    o.heap.free(b);
    const c = o.heap.malloc(5000);
    assert.equal(`${hex(c)} ${block(o, c)}`, '0x40000003058 0x10000050');
    assert.equal(state(o).hwm, '0x40000005000');
    const d = o.heap.malloc(24);
    assert.equal(`${hex(d)} ${block(o, d)}`, '0x40000002008 0x10000000');
    assert.deepEqual([state(o).counters.maps, state(o).counters.refreshes], [3, 2]);
  });

  it('E13: of several ready shadows of one page the newest goes first', () => {
    const o = paper(REFRESH);
    const [a, b] = [o.heap.malloc(24), o.heap.malloc(24)];
    o.heap.free(a);
    o.heap.free(b);
    assert.deepEqual(
      state(o).spares.map((s) => s.shadow),
      ['0x40000003000', '0x40000002000'],
    );
    const given = [o.heap.malloc(24), o.heap.malloc(24)];
    assert.deepEqual(
      given.map((p) => `${hex(p)} ${block(o, p)}`),
      ['0x40000003028 0x10000020', '0x40000002008 0x10000000'],
    );
  });
});

describe('oscar paper: costs', () => {
  it('E14: four pages of address space serve four objects, ever', () => {
    const o = paper({ CONFIG_LIBOSCAR_SHADOW_PAGES: '4' });
    const given = Array.from({ length: 5 }, () => o.heap.malloc(24));
    assert.deepEqual(
      given.map((p) => hex(p)),
      ['0x40000000008', '0x40000001028', '0x40000002048', '0x40000003068', '0x0'],
    );
    assert.equal(o.kernel.console.take().at(-1)!.text, 'Cannot create shadow of 1 pages: Out of virtual memory');
    for (const p of given.slice(0, 4)) o.heap.free(p);
    assert.equal(o.heap.malloc(24), 0);
  });

  it('E15: 513 shadows on 5 frames take two leaf tables', () => {
    const o = paper();
    const given = Array.from({ length: 513 }, () => o.heap.malloc(24));
    assert.deepEqual(
      [0, 511, 512].map((i) => hex(given[i]!)),
      ['0x40000000008', '0x400001fffe8', '0x40000200008'],
    );
    assert.equal(block(o, given[512]!), '0x10004000');
    assert.deepEqual(o.decode().state.tables, { L3: 1, L2: 1, L1: 2 });
    for (const p of given) o.heap.free(p);
    assert.deepEqual(o.decode().state.tables, { L3: 1, L2: 1, L1: 2 });
    assert.deepEqual(
      o.space().runs.map((r) => `${r.pages} ${r.state}`),
      ['513 gone'],
    );
    assert.equal(state(o).hwm, '0x40000201000');
  });

  for (const [what, config, maps, unmaps, refreshes, hwm] of [
    ['without refresh', {}, 1000, 1000, 0, '0x400003e8000'],
    ['with refresh', REFRESH, 1, 0, 1000, '0x400003e9000'],
    ['with protect', { CONFIG_LIBOSCAR_PROTECT: 'y' }, 1000, 1000, 0, '0x400003e8000'],
  ] as const) {
    it(`E17, E18: a thousand pairs ${what}`, () => {
      const o = paper(config);
      for (let i = 0; i < 1000; i++) o.heap.free(o.heap.malloc(24));
      const { counters } = state(o);
      assert.deepEqual([counters.maps, counters.unmaps, counters.refreshes, state(o).hwm], [maps, unmaps, refreshes, hwm]);
      if (what !== 'with protect') return;
      // Entries that were only protected still name their frame, here the same one each time.
      const { runs } = o.space();
      assert.deepEqual(runs.map((r) => `${r.pages} ${r.state}`), new Array(1000).fill('1 revoked')); // prettier-ignore
      assert.equal(new Set(runs.map((r) => r.was)).size, 1);
      assert.notEqual(runs[0]!.was, undefined);
      assert.match(o.heap.access!(0x40000000008, 'read').text, /made inaccessible/);
    });
  }
});

describe('oscar paper: requests that it refuses', () => {
  it('NULL, EINVAL, ENOMEM', () => {
    const { heap } = paper();
    assert.equal(heap.malloc(0), 0);
    assert.equal(heap.malloc(2n ** 64n - 8n), 0);
    assert.equal(heap.malloc(-1), 0);
    assert.equal(heap.calloc(2n ** 61n, 8), 0);
    assert.equal(heap.posixMemalign(24, 8), 22);
    assert.equal(heap.posixMemalign(0, 8), 22);
    assert.equal(heap.posixMemalign(64, 0), 22);
    assert.equal(heap.posixMemalign(64, 0x800000), 12);
    assert.equal(heap.palloc(0), 0);
    heap.free(0);
  });

  it('calloc gives zeros', () => {
    const o = paper();
    const p = o.heap.malloc(64);
    o.mem.fill(o.canonical(p), o.canonical(p) + 64, 0xff);
    o.heap.free(p);
    const q = o.heap.calloc(8, 8);
    assert.equal(o.canonical(q), o.canonical(q) & ~7);
    assert.deepEqual([...o.mem.bytes(o.canonical(q), 64)], new Array(64).fill(0));
  });
});
