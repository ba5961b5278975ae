// TLSF: the specification's worked examples, where a request goes, the defects of the C code, and where it would run wild.

import assert from 'node:assert/strict';
import { tlsf } from '../../../src/allocators/tlsf';
import { classRange, insertClass, searchClass } from '../../../src/allocators/tlsf/mapping';
import { Kernel, KernelStop } from '../../../src/allocators/kernel';
import { sizeFrom, type Heap } from '../../../src/allocators/ukalloc';
import { toBigInt } from '../../../src/memory/address';
import { simReader } from '../../../src/memory/reader';
import { SimMemory } from '../../../src/memory/sim-memory';
import type { HeapSnapshot } from '../../../src/snapshot/snapshot';
import { simulate } from '../../support/boot';
import { paged } from '../../support/maps';

const BASE = 0x4000_0000;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

function heapOf(
  length: number,
  config: Readonly<Record<string, string>> = {},
): { heap: Heap; decode: () => HeapSnapshot; kernel: Kernel } {
  const options = { release: '0.17.0', arch: 'x86_64', config } as const;
  const kernel = new Kernel(new SimMemory(BASE, Math.min(length, 4 * MIB)));
  const heap = tlsf.init(kernel, BASE, length, options);
  assert.ok(heap);
  return { heap, kernel, decode: () => tlsf.decode(simReader(kernel.mem), toBigInt(BASE), options) };
}

const stops = (kind: KernelStop['kind'], text: RegExp) => (problem: unknown) =>
  problem instanceof KernelStop && problem.kind === kind && text.test(problem.message);

describe('TLSF: classes', () => {
  for (const [asked, block] of [
    [100, 128],
    [500, 528],
    [1000, 1024],
    [1050, 1088],
    [1100, 1120],
    [3000, 3072],
    [5000, 5120],
    [65536, 67584],
  ] as const) {
    it(`${asked} bytes asked become a block of ${block}`, () => {
      assert.equal(searchClass(BigInt(asked + 16), 5).rounded, BigInt(block));
    });
  }

  it('a class holds exactly the sizes of its range', () => {
    for (let l = 3; l <= 5; l++) {
      for (let size = 16; size < 4096; size += 16) {
        const { from, to } = classRange(insertClass(BigInt(size), l), l);
        assert.ok(size >= from && size < to, `L=${l}, ${size}: ${from} … ${to}`);
      }
    }
  });

  it('every block of the class that is searched is large enough', () => {
    for (let size = 16; size < 20_000; size += 16) {
      const { rounded, fl, sl } = searchClass(BigInt(size), 5);
      assert.ok(classRange({ fl, sl }, 5).from >= size && rounded >= BigInt(size));
    }
  });

  it('below 3, a class of row 0 holds sizes smaller than a request that is sent there', () => {
    const request = searchClass(48n, 2);
    assert.ok(classRange(request, 2).from < 48);
  });
});

describe('TLSF: the worked example', () => {
  const { heap, decode } = heapOf(0x10000);

  it('init makes one free block of 0xe6c0 in (9,25)', () => {
    const { state } = decode();
    assert.deepEqual(state.matrix, { '9,25': ['0x40001920'] });
    assert.deepEqual(state.areas, [['0x40001910', '0x4000fff0']]);
  });

  it('malloc(0) gives the 0 bytes behind its record', () => {
    assert.equal(heap.malloc(0), 0x40001940);
    assert.deepEqual(decode().state.matrix, { '9,25': ['0x40001940'] });
  });

  it('the queries and addmem answer -ENOTSUP', () => {
    assert.deepEqual([heap.availmem(), heap.maxalloc(), heap.addmem(0x5000_0000, 0x1000)], [-95, -95, -95]);
  });
});

describe('TLSF: the way of a request', () => {
  const { heap, decode } = heapOf(0x10000);
  const details = (() => {
    const { details: found } = decode();
    assert.ok(found?.kind === 'tlsf');
    return found;
  })();

  it('1100 bytes search (4,3), find (9,25) and split its block', () => {
    const request = details.request(1100n);
    assert.equal(request.withRecord, 1116n);
    assert.equal(request.rounded, 1120n);
    assert.equal(request.searchClass, 4 * 32 + 3);
    assert.equal(request.foundClass, 9 * 32 + 25);
    assert.equal(request.outcome, 'split');
    assert.equal(request.rest, 0xe6c0 - 1120 - 16);
  });

  it('what is foretold happens', () => {
    for (const size of [0, 1, 100, 5000, 20_000, 60_000, 2 ** 20]) {
      const fresh = heapOf(0x10000);
      const found = fresh.decode().details;
      assert.ok(found?.kind === 'tlsf');
      const { block } = found.request(BigInt(size));
      assert.equal(toBigInt(fresh.heap.malloc(size)), block === undefined ? 0n : block + 32n, String(size));
    }
  });

  it('the largest request is met, one byte more is not', () => {
    const { largestRequest } = decode().metrics;
    assert.equal(heap.malloc(largestRequest + 1), 0);
    assert.notEqual(heap.malloc(largestRequest), 0);
  });

  it('the grid counts what is in each list', () => {
    assert.equal(details.rows * details.columns, details.counts.length);
    assert.equal(details.counts[9 * 32 + 25], 1);
    assert.equal(details.bytes[9 * 32 + 25], 0xe6c0);
    assert.equal(details.headAddress(9 * 32 + 25), 0x4000_0080n + 120n + 8n * (9n * 32n + 25n));
  });
});

