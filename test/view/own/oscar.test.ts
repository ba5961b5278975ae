// What the view shows of Oscar: shadows, the frames behind them with who had them before, and what an access meets.

import assert from 'node:assert/strict';
import { ARENA, STATICS } from '../../../src/allocators/oscar/layout';
import { allocatorFor } from '../../../src/allocators/registry';
import { toBigInt } from '../../../src/memory/address';
import { MemoryImage } from '../../../src/memory/image';
import { readMemoryMap } from '../../../src/readers/memory-map';
import { readWorkload } from '../../../src/readers/workload';
import { Simulation } from '../../../src/timeline/simulation';
import { HeapView } from '../../../src/view/heap-view';
import type { OscarView } from '../../../src/view/own/oscar';
import { traceText } from '../../support/golden';
import { at, bootOf, frameOf } from '../subjects';

describe('own picture: Oscar', () => {
  const operations = readWorkload(JSON.stringify([
    { op: 'malloc', id: 1, size: 100 },
    { op: 'malloc', id: 2, size: 5000 },
    { op: 'free', of: 1 },
    { op: 'malloc', id: 3, size: 100 },
  ])).operations; // prettier-ignore
  const view = bootOf([{ pbase: '0x10000000', len: '0x400000', type: 'FREE', flags: ['READ', 'WRITE'] }], operations, {
    allocator: 'oscar',
  });
  view.move('runToEnd');
  const own = frameOf(view).own!;
  assert.ok(own.kind === 'oscar');

  it('revoked pages stay revoked; living ones name their object', () => {
    assert.ok(own.shadows.some((s) => s.state === 'revoked'));
    const live = own.shadows.filter((s) => s.state === 'live');
    assert.ok(live.length >= 3 && live.every((s) => /^#\d+$/.test(s.label) && s.frame !== ''));
  });
  it('each living page has its frame below', () => {
    const frames = new Set(own.frames.flatMap((g) => g.cells.flatMap((c) => (c.kind === 'live' ? [c.address] : []))));
    for (const s of own.shadows) if (s.frame !== '') assert.ok(frames.has(s.frame), s.text);
  });
  it('says how long the addresses last, with the assumed rate and the average so far', () => {
    // 3 objects on 4 pages: 805 306 368 pages last 805 306 364 / (4/3 · 1000 · 3600) hours.
    assert.match(
      own.left.replace(/\u202f/g, ' '),
      /^3\.00 TiB of 3 TiB of shadow addresses left: 1?\d\d\d? hours at 1 000 allocations a second \(assumed\), 1\.3 pages each \(average of 3 objects\)$/,
    );
    assert.match(own.whatIf, /what-if on the same regions/);
  });
  it('a probe of a revoked page faults, with its walk; one of a living page reaches its frame', () => {
    const revoked = own.shadows.find((s) => s.state === 'revoked')!;
    const dead = frameOf(view, { probe: revoked.address }).own!;
    assert.ok(dead.kind === 'oscar' && dead.probe.answer!.startsWith('Fault.') && dead.probe.steps.length > 0);
    const live = own.shadows.find((s) => s.state === 'live')!;
    const reached = frameOf(view, { probe: `read ${live.address}` }).own!;
    assert.ok(
      reached.kind === 'oscar' && reached.probe.answer!.startsWith(`Reaches ${live.frame.slice(0, -3)}`),
      reached.kind === 'oscar' ? reached.probe.answer : '',
    );
  });
});

/** The recorded run of the port on its region: step 40 here is the design's step 38, for the boot has three. */
function recorded(config: Readonly<Record<string, string>> = {}): HeapView {
  const regions = [{ base: '0x10000000', len: '0x400000', flags: ['ALLOCATABLE'] }];
  const { map } = readMemoryMap(JSON.stringify({ release: '0.3.1', arch: 'x86_64', allocator: 'oscar', regions }));
  const workload = readWorkload(traceText('oscar/wilde-default-11').replace(/^\{"op":"init".*\n/m, '')).operations;
  const input = { map, release: '0.3.1', arch: 'x86_64', allocator: 'oscar', config, workload } as const;
  const room = allocatorFor('oscar')!;
  return at(
    new HeapView({
      kind: 'simulation',
      title: 'test',
      source: 'golden trace',
      release: '0.3.1',
      arch: 'x86_64',
      inspect: (reader, snapshot, address) => room.inspect(reader, snapshot, address),
      simulation: Simulation.create(input),
    }),
    40,
  );
}

/** The same heap with nothing but its memory. */
function dumpOf(view: HeapView, config: Readonly<Record<string, string>> = {}): HeapView {
  const { heap } = view.snapshot!;
  // The heap, and what the kernel has above all memory, as far as it was written: statics and, of the preset paper, the page tables.
  const parts = [[0x10000000n, 1024], [toBigInt(STATICS), 1024], [toBigInt(ARENA), 64]] as const; // prettier-ignore
  const pages = parts.flatMap(([base, count]) => Array.from({ length: count }, (_, i) => base + BigInt(i) * 4096n));
  const image = MemoryImage.of(
    pages.flatMap((base) => {
      const bytes = view.reader.bytes(base, 4096);
      return bytes === undefined ? [] : [{ base, bytes }];
    }),
  );
  const room = allocatorFor('oscar')!;
  const snapshot = room.decode(image.reader(), heap, { release: '0.3.1', arch: 'x86_64', config });
  return new HeapView({ kind: 'dump', title: 'ram.bin', source: 'dump', release: '0.3.1', arch: 'x86_64', inspect: () => [], map: undefined, reader: image.reader(), snapshot } as never); // prettier-ignore
}

function oscarOf(view: HeapView, change: Parameters<typeof frameOf>[1] = {}): OscarView {
  const { own } = frameOf(view, change);
  assert.ok(own?.kind === 'oscar');
  return own;
}

const cellAt = ({ frames }: OscarView, address: string) => frames.flatMap((g) => g.cells).find((c) => c.address === address)!;

describe('own picture: Oscar, who had a frame before', () => {
  const view = recorded();
  const own = oscarOf(view, { selection: '0x10013000' });

  it('counts as the design’s picture does: 46 pages, 28 live, 18 revoked, objects numbered as they were handed out', () => {
    assert.match(own.shadowText, /^46 pages handed out, 28 live, 18 revoked for good/);
    assert.deepEqual(own.shadows.filter((s) => s.label === '#12').length, 4);
    assert.equal(own.shadows.at(-1)!.label, '#25');
  });

  it('each frame has its number of owners so far: four, three, two, one, none', () => {
    const counts = ['0x10013000', '0x10009000', '0x10010000', '0x10008000', '0x10027000'].map((a) => cellAt(own, a).owners);
    assert.deepEqual(counts, [4, 3, 0, 1, 0]);
    assert.deepEqual(cellAt(own, '0x10027000').kind, 'empty');
    assert.deepEqual(cellAt(own, '0x10011000').kind, 'own', 'had two owners, and is a page table now');
  });

  it('a frame has its owners one after the other, with the steps that made them dead', () => {
    assert.equal(own.history!.title, 'Frame 0x10013000');
    assert.equal(own.history!.text, '4 owners, one after the other: the old pointers are dead, the page is not');
    assert.deepEqual(
      own.history!.rows.map((r) => [r.pointer, `${r.label} ${r.call}`, r.text]),
      [
        ['0x40000007f08', '#4 malloc(247)', 'revoked at step 11: any access faults'],
        ['0x4000000dfe0', '#7 malloc(30)', 'revoked at step 18: any access faults'],
        ['0x40000018ff0', '#13 calloc(14, 1)', 'revoked at step 35: any access faults'],
        ['0x4000002da58', '#25 malloc(1444)', 'live'],
      ],
    );
    for (const [i, row] of own.history!.rows.entries())
      assert.ok(row.from! < row.to! && row.to! <= (own.history!.rows[i + 1]?.from ?? 1) + 1e-9, row.label);
    assert.deepEqual([own.history!.from, own.history!.to], ['step 1', 'step 40']);
  });

  it('its dead owners are marked with it among the shadows, and name it', () => {
    const marked = own.shadows.filter((s) => s.selected);
    assert.deepEqual(
      marked.map((s) => [s.address, s.frame, s.was]),
      [
        ['0x40000007000', '', '0x10013000'],
        ['0x4000000d000', '', '0x10013000'],
        ['0x40000018000', '', '0x10013000'],
        ['0x4000002d000', '0x10013000', ''],
      ],
    );
    assert.match(marked[0]!.text, /was #4 malloc\(247\), was frame 0x10013000$/);
  });

  it('knows only what was so far: at an earlier step a later owner is not there', () => {
    at(view, 20);
    const earlier = oscarOf(view, { selection: '0x10013000' });
    assert.deepEqual(
      earlier.history!.rows.map((r) => r.label),
      ['#4', '#7'],
    );
    assert.equal(cellAt(earlier, '0x10013000').owners, 2);
    at(view, 40);
  });

  it('a dead pointer: the walk with its marks, whose it was, who took it, and whose the frame is now', () => {
    const { probe } = oscarOf(view, { probe: 'read 0x40000007f08' });
    assert.deepEqual(
      probe.steps.map((s) => `${s.title} ${s.mark!}`),
      ['L4[8] ✓', 'L3[0] ✓', 'L2[0] ✓', 'L1[7] ✗'],
    );
    assert.equal(probe.answer, 'Fault. It was #4 malloc(247), freed by realloc at step 11. The frame is now #25’s.');
    assert.match(oscarOf(view, { probe: '0x4000000dfe0' }).probe.steps.at(-1)!.text, /^entry 0xfffffffffffffffe at 0x[0-9a-f]+: revoked$/); // prettier-ignore
    assert.equal(oscarOf(view, { probe: '0x4000002da58' }).probe.answer, 'Reaches 0x10013a58, in #25 malloc(1444).');
    assert.equal(oscarOf(view, { probe: '0x50000000000' }).probe.answer, 'Fault. The page was never handed out.');
  });

  it('a shadow that is selected leads to its frame, a dead one to the frame that it had', () => {
    assert.equal(oscarOf(view, { selection: '0x4000002da58' }).history!.title, 'Frame 0x10013000');
    assert.equal(oscarOf(view, { selection: '0x40000007f08' }).history!.title, 'Frame 0x10013000');
  });

  it('a dump says that memory does not keep it, and counts nobody', () => {
    const dump = oscarOf(dumpOf(view), { selection: '0x10013000', probe: '0x4000000dfe0' });
    assert.match(dump.framesText, /memory does not keep who was on them before$/);
    assert.ok(dump.frames.every((g) => g.cells.every((c) => c.owners === 0)));
    assert.deepEqual(
      dump.history!.rows.map((r) => r.text),
      ['live'],
    );
    assert.match(dump.history!.note, /^Who had it before is not known/);
    assert.match(
      dump.probe.answer!,
      /^Fault\. The page is revoked: any access to it faults\. Whose it was, memory does not keep\.$/,
    );
  });

  it('entries that are only made inaccessible still name their frame, also in a dump', () => {
    const config = { CONFIG_LIBOSCAR_PAPER: 'y', CONFIG_LIBOSCAR_PROTECT: 'y' };
    const paper = recorded(config);
    const dead = oscarOf(paper).shadows.find((s) => s.state === 'revoked' && s.was !== '')!;
    const dump = oscarOf(dumpOf(paper, config), { selection: dead.was });
    assert.ok(dump.shadows.some((s) => s.address === dead.address && s.selected && s.was === dead.was));
    assert.ok(dump.history!.rows.some((r) => !r.live));
  });
});
