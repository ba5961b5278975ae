// The captured mimalloc heap: what is decoded from each dump must be what GDB printed in the same stage, and what the simulated boot
// with the recorded calls comes to.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { mimalloc } from '../../src/allocators/mimalloc';
import { hex } from '../../src/memory/address';
import { readGdbText } from '../../src/readers/gdb-text';
import { entryFor, readIndex, readIndexedImage } from '../../src/readers/raw-image';
import { readSymbols } from '../../src/readers/symbols';
import { readWorkload } from '../../src/readers/workload';
import type { MimallocDetails } from '../../src/snapshot/mimalloc';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';
import { Simulation } from '../../src/timeline/simulation';
import { TRANSCRIPTS } from '../support/captured-heap';
import { captureNamed, type CapturedDump } from '../support/captures';
import { configOf } from '../support/config';

const capture = captureNamed('0.10.0-x86_64-mimalloc-512M');
const { release, arch } = capture.facts;
const config = configOf(capture);
const SYMBOLS = readSymbols(capture.text('elf/nm-memory-symbols.txt'));

function decode(dump: CapturedDump, symbols: ReadonlyMap<string, bigint> | undefined): HeapSnapshot {
  const entry = entryFor(readIndex(capture.text('mem/index.json')), basename(dump.file))!;
  const { image } = readIndexedImage(capture.bytes(dump.file.replace(/\.gz$/, '')), entry);
  const options = { release, arch, config, ...(symbols && { symbols }) };
  return mimalloc.decode(image.reader(), BigInt(capture.facts.heap), options);
}

function details({ details: d }: HeapSnapshot): MimallocDetails {
  assert.equal(d?.kind, 'mimalloc');
  return d;
}

/** A value as GDB printed it: `count = 2`. */
function printed(text: string, pattern: RegExp): string | undefined {
  return pattern.exec(text)?.[1];
}

/** The pages that GDB's own walk of the queues found, a line each. */
function queueRows(text: string): string[] {
  return [...text.matchAll(/^bin +\d+ block_size .*$/gm)].map(([line]) =>
    line.replace(/ xfree .*$/, '').replace(/^bin +/, 'bin '),
  );
}

const link = (a: bigint | undefined): string => (a === undefined || a === 0n ? '0' : hex(a));

function decodedRows({ queues, segments }: MimallocDetails): string[] {
  const pages = new Map(segments.flatMap((s) => s.pages.map((p) => [p.descriptor, p])));
  const block = (p: (typeof segments)[number]['pages'][number], index: number | undefined): bigint | undefined =>
    index === undefined ? undefined : p.start + BigInt(index) * BigInt(p.blockSize);
  return queues.flatMap((q) =>
    q.pages.map((address) => {
      const p = pages.get(address)!;
      const counts = `used ${p.used} capacity ${p.capacity} reserved ${p.reserved}`;
      const heads = `free ${link(block(p, p.free[0]))} local_free ${link(block(p, p.localFree[0]))}`;
      return `bin ${q.bin} block_size ${q.blockSize} page ${hex(address)} ${counts} ${heads}`;
    }),
  );
}

/** The pointers that main() holds: `print slot`. */
function slots(text: string): bigint[] {
  const list = /\(gdb\) print slot\n\$\d+ = \{([^}]*)\}/.exec(text)?.[1] ?? '';
  return list
    .split(',')
    .map((s) => BigInt(s.trim().split(' ')[0]!))
    .filter((p) => p !== 0n);
}

describe('captured mimalloc heap', () => {
  let rows = 0;
  for (const dump of capture.dumps()) {
    const transcript = TRANSCRIPTS[dump.stage];
    if (transcript === undefined) continue;
    const text = capture.text(transcript);

    it(`${basename(dump.file)}: what GDB printed`, () => {
      const snapshot = decode(dump, SYMBOLS);
      const errors = snapshot.findings.filter((f) => f.severity === 'error');
      assert.deepEqual(errors, []);
      const d = details(snapshot);
      assert.equal(d.mode, printed(text, /\(gdb\) print __initialized\n\$\d+ = (\d)/) === '1' ? 'ready' : 'early');
      const bump = /\{heap_top = (0x[0-9a-f]+), heap_base = (0x[0-9a-f]+)\}/.exec(text)!;
      assert.deepEqual(snapshot.state.region, { heap_base: bump[2], heap_top: bump[1] });
      if (d.mode === 'early') return;

      const walked = queueRows(text);
      assert.ok(walked.length > 5);
      assert.deepEqual(decodedRows(d), walked);
      rows += walked.length;
      const { heap, tld } = snapshot.state as { heap: Record<string, unknown>; tld: Record<string, unknown> };
      assert.equal(String(heap.page_count), printed(text, /print _mi_heap_main\.page_count\n\$\d+ = (\d+)/));
      const segments = /^\$\d+ = \{small_free = .*$/m.exec(text)![0];
      for (const name of ['count', 'peak_count'])
        assert.equal(String(tld[name]), printed(segments, new RegExp(` ${name} = (\\d+)`)));
      assert.equal(Number(tld.current_size), Number(printed(segments, / current_size = (\d+)/)));
      assert.equal(
        hex((tld.small_free as string[]).length === 0 ? 0n : BigInt((tld.small_free as string[])[0]!)),
        printed(segments, /small_free = \{first = (0x[0-9a-f]+)/),
      );
      const live = slots(text);
      for (const p of live) assert.equal(snapshot.blocks.holding(p)?.state, 'used', hex(p));
      // Every block in use is one that main() holds; all that came before the switch is one block.
      assert.equal(snapshot.metrics.usedBlocks, live.length + 1);
    });

    it(`${basename(dump.file)}: without symbols the segments are the same`, () => {
      const [known, guessed] = [decode(dump, SYMBOLS), decode(dump, undefined)];
      assert.deepEqual(guessed.state.segments, known.state.segments);
      assert.deepEqual(
        guessed.findings.filter((f) => f.severity === 'error'),
        [],
      );
    });
  }

  it('so many pages were compared', () => assert.ok(rows >= 50, String(rows)));

  it('main-5: the simulated boot with the recorded calls comes to the same state', () => {
    const workload = readWorkload(capture.text('alloc-trace.jsonl')).operations;
    const map = readGdbText(capture.text('gdb/10-pre-heap.txt'), { release, config });
    const simulation = Simulation.create({ map, release, arch, allocator: 'mimalloc', config, workload, after: false });
    simulation.runToEnd();
    const real = decode(
      capture.dumps().find((d) => d.stage === 'main-5')!,
      SYMBOLS,
    );
    const withoutClock = ({ state }: HeapSnapshot): unknown => {
      const { tld, mem_regions, ...rest } = state as { tld: { pages_reset: [string, number][] }; mem_regions?: unknown[] };
      assert.equal(mem_regions?.length ?? 0, 0); // nm-memory-symbols.txt leaves the static table out
      return { ...rest, tld: { ...tld, pages_reset: tld.pages_reset.map(([page]) => page) } };
    };
    assert.deepEqual(withoutClock(simulation.snapshot()!), withoutClock(real));
    assert.match(real.findings.find((f) => f.code === 'lost-memory')!.message, /^276 MiB of 510\.3 MiB/);
  });
});
