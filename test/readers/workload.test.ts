import assert from 'node:assert/strict';
import { readWorkload } from '../../src/readers/workload';
import { parseOperation } from '../../src/readers/operation';
import type { RecordedOperation } from '../../src/allocators/ukalloc';
import { captureNamed, captures } from '../support/captures';

/** The calls of main() alone, without its marks, named by address: what both recordings of it must say. */
function callsOfMain(operations: readonly RecordedOperation[]): string[] {
  const addresses = new Map<number, bigint>();
  return operations.flatMap(({ operation: op, expected }) => {
    if (op.op === 'availmem' || op.op === 'maxalloc' || op.op === 'direct') return [];
    const address = 'of' in op && typeof op.of === 'number' ? addresses.get(op.of) : undefined;
    if ('id' in op) addresses.set(op.id, expected?.ret ?? 0n);
    const said = { ...op, id: undefined, of: undefined, address, ret: expected?.ret };
    return [JSON.stringify(said, (_, v: unknown) => (typeof v === 'bigint' ? v.toString(16) : v))];
  });
}

describe('workload: recorded captures', () => {
  for (const capture of captures) {
    it(`${capture.name}: heap-calls.json is main's 44 calls and its marks`, () => {
      const workload = readWorkload(capture.text('heap-calls.json'));
      assert.deepEqual(workload.problems, []);
      assert.equal(workload.format, 'heap-calls');
      assert.equal(workload.heap, BigInt(capture.facts.heap));
      const marks = workload.operations.filter((o) => o.operation.op === 'availmem');
      assert.equal(workload.operations.length - 2 * marks.length, 44);
      const known = capture.facts.marks.filter((m) => m.availmem >= 0);
      assert.deepEqual(
        marks.map((m) => m.expected?.ret),
        known.map((m) => BigInt(m.availmem)),
      );
    });

    if (!capture.has('alloc-trace.jsonl')) continue;
    it(`${capture.name}: the outermost calls of alloc-trace.jsonl end with those of main()`, () => {
      const trace = readWorkload(capture.text('alloc-trace.jsonl'));
      const calls = readWorkload(capture.text('heap-calls.json'));
      assert.equal(trace.format, 'alloc-trace');
      assert.equal(trace.heap, BigInt(capture.facts.heap));
      assert.deepEqual(trace.problems, []);
      const expected = callsOfMain(calls.operations);
      const got = callsOfMain(trace.operations).slice(-expected.length);
      assert.deepEqual(got, expected);
    });
  }

  it('stack allocators are looked through: their malloc is the heap call', () => {
    const { operations, kernelCalls } = readWorkload(captureNamed('0.17.0-x86_64-bbuddy-64M').text('alloc-trace.jsonl'));
    assert.deepEqual(operations[0], {
      operation: { op: 'malloc', id: 1, size: 120n },
      expected: { ret: 0x3fde020n },
      caller: 'uk_allocstack_init (lib/ukallocstack/stack.c:267)',
      line: 5,
    });
    assert.deepEqual(
      operations.slice(0, kernelCalls).map((o) => o.operation.op),
      ['malloc', 'malloc', 'memalign', 'memalign', 'calloc', 'memalign', 'memalign', 'memalign', 'malloc'],
    );
    assert.equal(operations[kernelCalls]?.caller, 'm (app/main.c:30)');
  });

  it('init and addmem are the boot’s own, in order', () => {
    const { boot } = readWorkload(captureNamed('0.17.0-arm64-bbuddy-128M').text('alloc-trace.jsonl'));
    assert.deepEqual(boot?.init?.operation, { op: 'init', base: 0x40011000n, len: 0xef000n });
    assert.deepEqual(
      boot.addmem.map((o) => o.operation),
      [
        { op: 'addmem', base: 0x4018f000n, len: 0x3e71000n },
        { op: 'addmem', base: 0x44100000n, len: 0x3f00000n },
      ],
    );
  });

  it('the region allocator names the length of addmem "size"', () => {
    const { boot } = readWorkload(captureNamed('0.17.0-x86_64-region-64M').text('alloc-trace.jsonl'));
    assert.deepEqual(boot?.addmem[0]?.operation, { op: 'addmem', base: 0x17f000n, len: 0x3e60000n });
  });

  it('ukvmem: the malloc between init and addmem belongs to the boot', () => {
    const { boot, operations } = readWorkload(captureNamed('0.17.0-x86_64-bbuddy-vmem-64M').text('alloc-trace.jsonl'));
    assert.deepEqual(
      boot?.inside.map((o) => o.operation),
      [{ op: 'malloc', id: 1, size: 80n }],
    );
    assert.deepEqual(operations[0]?.operation, { op: 'malloc', id: 2, size: 136n });
  });

  it('inlined init: the addmem inside of it is not one of the boot’s', () => {
    const { boot } = readWorkload(captureNamed('0.17.0-x86_64-bbuddy-optimized-noname-64M').text('alloc-trace.jsonl'));
    assert.equal(boot?.init, undefined);
    assert.deepEqual(
      boot?.addmem.map((o) => o.operation),
      [{ op: 'addmem', base: 0x176000n, len: 0x3e69000n }],
    );
  });

  it('mimalloc: early requests stand as calls on the heap, and the change of mode before the malloc that makes it', () => {
    const { operations } = readWorkload(captureNamed('0.10.0-x86_64-mimalloc-512M').text('alloc-trace.jsonl'));
    const ops = operations.slice(0, 11).map(({ operation: o }) => (o.op === 'direct' ? `${o.fn} ${o.args.join()}` : o.op));
    assert.deepEqual(ops, [
      ...[
        'early 1',
        'malloc',
        'posix_memalign',
        'posix_memalign',
        'calloc',
        'malloc',
        'posix_memalign',
        'posix_memalign',
        'calloc',
      ],
      ...['early 0', 'malloc'],
    ]);
    assert.deepEqual(operations[2]?.expected, { ret: 0x190000n, err: 0 });
  });
});

