import assert from 'node:assert/strict';
import { simReader } from '../../src/memory/reader';
import { SimMemory } from '../../src/memory/sim-memory';
import { HeapView, NEIGHBOURS } from '../../src/view/heap-view';
import type { Finding } from '../../src/snapshot/snapshot';
import { at, bootOf, frameOf, madeSnapshot, MAIN_3, pictured } from './subjects';
import type { Made } from './subjects';

/** Calls `visit` with every value in a frame and its path. */
function walk(value: unknown, path: string, visit: (value: unknown, path: string) => void): void {
  visit(value, path);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`, visit);
}

/** Holds that a frame crosses to a webview, which carries JSON and typed arrays. */
function assertPlain(frame: unknown): void {
  walk(frame, 'frame', (value, path) => {
    assert.ok(['string', 'boolean', 'object', 'number', 'undefined'].includes(typeof value), `${path} is a ${typeof value}`);
    if (typeof value === 'number') assert.ok(Number.isFinite(value), `${path} is ${String(value)}`);
    if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Array.isArray(value))
      assert.equal(Object.getPrototypeOf(value), Object.prototype, `${path} is no plain object`);
  });
}

function dump(blocks: readonly Made[], findings: readonly Finding[] = []): HeapView {
  const memory = new SimMemory(0x10000, 0x100000);
  return new HeapView({
    kind: 'dump',
    title: 'ram.bin',
    source: 'RAM dump',
    release: '0.17.0',
    arch: 'x86_64',
    inspect: () => [],
    snapshot: madeSnapshot(blocks, { findings }),
    reader: simReader(memory),
  });
}

const HEAP: readonly Made[] = [
  [0x10000n, 8192, 'metadata'],
  [0x12000n, 8192, 'free', 1],
  [0x14000n, 4096, 'used', 0, 100],
  [0x15000n, 4096, 'free', 0],
];

describe('heap view: frames are plain data', () => {
  const view = pictured();
  for (const step of [0, 1, 4, 11, 17, 30, MAIN_3, 70]) {
    it(`at step ${String(step)} of a boot`, () => {
      assertPlain(frameOf(at(view, step), { selection: '0x188000' }));
    });
  }
  it('of a dump', () => assertPlain(frameOf(dump(HEAP), { selection: '0x12000', filter: 'free' })));
  it('aggregated', () => assertPlain(frameOf(at(view, MAIN_3), { map: { zoom: 20 } })));
});

describe('heap view: time', () => {
  it('the first frame shows the end of the boot', () => {
    const { moment } = frameOf(pictured());
    assert.deepEqual([moment!.step, moment!.of, moment!.stage], ['17', '70', 'boot']);
  });

  it('forward and back by C-level steps come back to the same frame', () => {
    const view = at(pictured(), MAIN_3 - 1);
    const before = { ...frameOf(view), sequence: 0 };
    let steps = 0;
    while (view.frame().moment!.cursor.operation < MAIN_3) {
      assert.ok(view.move('stepForward'));
      steps++;
    }
    for (; steps > 0; steps--) assert.ok(view.move('stepBack'));
    assert.deepEqual({ ...view.frame(), sequence: 0 }, before);
  });

  it('moves answer false at either end, and for a dump', () => {
    const view = pictured();
    assert.ok(view.move('runToEnd'));
    assert.deepEqual([view.move('stepForward'), view.move('stepOver'), view.move('runToEnd')], [false, false, false]);
    assert.ok(view.move('restart'));
    assert.deepEqual([view.move('stepBack'), view.move('stepBackOver'), view.move('restart')], [false, false, false]);
    assert.equal(dump(HEAP).move('stepForward'), false);
  });

  it('before the boot there is no heap, and the frame says so', () => {
    const frame = frameOf(at(pictured(), 0));
    assert.equal(frame.absence!.title, 'No heap yet');
    assert.equal(frame.moment!.atStart, true);
    assert.equal(frame.strip.items.filter((i) => i.kind === 'region' && i.label !== '').length, 0, 'nothing is decided yet');
  });

  it('log lines appear at their step', () => {
    const view = pictured();
    const none = frameOf(at(view, 0)).log!;
    const all = frameOf(at(view, 17)).log!;
    assert.equal(none.total, 0);
    assert.equal(all.total, view.subject.kind === 'simulation' ? view.subject.simulation.lines().length : -1);
    const middle = frameOf(at(view, 4)).log!;
    assert.ok(middle.total > 0 && middle.total < all.total);
    assert.match(middle.rows.map((r) => r.text).join('\n'), /Initialize binary buddy allocator 12000/);
  });

  it('the map follows what a step changes when it is out of sight', () => {
    const view = at(pictured(), MAIN_3 - 2);
    const map = { height: 60, zoom: 12, top: 0 } as const;
    assert.equal(frameOf(view, { map }).map!.revealed, true);
    assert.equal(frameOf(view, { map }).map!.revealed, false, 'once, and then the user may scroll away');
  });
});

describe('heap view: states without a picture', () => {
  const reserved = { pbase: '0x100000', len: '0x4000', type: 'RESERVED', flags: ['READ'] };

  it('a boot without FREE regions ends with the kernel’s own line', () => {
    const frame = frameOf(bootOf([reserved]));
    assert.equal(frame.absence!.line, 'Failed to initialize memory allocator');
    assert.equal(frame.map, undefined);
    assert.deepEqual(frame.strip.lines, ['1 region', 'none FREE']);
  });

  it('a heap of one page: the allocator and nothing to give', () => {
    const frame = frameOf(bootOf([{ pbase: '0x100000', len: '0x1000', type: 'FREE', flags: ['READ', 'WRITE'] }]));
    const value = (id: string) => frame.metrics!.rows.find((r) => r.id === id)!.value;
    assert.deepEqual(
      [value('free'), value('external'), value('internal')].map((v) => v.replace('\u202f', ' ')),
      ['0 B', '–', '–'],
    );
  });

  it('a lost region is said in the toolbar and drawn as lost', () => {
    const free = { type: 'FREE', flags: ['READ', 'WRITE'] };
    const frame = frameOf(
      bootOf([
        { pbase: '0x100000', len: '0x10000', ...free },
        { pbase: '0x200000', len: '0x1000', ...free },
      ]),
    );
    assert.ok(frame.chips.some((c) => c.kind === 'error' && c.text.startsWith('region 1 lost: 4') && c.tooltip.length > 10));
    const lost = frame.strip.items.find((i) => i.kind === 'region' && i.lost);
    assert.ok(lost?.kind === 'region' && /lost/.test(lost.label) && lost.mark === '②');
    assert.deepEqual(frame.strip.lines[1], '1 of 2 FREE used');
  });

  it('findings stand in the chips, on their run and in a list', () => {
    const findings: Finding[] = [{ severity: 'error', code: 'list-cycle', address: 0x12000n, message: 'next points back' }];
    const frame = frameOf(dump(HEAP, findings), { selection: '0x12000' });
    assert.ok(frame.chips.some((c) => c.kind === 'error' && c.text === '1 error'));
    assert.equal(frame.findings[0]!.address, '0x12000');
    assert.equal(frame.selected!.findings.length, 1);
    assert.ok(frame.map!.items.some((i) => i.kind === 'row' && i.finding));
  });

  it('a heap without a list of regions has its own memory in the strip and in the outline, ascending, with gaps', () => {
    const subject = dump(HEAP).subject as Extract<HeapView['subject'], { kind: 'dump' }>;
    const areas = [
      { base: 0x40000n, end: 0x80000n, by: 'addmem' },
      { base: 0x10000n, end: 0x18000n, by: 'init' },
    ] as const;
    const snapshot = { ...subject.snapshot!, areas };
    const none = { kind: 'image', descriptors: [], hints: {}, problems: [] } as const;
    for (const map of [undefined, none]) {
      const view = new HeapView({ ...subject, snapshot, ...(map && { map }) });
      const { items, lines } = frameOf(view).strip;
      assert.deepEqual(lines, ['no region list', 'heap: 2 areas']);
      const texts = items.map((i) => (i.kind === 'area' ? `${i.name} ${i.base}–${i.end} ${i.shortSize}` : `${i.kind} ${i.kind === 'gap' ? i.shortSize : ''}`)); // prettier-ignore
      assert.deepEqual(texts, ['area 2 0x10000–0x18000 32K', 'gap 160K', 'area 1 0x40000–0x80000 256K']);
      const [memory] = view.outline();
      assert.deepEqual([memory!.label, memory!.children.map((n) => `${n.kind} ${n.address!}`)], ['Memory of the heap', ['area 0x10000', 'area 0x40000']]); // prettier-ignore
    }
  });

  it('what a dump lacks makes sums lower bounds and other figures unknown', () => {
    const view = new HeapView({
      ...(dump(HEAP).subject as Extract<HeapView['subject'], { kind: 'dump' }>),
      snapshot: madeSnapshot([...HEAP, [0x16000n, 8192, 'unread']], { absent: [{ base: 0x16000n, end: 0x18000n }] }),
    });
    const frame = frameOf(view);
    const values = Object.fromEntries(frame.metrics!.rows.map((r) => [r.id, r.value]));
    assert.match(values['free']!, /^≥ /);
    assert.deepEqual([values['largest'], values['external'], values['request']], ['?', '?', '?']);
    assert.ok(frame.chips.some((c) => c.text === 'partial'));
  });

  it('a dump without an allocator says what it was told', () => {
    const subject = dump(HEAP).subject as Extract<HeapView['subject'], { kind: 'dump' }>;
    const frame = new HeapView({ ...subject, snapshot: undefined, message: 'no uk_alloc at 0x12000' }).frame();
    assert.deepEqual(
      [frame.absence!.title, frame.absence!.line, frame.moment],
      ['No heap found', 'no uk_alloc at 0x12000', undefined],
    );
  });
});

describe('heap view: finding and going', () => {
  const view = at(pictured(), MAIN_3);
  frameOf(view, { selection: '0x188000' });

  it('an address in any spelling is found in its block', () => {
    for (const text of ['0x188010', '188010', '0x0018 8010', ' 0x188_010 '])
      assert.equal(view.find(text).address, '0x188010', text);
    assert.match(view.find('0x188010').message, /byte 16 of the free block 0x188000/);
  });
  it('an address outside the heap leads to its region, or to the gap; nowhere without a list', () => {
    assert.deepEqual(view.find('0xa1000'), {
      address: '0xa1000',
      message: '0xa1000 is in region 3, reserved rw-, 0xa0000 – 0xc0000, 128\u202fKiB, and in no block of this heap.',
    });
    assert.deepEqual(view.find('0xc8000'), {
      address: '0xc8000',
      message: '0xc8000 is in no region, and in no block of this heap.',
    });
    assert.deepEqual(dump(HEAP).find('0xa1000'), { message: '0xa1000 is in no block of this heap.' });
  });
  it('steps are found, those that do not exist are refused', () => {
    assert.deepEqual(view.find('step 0').cursor, { operation: 0, step: 0 });
    assert.deepEqual(view.find('#50.2').cursor, { operation: 49, step: 2 });
    assert.equal(view.find('step 71').cursor, undefined);
    assert.match(view.find('nonsense').message, /neither/);
  });

  for (const [way, from, to] of [
    ['nextBlock', '0x188000', '0x18a000'],
    ['previousBlock', '0x18a000', '0x188000'],
    ['nextFree', '0x188000', '0x14000'],
    ['previousFree', '0x14000', '0x188000'],
    ['nextFree', '0x14000', null],
    ['buddy', '0x188000', '0x18a000'],
    ['cellRight', '0x188000', '0x189000'],
    ['cellLeft', '0x180000', '0x9f000'],
    ['rowDown', '0x188000', '0x1c8000'],
    ['rowDown', '0x1c8000', '0x200000'],
    ['rowUp', '0x188000', '0x88000'],
    ['nextFinding', '0x188000', null],
    ['nextMatch', '0x188000', null],
  ] as const) {
    it(`${way} of ${from} is ${String(to)}`, () => assert.equal(view.neighbour(from, way), to));
  }

  it('what is in no block is in no list, whatever lies before it', () => {
    const booted = at(pictured(), 17);
    frameOf(booted);
    assert.equal(booted.neighbour('0x80000', 'nextFree'), '0x20000');
    for (const way of ['nextFree', 'previousFree', 'buddy'] as const) assert.equal(booted.neighbour('0xa0000', way), null, way);
  });

  it('nextMatch goes round through what the filter matches', () => {
    frameOf(view, { filter: 'free order:12' });
    assert.equal(view.frame().filterText, '2 of 45 blocks');
    assert.equal(view.neighbour('0x188000', 'nextMatch'), '0x1000000');
    assert.equal(view.neighbour('0x2000000', 'nextMatch'), '0x1000000');
    assert.equal(view.neighbour('0x1000000', 'previousMatch'), '0x2000000');
  });

  it('no way throws, wherever it starts', () => {
    for (const way of NEIGHBOURS) for (const from of ['0x0', '0xffffffffffffffff', '0x188000']) view.neighbour(from, way);
  });

  it('the block table has every block once', () => {
    const { total, rows } = view.blocks(0, 1000);
    assert.equal(total, 45);
    assert.equal(new Set(rows.map((r) => r.address)).size, 45);
  });
});