describe('TLSF: defects of the C code', () => {
  it('a heap of 1 GiB and 64 MiB stops in init: its list head would be the size of the info block', () => {
    assert.throws(() => heapOf(GIB + 65 * MIB), stops('wild', /row 24 does not exist/));
  });

  it('a heap of 1040 MiB works by luck, and is told of', () => {
    const { findings } = heapOf(1040 * MIB).decode();
    assert.ok(findings.some((f) => f.code === 'huge-block'));
  });

  it('a region of 4 GiB and 1 MiB becomes a heap of 1 MiB', () => {
    const { metrics } = heapOf(4 * GIB + MIB).decode();
    assert.ok(metrics.total <= MIB, String(metrics.total));
    const known = tlsf.remarks!(0x4000_0000n, BigInt(4 * GIB + MIB), { release: '0.17.0', arch: 'x86_64', config: {} });
    assert.deepEqual(
      known.map((r) => r.code),
      ['size-cut'],
    );
  });

  it('palloc(2^20) on 1 MiB stops: the block found is too small, and would be split beyond its end', () => {
    assert.throws(() => heapOf(MIB).heap.palloc(2 ** 20), stops('wild', /split it beyond its end/));
  });

  it('malloc(2^64 - 17) wraps to a block of 0 bytes and succeeds', () => {
    const { heap, decode } = heapOf(0x10000);
    assert.notEqual(heap.malloc(sizeFrom(2n ** 64n - 17n)), 0);
    assert.ok(decode().findings.some((f) => f.code === 'empty-block'));
    assert.equal(heap.malloc(sizeFrom(2n ** 64n - 16n)), 0);
  });

  it('calloc of such a size stops instead of zeroing all memory', () => {
    assert.throws(() => heapOf(0x10000).heap.calloc(1, sizeFrom(2n ** 64n - 17n)), stops('wild', /zeroes memory/));
  });

  it('calloc(1, 0) traps', () => {
    assert.throws(() => heapOf(0x10000).heap.calloc(1, 0), stops('crash', /division by zero/));
  });

  it('CONFIG_TLSF_LOG2_SLI=8 divides by zero on the first small request', () => {
    const { heap } = heapOf(MIB, { CONFIG_TLSF_LOG2_SLI: '8' });
    assert.throws(() => heap.malloc(10), stops('crash', /128 \/ 2\^8/));
  });

  for (const l of ['0', '2', '6', '7']) {
    it(`CONFIG_TLSF_LOG2_SLI=${l} is told of`, () => {
      const { findings } = heapOf(MIB, { CONFIG_TLSF_LOG2_SLI: l }).decode();
      assert.ok(findings.some((f) => f.code === 'log2-sli'));
    });
  }

  it('a free of something that is no block stops', () => {
    const { heap, kernel } = heapOf(0x10000);
    const p = heap.malloc(100);
    kernel.mem.setPtr(p - 8, 0x1234);
    assert.throws(() => heap.free(p), stops('wild', /no block of this pool/));
  });

  it('a length of 8 to 15 beyond a multiple of 16 is told to overrun the region', () => {
    const at = (len: bigint) => tlsf.remarks!(0x4000_0000n, len, { release: '0.17.0', arch: 'x86_64', config: {} });
    assert.deepEqual(at(0x10000n), []);
    assert.match(at(0x10008n)[0]!.message, /reaches 8 bytes past/);
    assert.match(at(0x1000fn)[0]!.message, /reaches 1 byte past/);
  });
});

describe('TLSF: as boot allocator', () => {
  const simulation = simulate('0.17.0', 'tlsf', [
    paged(0x10_0000n, 0x1000n),
    paged(0x20_0000n, 0x8_0000n),
    paged(0x40_0000n, 0x10_0000n),
  ]);

  it('refuses a page, takes the next region and loses the rest, in words', () => {
    const decisions = simulation.finalDecisions();
    assert.deepEqual(
      decisions.map((d) => d.kind),
      ['failed', 'init', 'failed'],
    );
    assert.match(decisions[2]!.reason, /no addmem/);
  });

  it('init goes step by step, back and forth', () => {
    simulation.restart();
    const steps: string[] = [];
    while (simulation.stepForward()) {
      const { operation, step } = simulation.cursor;
      const info = simulation.steps(operation)[step - 1];
      if (info !== undefined) steps.push(`${info.fn}: ${info.text}`);
    }
    assert.ok(steps.some((s) => /^init_memory_pool: zero the control structure/.test(s)));
    assert.ok(steps.some((s) => /^mapping_insert: put block/.test(s)));
    while (simulation.stepBack());
    assert.equal(simulation.reader().u32(0x20_0080n), 0);
  });
});
