import assert from 'node:assert/strict';
import { changedBetween, DebugMemory, evaluateAddress, readMemory } from '../../../src/extension/debug/memory';
import type { DebugRequests } from '../../../src/extension/debug/memory';
import { readDebugHeap } from '../../../src/extension/debug/heap';
import { captures } from '../../support/captures';
import type { Capture } from '../../support/captures';
import { decodeDump } from '../../support/captured-heap';

/** A debugger as adapters really are: `most` bytes a request, nothing outside of the image, refused ranges. */
class FakeDebugger implements DebugRequests {
  readonly reads: { readonly at: bigint; readonly count: number }[] = [];
  private readonly base: bigint;
  private readonly bytes: Uint8Array;
  private readonly how: { most?: number; refuses?: bigint; symbols?: Record<string, string> };

  constructor(base: bigint, bytes: Uint8Array, how: FakeDebugger['how'] = {}) {
    this.base = base;
    this.bytes = bytes;
    this.how = how;
  }

  request(command: string, args: unknown): Promise<unknown> {
    if (command === 'evaluate') {
      const result = this.how.symbols?.[(args as { expression: string }).expression];
      return result === undefined ? Promise.reject(new Error('No symbol in current context')) : Promise.resolve({ result });
    }
    const { memoryReference, count } = args as { memoryReference: string; count: number };
    const at = BigInt(memoryReference);
    this.reads.push({ at, count });
    const from = Number(at - this.base);
    if (
      count > (this.how.most ?? Infinity) ||
      from < 0 ||
      from >= this.bytes.length ||
      (this.how.refuses !== undefined && this.how.refuses >= at && this.how.refuses < at + BigInt(count))
    )
      return Promise.reject(new Error(`Unable to read memory. (@ ${memoryReference})`));
    const data = Buffer.from(this.bytes.subarray(from, from + count)).toString('base64');
    return Promise.resolve({ address: memoryReference, data });
  }
}

const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i >> 12);
const never = (): boolean => false;
const ignore = (): void => undefined;

describe('memory of a debug session', () => {
  it('what a decoder misses is fetched, and it runs again until it misses nothing', async () => {
    const memory = new DebugMemory(new FakeDebugger(0x10000n, counting(0x20000)));
    const seen = await memory.decode((reader) => [0x10000n, 0x18000n, 0x2f008n].map((a) => reader.u8(a)), ignore, never);
    assert.deepEqual(seen, [0, 8, 31]);
  });

  it('a list is followed from page to page, reading further ahead each time', async () => {
    const bytes = new Uint8Array(0x100000);
    const view = new DataView(bytes.buffer);
    for (let page = 0; page < 255; page++) view.setBigUint64(page * 4096, BigInt(page + 1) * 4096n, true);
    const debug = new FakeDebugger(0n, bytes);
    const length = await new DebugMemory(debug).decode(
      (reader) => {
        let count = 0;
        for (let at: bigint | undefined = 0n; at !== undefined; count++) {
          const next = reader.u64(at);
          at = next === 0n ? undefined : next;
        }
        return count;
      },
      ignore,
      never,
    );
    assert.equal(length, 256);
    // One page a request would be 256 of them; some are spent on finding the end.
    assert.ok(debug.reads.length < 64, `${String(debug.reads.length)} requests`);
  });

  it('a read that is refused for its size is halved until it works', async () => {
    const debug = new FakeDebugger(0n, counting(0x10000), { most: 4096 });
    const bytes = await new DebugMemory(debug).decode((reader) => reader.bytes(0n, 0x8000), ignore, never);
    assert.equal(bytes?.[0x7fff], 7);
  });

  it('a page that cannot be read stays absent and is asked for once; its neighbours are read', async () => {
    const debug = new FakeDebugger(0n, counting(0x10000), { refuses: 0x3000n });
    const memory = new DebugMemory(debug);
    const seen = await memory.decode((reader) => [0x2000n, 0x3000n, 0x4000n].map((a) => reader.u8(a)), ignore, never);
    assert.deepEqual(seen, [2, undefined, 4]);
    assert.equal(memory.holes, 1);
    assert.equal(debug.reads.filter((r) => r.at === 0x3000n && r.count === 4096).length, 1);
  });

  it('a short answer is the end of what can be read', async () => {
    const memory = new DebugMemory(new FakeDebugger(0n, counting(0x1800)));
    const seen = await memory.decode((reader) => [0x17ffn, 0x1800n].map((a) => reader.u8(a)), ignore, never);
    assert.deepEqual(seen, [1, undefined]);
  });

  it('when it is cancelled, what was read until then is decoded', async () => {
    const memory = new DebugMemory(new FakeDebugger(0n, counting(0x10000)));
    assert.equal(
      await memory.decode(
        (reader) => reader.u8(0n),
        ignore,
        () => true,
      ),
      undefined,
    );
  });

  it('its reader finds later what it missed, after it was told to read more', async () => {
    const memory = new DebugMemory(new FakeDebugger(0n, counting(0x10000)));
    assert.equal(memory.reader.u8(0x5000n), undefined);
    assert.equal(await memory.more(), true);
    assert.equal(memory.reader.u8(0x5000n), 5);
    assert.equal(await memory.more(), false);
  });

  it('64-bit addresses are asked for in full', async () => {
    const base = 0xffff_8000_0000_0000n;
    assert.equal((await readMemory(new FakeDebugger(base, counting(0x1000)), base, 8))?.length, 8);
  });

  it('what differs between two stops is found, byte by byte', async () => {
    const before = counting(0x1000);
    const after = before.slice();
    after[0x123] = after[0x124] = 1;
    after[0x126] = 1;
    const [a, b] = [before, after].map((bytes) => new DebugMemory(new FakeDebugger(0x1000n, bytes)));
    for (const memory of [a!, b!]) await memory.decode((reader) => reader.u8(0x1000n), ignore, never);
    assert.deepEqual(changedBetween(a!, b!, 10), [
      { base: 0x1123n, end: 0x1125n },
      { base: 0x1126n, end: 0x1127n },
    ]);
  });
});

