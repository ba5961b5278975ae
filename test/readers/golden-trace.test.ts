import assert from 'node:assert/strict';
import { readTrace } from '../../src/readers/golden-trace';

const HEADER =
  '{"format":"ukboot-golden/1","allocator":"bbuddy","unikraft":"RELEASE-0.17.0","arch":"x86_64","config":{"CONFIG_X":1},"seed":7}';

function trace(...lines: string[]): ReturnType<typeof readTrace> {
  return readTrace([HEADER, ...lines].join('\n'));
}

describe('golden trace', () => {
  it('keeps the header, unknown keys apart', () => {
    const { header, problems } = trace();
    assert.deepEqual(problems, []);
    assert.equal(header?.unikraft, 'RELEASE-0.17.0');
    assert.deepEqual(header.config, { CONFIG_X: '1' });
    assert.deepEqual(header.other, { seed: 7 });
  });

  it('lines of every kind come typed, numbers and hex strings alike', () => {
    const { lines, problems } = trace(
      '{"op":"init","base":"0x1000","len":4096,"ret":"0x1000","log":["a"]}',
      '{"op":"malloc","id":1,"size":"0x10","ret":"0x2000","real":"0x9000"}',
      '{"op":"pavail","ret":3}',
      '{"op":"state","state":{"nr_free_pages":3}}',
      '{"op":"state","mode":"early"}',
      '{"op":"bytes","base":"0x1000","len":16,"masked":[[0,8]],"sha256":"ab"}',
      '{"op":"word","addr":4096,"len":2,"hex":"00ff"}',
      '{"op":"regions","stage":"final","regions":[{"base":"0x1000","len":"0x1001","flags":49,"name":"heap"}]}',
      '{"op":"log","lines":[{"level":"info","msg":"x"}]}',
      '{"op":"crash","msg":"no heap"}',
    );
    assert.deepEqual(problems, []);
    const bare = lines.map((line) =>
      Object.fromEntries(Object.entries(line).filter(([key]) => key !== 'json' && key !== 'line')),
    );
    assert.deepEqual(bare, [
      {
        kind: 'operation',
        recorded: { operation: { op: 'init', base: 4096n, len: 4096n }, expected: { ret: 4096n, log: ['a'] } },
      },
      {
        kind: 'operation',
        recorded: { operation: { op: 'malloc', id: 1, size: 16n }, expected: { ret: 0x2000n } },
        real: 0x9000n,
      },
      { kind: 'operation', recorded: { operation: { op: 'pavailmem' }, expected: { ret: 3n } } },
      { kind: 'state', state: { nr_free_pages: 3 } },
      { kind: 'state', state: { mode: 'early' } },
      { kind: 'bytes', base: 4096n, len: 16, masked: [[0, 8]], sha256: 'ab' },
      { kind: 'word', addr: 4096n, len: 2, masked: [], hex: '00ff' },
      {
        kind: 'regions',
        stage: 'final',
        regions: [
          { index: 0, pbase: 0x1000n, vbase: 0x1000n, pgOff: 0n, len: 0x1001n, pgCount: 2n, type: 0, flags: 49, name: 'heap' },
        ],
      },
      { kind: 'log', lines: [{ level: 'info', msg: 'x' }] },
      { kind: 'crash', msg: 'no heap' },
    ]);
    assert.deepEqual(
      lines.map((l) => l.line),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
  });

  const wrong: [lines: string[], code: string, line: number, message: RegExp][] = [
    [['{"op":"mallok"}'], 'trace-line', 1, /unknown operation "mallok": expected one of init/],
    [['{"op":"malloc","id":1,"size":1}', '{"op":"free","of":2}'], 'unknown-id', 2, /id 2/],
    [['{"op":"malloc","id":1,"size":1}', '{"op":"free","of":1}', '{"op":"free","of":1}'], 'freed-twice', 3, /object 1/],
    [
      ['{"op":"palloc","id":1,"pages":2}', '{"op":"pfree","of":1,"pages":2}', '{"op":"pfree","of":1,"pages":2}'],
      'freed-twice',
      3,
      /object 1/,
    ],
    [['{"op":"bytes","base":"0x1"}'], 'trace-line', 1, /"sha256"/],
    [['{"op":"word","addr":"zz","len":1,"hex":""}'], 'trace-line', 1, /"addr"/],
    [['{"op":"init","base":"0x1","len":1'], 'not-json', 1, /JSON/],
  ];
  for (const [lines, code, line, message] of wrong) {
    it(`${lines.at(-1)!} is ${code}`, () => {
      const { problems } = trace(...lines);
      assert.deepEqual(
        problems.map((p) => [p.code, p.where?.line]),
        [[code, line]],
      );
      assert.match(problems[0]!.message, message);
    });
  }

  it('pages of one block may be given back in parts', () => {
    const parts = [
      '{"op":"palloc","id":1,"pages":4}',
      '{"op":"pfree","of":1,"pages":1,"off":3}',
      '{"op":"pfree","of":1,"pages":3,"off":0}',
    ];
    assert.deepEqual(trace(...parts).problems, []);
    assert.deepEqual(
      trace(...parts, '{"op":"pfree","of":1,"pages":1}').problems.map((p) => p.code),
      ['freed-twice'],
    );
  });

  it('a failed realloc leaves the old object live', () => {
    const lines = [
      '{"op":"malloc","id":1,"size":1}',
      '{"op":"realloc","id":2,"of":1,"size":9,"ret":null}',
      '{"op":"free","of":1}',
    ];
    assert.deepEqual(trace(...lines).problems, []);
  });

  it('a second init starts afresh', () => {
    const init = '{"op":"init","base":"0x1000","len":4096}';
    assert.deepEqual(trace('{"op":"malloc","id":1,"size":1}', init, '{"op":"malloc","id":1,"size":1}').problems, []);
  });
});