describe('workload: problems', () => {
  const record = (seq: number, fn: string, args: object, ret?: string): string =>
    JSON.stringify({ seq, depth: 0, fn, args: { a: '0x1000', ...args }, caller: 'f (app/main.c:1)', ret });
  const init = JSON.stringify({
    seq: 0,
    depth: 0,
    fn: 'uk_allocbbuddy_init',
    args: { base: '0x1000', len: 4096 },
    ret: '0x1000',
  });

  it('a free of a block that the record never gave is located at its line', () => {
    const text = [
      init,
      record(1, 'uk_malloc_ifpages', { size: 8 }, '0x2020'),
      record(2, 'uk_free_ifpages', { ptr: '0x9000' }),
    ].join('\n');
    const { operations, problems } = readWorkload(text);
    assert.equal(operations.length, 1);
    assert.deepEqual(
      problems.map((p) => [p.code, p.where?.line]),
      [['unknown-block', 2]],
    );
  });

  it('calls on another allocator are not the heap’s', () => {
    const text = [init, record(1, 'uk_malloc_ifpages', { a: '0x7000', size: 8 }, '0x2020')].join('\n');
    assert.deepEqual(readWorkload(text).operations, []);
  });

  it('a realloc that failed leaves its block live', () => {
    const text = [
      init,
      record(1, 'uk_malloc_ifpages', { size: 8 }, '0x2020'),
      record(2, 'uk_realloc_ifpages', { ptr: '0x2020', size: 99 }, '0x0'),
      record(3, 'uk_free_ifpages', { ptr: '0x2020' }),
    ].join('\n');
    const { operations, problems } = readWorkload(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(operations[1]?.expected, { ret: null });
    assert.deepEqual(operations[2]?.operation, { op: 'free', of: 1 });
  });

  const wrong: [text: string, code: string, message: RegExp][] = [
    ['[{"op":"malloc","id":1}]', 'workload', /operation 0: "size" must be .*found nothing/],
    ['[{"op":"mallok","id":1,"size":1}]', 'workload', /unknown operation "mallok"/],
    ['[{"op":"malloc","id":1,"size":1.5}]', 'workload', /found 1.5/],
    ['[{"op":"free","of":3}]', 'unknown-id', /operation 0: no allocation before this has the id 3/],
    ['[{"op":"malloc","id":1,"size":1},{"op":"free","of":1},{"op":"free","of":1}]', 'freed-twice', /operation 2/],
    ['[{"op":"malloc","id":1,"size":1},{"op":"malloc","id":1,"size":1}]', 'id-in-use', /operation 1/],
    ['[17]', 'workload', /operation 0: an operation is an object .*found 17/],
    ['[{"op":"malloc"', 'not-json', /JSON/],
    ['{"workload": [{"op":"free"}]}', 'workload', /"of" must be the number of an object/],
    ['{"format":"ukboot-golden/1","allocator":"bbuddy"}\n{"op":"pfree","of":1,"pages":-1,"ret":"x"}', 'trace-line', /"pages"/],
    ['{"format":"ukboot-golden/1","allocator":"bbuddy"}\n{"op":"__proto__"}', 'trace-line', /unknown operation/],
  ];
  for (const [text, code, message] of wrong) {
    it(`${text.split('\n').at(-1)!} is ${code}`, () => {
      const { problems } = readWorkload(text);
      assert.deepEqual(
        problems.map((p) => p.code),
        [code],
      );
      assert.match(problems[0]!.message, message);
    });
  }

  it('nothing, and anything, gives a value', () => {
    for (const text of ['', '[]', '{}', 'null', '[', '{"fn":1}', '\0', '[[[[', '"x"', '{"fn":"f"}']) readWorkload(text);
  });
});

describe('workload: one operation', () => {
  it('sizes are numbers or hex strings, up to 64 bits', () => {
    const sizes: [unknown, bigint][] = [
      [7, 7n],
      ['0x7', 7n],
      ['0xffffffffffffffff', 2n ** 64n - 1n],
      [-1, 2n ** 64n - 1n],
      ['12', 12n],
    ];
    for (const [size, value] of sizes) {
      assert.deepEqual(parseOperation({ op: 'malloc', id: 1, size }), { operation: { op: 'malloc', id: 1, size: value } });
    }
    const tooLarge = parseOperation({ op: 'malloc', id: 1, size: '0x10000000000000000' });
    assert.match(typeof tooLarge === 'string' ? tooLarge : '', /64 bits/);
  });

  it('what came out stands beside it', () => {
    assert.deepEqual(
      parseOperation({ op: 'posix_memalign', id: 2, align: 64, size: 1, ret: null, err: 12, log: ['full'], dbg: ['x'] }),
      {
        operation: { op: 'posix_memalign', id: 2, align: 64n, size: 1n },
        expected: { ret: null, err: 12, log: ['full'], dlog: ['x'] },
      },
    );
  });

  it('direct calls keep their arguments in the order of C', () => {
    assert.deepEqual(parseOperation({ op: 'realloc_ex', id: 2, of: 1, size: '0x10' }), {
      operation: { op: 'direct', fn: 'realloc_ex', id: 2, of: 1, args: [16n] },
    });
    assert.deepEqual(parseOperation({ op: 'early', on: true }), { operation: { op: 'direct', fn: 'early', args: [1n] } });
  });
});
