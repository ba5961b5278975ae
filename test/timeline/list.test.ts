// A simulation of an input with a firmware's map: the making of the region list comes first, step by step, forward and back.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readInput } from '../../src/readers/input';
import { Simulation } from '../../src/timeline/simulation';
import { buildStrip } from '../../src/view/strip';
import type { Descriptor } from '../../src/regions/descriptor';

const NAME = 'firmware-pc-4G.ukboot.json';
const { map } = readInput(NAME, readFileSync(join(__dirname, '../../examples', NAME)));
const simulate = (): Simulation =>
  Simulation.create({
    map,
    release: '0.17.0',
    arch: 'x86_64',
    allocator: 'bbuddy',
    config: map.hints.config ?? {},
    workload: [],
  });
const bases = (list: readonly Descriptor[]): string[] => list.map((d) => d.fields.pbase!.value!.toString(16));

describe('a boot from the firmware on', () => {
  const simulation = simulate();
  const calls = simulation.list!.calls.length;
  const infos = Array.from({ length: simulation.operationCount }, (_, i) => simulation.info(i));

  it('makes the list first, then boots on it', () => {
    assert.deepEqual([...new Set(infos.map((i) => i.phase))], ['list', 'boot', 'after']);
    assert.ok(infos.slice(0, calls).every((i) => i.phase === 'list'));
    assert.equal(infos[calls]!.title, 'Initialize memory allocator...');
    assert.equal(simulation.outcome.kind, 'heap');
    assert.equal(simulation.snapshot()?.heap, 0x12000n);
    assert.deepEqual(bases(simulation.input.map.descriptors).slice(0, 3), ['1000', '2000', '12000']);
  });

  it('names calls and steps in the C code’s terms, with results', () => {
    const kinds = infos.slice(0, calls).map((i) => i.kind);
    const inserts = kinds.filter((k) => k === 'insert').length;
    assert.equal(inserts, 3 + 1 + 7); // the legacy area, the command line, the map without its entry of 1 KiB
    assert.deepEqual(
      kinds.filter((k) => k !== 'insert'),
      ['begin', 'leave-out', 'coalesce', 'alloc', 'alloc', 'mem_init', 'print', 'print'],
    );
    const stack = infos.findLastIndex((i) => i.kind === 'alloc');
    assert.equal(infos[stack]!.result, '0x2000');
    const steps = simulation.steps(infos.findIndex((i) => i.kind === 'coalesce'));
    assert.ok(steps.length > 10);
    assert.deepEqual([...new Set(steps.map((s) => s.file))], ['plat/common/memory.c']);
    assert.ok(steps.some((s) => s.fn === 'overlapping_mrd_fixup' && s.text.includes('loses its front')));
    assert.ok(steps.some((s) => s.fn === 'ukplat_memregion_swap_if_unordered'));
  });

  it('each message stands at its step', () => {
    const cut = simulation.lines().find((l) => l.text.startsWith('Memory 000100000000-'))!;
    const step = simulation.steps(cut.operation)[cut.step - 1]!;
    assert.equal(step.fn, 'ukplat_mem_init');
    assert.match(step.text, /0x100000000 lies outside the mapped area: delete/);
    assert.equal(cut.lib, 'libkvmplat');
  });

  it('the list before and after each step, the same forward and back', () => {
    simulation.restart();
    const seen: { before: string[]; after: string[] }[] = [];
    const now = (): { before: string[]; after: string[] } => {
      const list = simulation.listNow()!;
      return { before: bases(list.before), after: bases(list.after) };
    };
    while (simulation.stepForward() && simulation.listNow() !== undefined) seen.push(now());
    assert.ok(seen.length > 30, String(seen.length));
    seen.forEach((s, i) => {
      if (i > 0) assert.deepEqual(s.before, seen[i - 1]!.after, `step ${String(i)}`);
    });
    assert.deepEqual(seen.at(-1)!.after, bases(simulation.input.map.descriptors));
    for (const s of seen.toReversed()) {
      assert.ok(simulation.stepBack());
      assert.deepEqual(now(), s);
    }
  });

  it('no region is decided while the list is made, and the heap is not there', () => {
    simulation.seek({ operation: calls - 1, step: 1 });
    assert.ok(simulation.decisions().every((d) => d.kind === 'not-reached'));
    assert.equal(simulation.snapshot(), undefined);
    simulation.runToEnd();
    assert.ok(simulation.decisions().every((d) => d.kind !== 'not-reached'));
    assert.equal(simulation.listNow(), undefined);
  });

  it('the strip marks what a step changed', () => {
    simulation.seek({ operation: infos.findIndex((i) => i.kind === 'insert'), step: 1 });
    const list = simulation.listNow()!;
    const strip = buildStrip({ ...map, descriptors: list.after }, '0.17.0', [], list.changed);
    const marked = strip.items.filter((i) => i.kind === 'region' && i.changed === true);
    assert.equal(marked.length, 1);
  });

  it('a boot that stops while the list is made stops the simulation there', () => {
    const firmware = { ...map.firmware!, protocol: 'lxboot', cmdline: { base: 0n, len: 1n } } as const;
    const stopped = Simulation.create({ ...simulation.input, map: { ...map, firmware }, workload: [] });
    assert.equal(stopped.outcome.kind, 'stopped');
    assert.equal(stopped.outcome.message, 'Command line address is zero');
  });
});
