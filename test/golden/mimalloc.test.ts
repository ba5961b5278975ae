// Golden traces of mimalloc, and its golden image: recorded from the real C code. Everything that they record must come out here.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { mimalloc } from '../../src/allocators/mimalloc';
import { replayTrace } from '../../src/cli/replay/trace';
import { MemoryImage } from '../../src/memory/image';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';
import { goldenTraces, traceText } from '../support/golden';

describe('golden mimalloc', () => {
  const traces = goldenTraces('mimalloc');

  it('all 16 traces are here', () => assert.equal(traces.length, 16));

  for (const trace of traces) {
    it(`${trace}: every recorded output comes out`, () => {
      const text = traceText(trace);
      const verdict = replayTrace(text);
      assert.equal(verdict.kind, 'ok', JSON.stringify(verdict));
      assert.equal(verdict.lines, text.trim().split('\n').length - 1);
    });
  }

  const changes: readonly (readonly [what: string, from: string, to: string])[] = [
    ['a result', '"ret":"0x10430070"', '"ret":"0x10430078"'],
    ['a queue', '"queues":{"1":["0x104000b8"]', '"queues":{"2":["0x104000b8"]'],
    ['a region bit', '"commit":"0x2"', '"commit":"0x3"'],
    ['a debug line', 'allocating 272629760 from', 'allocating 272629761 from'],
  ];
  for (const [what, from, to] of changes) {
    it(`a trace with ${what} changed is refused at its line`, () => {
      const lines = traceText('mimalloc/worked-example').split('\n');
      const at = lines.findIndex((l) => l.includes(from));
      assert.ok(at > 0);
      const verdict = replayTrace(lines.map((l, i) => (i === at ? l.replace(from, to) : l)).join('\n'));
      assert.equal(verdict.kind, 'mismatch', JSON.stringify(verdict));
      assert.equal(verdict.line, at + 1);
    });
  }
});

/** `image-1.json.gz`: a heap image with symbols, and what must be decoded from it. */
interface GoldenImage {
  readonly heap: { readonly base: string; readonly len: string };
  readonly symbols: Readonly<Record<string, { readonly addr: string; readonly size: number }>>;
  readonly ranges: readonly { readonly addr: string; readonly len: number; readonly hex: string }[];
  readonly expect: {
    readonly state: Readonly<Record<string, unknown>>;
    readonly live: readonly { readonly ptr: string; readonly size: number }[];
  };
}

describe('golden mimalloc image', () => {
  const path = join(__dirname, 'traces/mimalloc/image-1.json.gz');
  const golden = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as GoldenImage;
  const heap = BigInt(golden.heap.base);
  const ranges = golden.ranges.map((r) => ({ base: BigInt(r.addr), bytes: new Uint8Array(Buffer.from(r.hex, 'hex')) }));
  // Heap pages that are not listed are zero.
  const image = MemoryImage.of(ranges, [{ base: heap, end: heap + BigInt(golden.heap.len) }]);
  const symbols = new Map(Object.entries(golden.symbols).map(([name, { addr }]) => [name, BigInt(addr)]));
  const decode = (known: boolean): HeapSnapshot =>
    mimalloc.decode(image.reader(), heap, { release: '0.10.0', arch: 'x86_64', config: {}, ...(known && { symbols }) });
  const { op, ...state } = golden.expect.state;

  it('is a state line', () => assert.equal(op, 'state'));

  it('decodes to its expected state', () => {
    const snapshot = decode(true);
    assert.deepEqual(snapshot.state, state);
    assert.deepEqual(snapshot.absent, []);
    assert.deepEqual(
      snapshot.findings.filter((f) => f.severity === 'error'),
      [],
    );
  });

  it('without symbols: finds the same segments with a guessed cookie', () => {
    const snapshot = decode(false);
    assert.deepEqual(snapshot.state.segments, state.segments);
    assert.deepEqual(
      snapshot.findings.filter((f) => f.severity === 'error'),
      [],
    );
    assert.ok(!('heap' in snapshot.state) && !('mem_regions' in snapshot.state));
  });

  for (const known of [true, false]) {
    it(`every live object lies in a used block of its own, symbols ${known ? 'known' : 'unknown'}`, () => {
      const { blocks } = decode(known);
      const seen = new Set<bigint>();
      for (const { ptr, size } of golden.expect.live) {
        const block = blocks.holding(BigInt(ptr));
        assert.equal(block?.state, 'used', ptr);
        assert.ok(BigInt(ptr) + BigInt(size) <= block.base + BigInt(block.size), ptr);
        assert.ok(!seen.has(block.base), ptr);
        seen.add(block.base);
      }
      assert.equal(decode(known).metrics.usedBlocks, golden.expect.live.length + 1); // the objects of the boot are one block
    });

    it(`the blocks cover the heap without gap or overlap, symbols ${known ? 'known' : 'unknown'}`, () => {
      const { blocks } = decode(known);
      let at = heap;
      for (let i = 0; i < blocks.length; i++) {
        assert.equal(blocks.base(i), at);
        at = blocks.end(i);
      }
      assert.equal(at, heap + BigInt(golden.heap.len));
    });
  }
});
