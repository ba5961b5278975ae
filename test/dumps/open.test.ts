// Every dump of every capture, opened with nothing but itself and the index that says where its bytes belong: memory alone must tell where
// the heap is, which allocator it is, and of which releases.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { openDump, type DumpPart, type OpenedDump } from '../../src/dumps/open';
import { hex } from '../../src/memory/address';
import { TRANSCRIPTS } from '../support/captured-heap';
import { captures, captureNamed, type Capture, type CapturedDump } from '../support/captures';

function partsOf(capture: Capture, dump: CapturedDump): DumpPart[] {
  const file = dump.file.replace(/\.gz$/, '');
  return [
    { name: basename(file), bytes: capture.bytes(file) },
    { name: 'index.json', bytes: capture.bytes('mem/index.json') },
  ];
}

/** What main() printed at each stage. */
const MARKS: Readonly<Record<string, string>> = {
  'main-1': 'start',
  'main-2': 'allocated',
  'main-3': 'freed-some',
  'main-4': 'reused',
  'main-5': 'freed-all',
};

const whole = (dump: CapturedDump): boolean => /^mem\/(ram|virt|core|heap0)-/.test(dump.file) && dump.stage !== 'pre-heap';

function errorsOf({ snapshot }: OpenedDump): unknown[] {
  return (snapshot?.findings ?? []).filter((f) => f.severity === 'error');
}

for (const capture of captures) {
  describe(`dumps: ${capture.name}`, () => {
    const { facts } = capture;
    for (const dump of capture.dumps().filter(whole)) {
      it(`${basename(dump.file)}: memory alone tells heap, allocator, era and options`, () => {
        const opened = openDump(partsOf(capture, dump));
        assert.equal(hex(opened.heap?.address ?? 0n), facts.heap);
        assert.equal(opened.choices.allocator, facts.allocator);
        assert.ok(opened.releases.includes(facts.release), opened.releases.join(' '));
        assert.deepEqual(
          opened.checks.filter((c) => !c.holds),
          [],
        );
        const independent = new Set(opened.checks.filter((c) => c.about === 'allocator' || c.about === 'heap').map((c) => c.by));
        assert.ok(independent.size >= 2, [...independent].join(', '));
        assert.deepEqual(errorsOf(opened), []);
        assert.deepEqual(
          opened.problems.filter((p) => p.severity === 'error'),
          [],
        );
        const transcript = TRANSCRIPTS[dump.stage];
        if (facts.allocator === 'bbuddy' && transcript !== undefined && !/heap0/.test(dump.file)) {
          // The free lists, entry by entry, as GDB walked them in the same stage; the counters as main() printed them.
          const want: Record<string, string[]> = {};
          for (const [, order, chunk] of capture.text(transcript).matchAll(/^order +(\d+) {2}chunk (0x[0-9a-f]+)/gm))
            (want[order!] ??= []).push(chunk!);
          assert.deepEqual(opened.snapshot?.state.free, want);
          const mark = facts.marks.find((m) => m.mark === MARKS[dump.stage]);
          if (mark !== undefined) {
            assert.equal(opened.snapshot.metrics.free, mark.availmem);
            if (opened.choices.release === facts.release) assert.equal(opened.snapshot.metrics.largestRequest, mark.maxalloc);
          }
        }
        // What holds the kernel's data holds its descriptors as well.
        if (facts.descriptors !== undefined && !/^mem\/(virt|heap0)/.test(dump.file)) {
          assert.deepEqual(
            opened.map.descriptors.map((d) => hex(d.fields.pbase!.value!)),
            facts.descriptors.map((d) => d.pbase),
          );
          const named = opened.map.descriptors.some((d) => d.name !== undefined);
          assert.equal(named, facts.descriptorSize !== 48);
        }
        if (facts.variant === 'stats') assert.equal(opened.choices.config.CONFIG_LIBUKALLOC_IFSTATS, 'y');
      });
    }
  });
}