describe('what a debugger answers', () => {
  const cases: readonly (readonly [result: string, address: bigint | undefined])[] = [
    ['0x12000', 0x12000n],
    ['(struct uk_alloc *) 0x12000', 0x12000n],
    ['0x177500 <_uk_alloc_head>', 0x177500n],
    ['73728', 0x12000n],
    ['0xffff800000012000', 0xffff800000012000n],
    ['Error: could not evaluate expression', undefined],
    ['No symbol "_uk_alloc_head" in current context. 0x0', undefined],
    ['<optimized out>', undefined],
    ['{...}', undefined],
    ['', undefined],
  ];
  for (const [result, address] of cases) {
    it(`“${result}” is ${address === undefined ? 'no address' : `0x${address.toString(16)}`}`, async () => {
      const debug = new FakeDebugger(0n, new Uint8Array(1), { symbols: { x: result } });
      assert.equal(await evaluateAddress(debug, 1, 'x'), address);
    });
  }
});

describe('heap of a debug session', () => {
  const known = { config: {}, notes: [] };

  function stopped(capture: Capture, file: string, symbols: Record<string, string>): FakeDebugger {
    const { base } = capture.dumps().find((d) => d.file === `${file}.gz`)!;
    return new FakeDebugger(BigInt(base ?? '0x0'), capture.bytes(file), { most: 16384, symbols });
  }

  for (const capture of captures.filter((c) => c.has('mem/ram-main-3.bin') && !/paging|vmem/.test(c.name))) {
    const dump = capture.dumps().find((d) => d.file === 'mem/ram-main-3.bin.gz')!;
    it(`${capture.name}: read piece by piece it is what its dump has`, async () => {
      const debug = stopped(capture, 'mem/ram-main-3.bin', { _uk_alloc_head: `(struct uk_alloc *) ${capture.facts.heap}` });
      const heap = await readDebugHeap({ session: debug, frameId: 1, known, onProgress: ignore, cancelled: never });
      assert.ok(typeof heap !== 'string');
      assert.equal(heap.choices.allocator, capture.facts.allocator);
      assert.deepEqual(heap.snapshot.lists, decodeDump(capture, dump).lists);
      assert.ok(heap.memory.size < capture.bytes('mem/ram-main-3.bin').length / 4, `${String(heap.memory.size)} bytes read`);
    }).timeout(20_000);
  }

  const capture = captures.find((c) => c.name === '0.17.0-x86_64-bbuddy-64M')!;

  it('says why there is none', async () => {
    const asked = { frameId: 1, known, onProgress: ignore, cancelled: never };
    const file = 'mem/ram-main-3.bin';
    assert.equal(await readDebugHeap({ session: stopped(capture, file, {}), ...asked }), 'not-evaluated');
    assert.equal(await readDebugHeap({ session: stopped(capture, file, { _uk_alloc_head: '0x0' }), ...asked }), 'null');
    const elsewhere = stopped(capture, file, { _uk_alloc_head: '0x400000000' });
    assert.equal(await readDebugHeap({ session: elsewhere, ...asked }), 'no-memory');
  });

  it('takes an address or an expression in place of the kernel’s own pointer', async () => {
    const session = stopped(capture, 'mem/ram-main-3.bin', { 'my_heap()': '0x12000' });
    for (const expression of ['0x12000', 'my_heap()']) {
      const heap = await readDebugHeap({ session, frameId: 1, known, onProgress: ignore, cancelled: never }, expression);
      assert.ok(typeof heap !== 'string');
      assert.equal(heap.address, 0x12000n);
    }
  });
});
