// The strongest thing that can be said of a simulator: the whole recorded run, simulated, ends at each stage in the bytes of the real
// kernel's memory, wherever the allocator wrote them and nobody else did since.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { holdAgainst, simulationBeside, type Held } from '../../src/dumps/hold';
import { openDump, type DumpPart, type OpenedDump } from '../../src/dumps/open';
import type { Simulation } from '../../src/timeline/simulation';
import { captureNamed, captures, type Capture } from '../support/captures';

const BESIDE = ['mem/index.json', 'kconfig-full.txt', 'alloc-trace.jsonl', 'gdb/10-pre-heap.txt', 'elf/nm-memory-symbols.txt'];

function open(capture: Capture, file: string, bytes = capture.bytes(file)): OpenedDump {
  const beside = BESIDE.map((name): DumpPart => ({ name: basename(name), bytes: capture.bytes(name) }));
  return openDump([{ name: basename(file), bytes }, ...beside]);
}

function hold(dump: OpenedDump): { held: Held; simulation: Simulation } {
  const simulation = simulationBeside(dump);
  if (typeof simulation === 'string') assert.fail(simulation);
  const held = holdAgainst(dump, simulation);
  if (typeof held === 'string') assert.fail(held);
  return { held, simulation };
}

const textOf = (answer: string | object): string => (typeof answer === 'string' ? answer : '');
const wrongOf = (held: Held): unknown[] => held.bytes.filter((b) => b.expected === undefined);

describe('dumps: held against the simulation of the same boot', () => {
  let compared = 0;
  for (const capture of captures) {
    if (!capture.has('alloc-trace.jsonl')) continue;
    for (const dump of capture.dumps()) {
      const file = dump.file.replace(/\.gz$/, '');
      if (!/^mem\/(ram|virt|core)-/.test(file)) continue;
      it(`${capture.name}, ${basename(file)}: the same state, and every byte that the allocator wrote`, () => {
        const { held, simulation } = hold(open(capture, file));
        assert.equal(held.exact, true, JSON.stringify(held.states.slice(0, 3)));
        assert.deepEqual(held.states.length > 0 && capture.facts.allocator !== 'mimalloc' ? held.states : [], []);
        assert.deepEqual(held.calls, []);
        assert.deepEqual(wrongOf(held), []);
        assert.equal(held.first, undefined);
        if (dump.stage === 'main-5') assert.equal(held.operation, simulation.operationCount - 1);
        compared += held.compared;
      });
    }
  }

  it('hundreds of thousands of bytes were compared', () => assert.ok(compared > 700_000, String(compared)));
});

describe('dumps: what differs from the simulation', () => {
  const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
  const file = 'mem/ram-main-3.bin';
  const changed = (address: number, value: bigint): OpenedDump => {
    const bytes = Uint8Array.from(capture.bytes(file));
    new DataView(bytes.buffer).setBigUint64(address, value, true);
    return open(capture, file, bytes);
  };

  it('a counter: its field, both values, and the step that wrote it last', () => {
    const { held } = hold(changed(0x12070, 1n));
    assert.equal(held.exact, false);
    assert.ok(held.states.some((s) => s.where === 'state.nr_free_pages'));
    assert.equal(held.first?.address, 0x12070n);
    assert.equal(held.first.name?.field, 'nr_free_pages');
    assert.equal(held.first.name.structure, 'struct uk_bbpalloc');
    assert.match(held.first.by, /pfree/);
  });

  it('a sentinel, a bit of the bitmap, a link: each by name', () => {
    const sentinel = hold(changed(0x12070 + 424 + 24 * 3 + 8, 0xdeadn)).held;
    assert.deepEqual(
      sentinel.bytes.filter((b) => b.expected === undefined).map((b) => b.name?.field),
      ['free_tail[3].pprev'],
    );
    const bitmap = hold(changed(0x180028 + 64, 0x5555n)).held;
    assert.ok(bitmap.bytes.some((b) => b.name?.field.startsWith('mm_alloc_bitmap[') === true));
    const link = hold(changed(0x2000000 + 8, 0x1n)).held;
    assert.deepEqual(
      link.bytes.filter((b) => b.expected === undefined).map((b) => b.name?.field),
      ['pprev'],
    );
  });

  it('bytes in a block that somebody was given are theirs', () => {
    const { held } = hold(changed(0x184000 + 64, 0xffffn));
    assert.deepEqual(wrongOf(held), []);
  });

  it('another boot is told to be another one', () => {
    const other = captureNamed('0.16.3-arm64-bbuddy-64M');
    const dump = open(capture, file);
    const simulation = simulationBeside(open(other, 'mem/ram-main-3.bin'));
    assert.ok(typeof simulation !== 'string');
    assert.match(textOf(holdAgainst(dump, simulation)), /not the same boot/);
  });

  it('without descriptors there is no simulation, and the reason is told', () => {
    const bytes = captureNamed('0.17.0-x86_64-bbuddy-4G').bytes('mem/heap0-main-4.bin');
    assert.match(textOf(simulationBeside(openDump([{ name: 'heap0.bin', bytes }], { at: 0x12000n }))), /descriptors/);
  });
});