describe('dumps: what is given beside the memory', () => {
  const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
  const dump = capture.dumps().find((d) => d.file === 'mem/ram-main-3.bin.gz')!;
  const memory = partsOf(capture, dump);
  const part = (file: string): DumpPart => ({ name: basename(file), bytes: capture.bytes(file) });

  it('symbols lead to the heap, and the names of its functions are a third check', () => {
    const opened = openDump([...memory, part('elf/nm-memory-symbols.txt')]);
    assert.equal(opened.heap?.by, 'symbol');
    assert.deepEqual(
      opened.checks.filter((c) => c.by === 'symbols').map((c) => [c.about, c.holds]),
      [['allocator', true]],
    );
  });

  it('a session, a configuration and the calls are understood together with the dump, in any order', () => {
    const files = ['gdb/33-main-stage3.txt', 'kconfig-full.txt', 'alloc-trace.jsonl'].map(part);
    for (const parts of [
      [...files, ...memory],
      [...memory, ...files.reverse()],
    ]) {
      const opened = openDump(parts);
      assert.equal(opened.choices.release, '0.17.0');
      assert.deepEqual(opened.assumed, []);
      assert.ok(opened.workload!.operations.length > 40);
      assert.equal(opened.heap?.address, 0x12000n);
    }
  });

  for (const [text, by] of [
    ['0x12000', 'said'],
    ['73728', 'said'],
    ['*(struct uk_alloc **)0x177500', 'said'],
    ['_uk_alloc_head', 'said'],
    ['*_uk_alloc_head', 'said'],
    ['(char *)_uk_alloc_head + 0', 'said'],
    ['0x177500', 'said'],
  ] as const) {
    it(`the heap may be said as ${text}`, () => {
      const opened = openDump([...memory, part('elf/nm-memory-symbols.txt')], { heap: text });
      assert.equal(opened.heap?.address, 0x12000n);
      assert.equal(opened.heap.by, by);
      assert.ok(!opened.heap.guess);
    });
  }

  it('an expression that cannot be evaluated is told, and nothing is thrown', () => {
    for (const heap of ['_no_such_symbol', '*(long *)0x7fffffffffff', '1 +', '((((', '4 / 0', '0x12000 zzz', '']) {
      const opened = openDump(memory, { heap });
      assert.equal(opened.snapshot, undefined, heap);
      assert.ok(
        opened.problems.some((p) => p.code === 'no-heap' && p.message.includes(heap)),
        heap,
      );
    }
  });

  it('a wrong release or allocator is used as said, and told to differ', () => {
    const opened = openDump(memory, { release: '0.10.0' });
    assert.equal(opened.choices.release, '0.10.0');
    assert.ok(opened.problems.some((p) => p.code === 'release-differs'));
    const other = openDump(memory, { allocator: 'tlsf', heap: '0x12000' });
    assert.equal(other.choices.allocator, 'tlsf');
    assert.ok(other.problems.some((p) => p.code === 'not-recognised'));
  });

  it('a raw binary without an address is placed by what it holds, and told to be', () => {
    for (const name of ['0.17.0-x86_64-bbuddy-64M', '0.17.0-arm64-bbuddy-128M', '0.10.0-x86_64-bbuddy-64M']) {
      const from = captureNamed(name);
      const bytes = from.bytes('mem/ram-main-3.bin');
      const opened = openDump([{ name: 'memory.bin', bytes }]);
      assert.equal(hex(opened.heap?.address ?? 0n), from.facts.heap, name);
      assert.ok(opened.problems.some((p) => p.code === 'base-guessed'));
    }
  });

  it('physical memory of a kernel with paging is read through its page tables', () => {
    for (const [file, says] of [
      ['core-main-3.elf', /CR3 in the note/],
      ['ram-main-3.bin', /found by their contents/],
    ] as const) {
      const paging = captureNamed('0.17.0-x86_64-bbuddy-paging-64M');
      if (!paging.has(`mem/${file}`)) continue;
      const parts = [
        { name: file, bytes: paging.bytes(`mem/${file}`) },
        { name: 'index.json', bytes: paging.bytes('mem/index.json') },
      ];
      const opened = openDump(parts);
      assert.equal(opened.space, 'paged');
      assert.equal(opened.heap?.address, 0x400000000n);
      assert.ok(opened.notes.some((n) => says.test(n)));
    }
  });
});
