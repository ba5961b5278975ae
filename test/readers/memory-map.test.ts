import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { resolveMap } from '../../src/firmware/resolve';
import { readMemoryMap } from '../../src/readers/memory-map';
import { eraOf, eraProfile } from '../../src/regions/eras';
import { RELEASES } from '../../src/regions/release';
import { checkDescriptors } from '../../src/regions/checks';

const EXAMPLES = join(__dirname, '../../examples');

/** `code line:column "text"` of each problem, places counted from 1. */
function problems(text: string): string[] {
  const lines = text.split('\n');
  return readMemoryMap(text).map.problems.map(({ severity, code, where }) => {
    const w = where!;
    const part = w.line === w.endLine ? lines[w.line]!.slice(w.column, w.endColumn) : lines[w.line]!.slice(w.column) + '…';
    return `${severity} ${code} ${w.line + 1}:${w.column + 1} ${part}`;
  });
}

/** Field values of the only region of a document. */
function fields(region: string, release = '0.17.0'): Record<string, string> {
  const { map } = readMemoryMap(`{ "release": "${release}", "regions": [ ${region} ] }`);
  return Object.fromEntries(
    Object.entries(map.descriptors[0]!.fields).map(([name, f]) => [
      name,
      f.value === undefined ? '?' : '0x' + f.value.toString(16),
    ]),
  );
}

describe('memory map: eras', () => {
  it('paged: what is left out is filled in', () => {
    assert.deepEqual(fields('{ "pbase": "0x17f000", "len": 23, "type": "CMDLINE", "flags": "READ" }'), {
      pbase: '0x17f000',
      vbase: '0x17f000',
      pg_off: '0x0',
      len: '0x17',
      pg_count: '0x1',
      type: '0x10',
      flags: '0x1',
    });
  });

  it('paged: a given pg_off counts towards the pages, and a negative one is kept as stored', () => {
    assert.equal(fields('{ "pbase": "0x1000", "pg_off": 4095, "len": 2, "type": 8, "flags": 1 }').pg_count, '0x2');
    assert.equal(fields('{ "pbase": "0x1000", "pg_off": -1, "len": 2, "type": 8, "flags": 1 }').pg_off, '0xffffffffffffffff');
  });

  it('typed: MAP is a flag, and there is no pg_off', () => {
    assert.deepEqual(
      fields(
        '{ "pbase": 4096, "vbase": "0x5000", "len": "0x1000", "type": "FREE", "flags": ["READ", "WRITE", "MAP"] }',
        '0.14.0',
      ),
      {
        pbase: '0x1000',
        vbase: '0x5000',
        len: '0x1000',
        type: '0x1',
        flags: '0x23',
      },
    );
  });

  it('classic: flags have the values of the release', () => {
    const region = '{ "base": "0x150000", "len": "0x3e80000", "flags": ["ALLOCATABLE"] }';
    assert.equal(fields(region, '0.10.0').flags, '0x31');
    assert.equal(fields(region, '0.3.0').flags, '0xd');
  });

  it('types have the numbers of the release', () => {
    const region = '{ "pbase": 0, "len": 4096, "type": "STACK", "flags": [] }';
    assert.equal(fields(region, '0.17.0').type, '0x40');
    assert.equal(fields(region, '0.18.0').type, '0x20');
  });

  for (const [region, release, era] of [
    ['{ "base": 0, "len": 1, "flags": 49 }', '0.17.0', 'classic'],
    ['{ "pbase": 0, "len": 1, "type": 1, "flags": 3 }', '0.10.0', 'typed'],
    ['{ "pbase": 0, "pg_count": 1, "len": 1, "type": 1, "flags": 3 }', '0.14.0', 'paged'],
    ['{ "len": 1, "flags": 3 }', '0.14.0', 'typed'],
  ] as const) {
    it(`keys that only one era has decide: ${region} in ${release} is ${era}`, () => {
      assert.equal(readMemoryMap(`{"release":"${release}","regions":[${region}]}`).map.descriptors[0]!.era, era);
    });
  }

  it('without a release in the file, the given one decides', () => {
    const text = '{"regions":[{"pbase":0,"len":4096,"type":"FREE","flags":3}]}';
    assert.equal(readMemoryMap(text, '0.14.0').map.descriptors[0]!.era, 'typed');
    assert.equal(readMemoryMap(text).map.descriptors[0]!.era, 'paged');
    assert.equal(readMemoryMap(text, '0.14.0').map.hints.release, undefined);
  });
});

describe('memory map: values', () => {
  it('numbers are exact beyond 2^53, in digits and in hex', () => {
    const { pbase, len } = fields('{ "pbase": 18446744073709551615, "len": "0xffff800000000001", "type": 1, "flags": 3 }');
    assert.equal(pbase, '0xffffffffffffffff');
    assert.equal(len, '0xffff800000000001');
  });

  it('flags are a list, names joined with |, one name, a macro or a number', () => {
    for (const flags of ['["READ", "WRITE"]', '"READ|WRITE"', '"READ | UKPLAT_MEMRF_WRITE"', '3', '"0x3"', '[1, "WRITE"]']) {
      assert.equal(fields(`{ "pbase": 0, "len": 1, "type": "UKPLAT_MEMRT_FREE", "flags": ${flags} }`).flags, '0x3', flags);
    }
  });

  it('hints: release, arch, allocator and config in the words of a .config', () => {
    const { map } = readMemoryMap(
      '{"release":"v0.14","arch":"arm64","allocator":"tlsf","config":{"CONFIG_A":true,"B":false,"CONFIG_C":7,"CONFIG_D":"0x10"},"regions":[]}',
    );
    assert.deepEqual(map.hints, {
      release: '0.14.0',
      arch: 'arm64',
      allocator: 'tlsf',
      config: { CONFIG_A: 'y', CONFIG_B: 'n', CONFIG_C: '7', CONFIG_D: '0x10' },
    });
  });

  it('fields and regions know their places', () => {
    const { map } = readMemoryMap('\uFEFF{ "regions": [\r\n  { "pbase": "0x1000", "len": 4096, "type": 1, "flags": 3 } ] }');
    assert.deepEqual(map.problems, []);
    assert.deepEqual(map.descriptors[0]!.where, { line: 1, column: 2, endLine: 1, endColumn: 59 });
    assert.deepEqual(map.descriptors[0]!.fields.pbase!.where, { line: 1, column: 13, endLine: 1, endColumn: 21 });
    assert.equal(map.descriptors[0]!.fields.pbase!.text, '0x1000');
  });
});

describe('memory map: problems are located', () => {
  for (const [text, expected] of [
    ['', ['error syntax 1:1 ']],
    ['[]', ['error wrong-type 1:1 []']],
    ['{}', ['error no-regions 1:1 {}']],
    ['{ "regions": [] }', ['info no-regions 1:14 []']],
    ['{ "regions": 5 }', ['error wrong-type 1:14 5']],
    ['{ "regions": [5], "x": 1 }', ['warning unknown-key 1:19 "x"', 'error wrong-type 1:15 5']],
    ['{ "release": "1.0", "regions": [] }', ['error unknown-release 1:14 "1.0"', 'info no-regions 1:32 []']],
    ['{ "release": 0.17, "regions": [] }', ['error wrong-type 1:14 0.17', 'info no-regions 1:31 []']],
    ['{ "arch": "mips", "regions": [] }', ['error unknown-arch 1:11 "mips"', 'info no-regions 1:30 []']],
    ['{ "allocator": "slab", "regions": [] }', ['error unknown-allocator 1:16 "slab"', 'info no-regions 1:35 []']],
    ['{ "config": { "CONFIG_A": [] }, "regions": [] }', ['error wrong-type 1:27 []', 'info no-regions 1:44 []']],
    ['{ "regions": [],\n  "regions": [] }', ['warning key-twice 2:3 "regions"', 'info no-regions 2:14 []']],
    ['{ "regions": [ { "pbase": 1, "len": 1 } ] }', ['error missing-key 1:16 { "pbase": 1, "len": 1 }']],
    ['{ "regions": [ { "pbase": 1.5, "len": 1, "type": 1, "flags": 3 } ] }', ['error not-a-number 1:27 1.5']],
    ['{ "regions": [ { "pbase": "0xg", "len": 1, "type": 1, "flags": 3 } ] }', ['error not-a-number 1:27 "0xg"']],
    ['{ "regions": [ { "pbase": 1, "len": 1, "type": "HEAP", "flags": 3 } ] }', ['error unknown-type-name 1:48 "HEAP"']],
    ['{ "regions": [ { "pbase": 1, "len": 1, "type": 1, "flags": ["MAP"] } ] }', ['error unknown-flag-name 1:61 "MAP"']],
    ['{ "regions": [ { "pbase": 1, "len": 1, "type": 1, "flags": 3, "name": 7 } ] }', ['error wrong-type 1:71 7']],
    [
      `{ "regions": [ { "pbase": 1, "len": 1, "type": 1, "flags": 3, "name": "${'x'.repeat(36)}" } ] }`,
      [`warning long-name 1:71 "${'x'.repeat(36)}"`],
    ],
    ['{ "regions": [', ['error syntax 1:15 ', 'error syntax 1:15 ', 'info no-regions 1:14 [']],
  ] as [string, string[]][]) {
    it(text.slice(0, 80) || '(nothing)', () => assert.deepEqual(problems(text), expected));
  }

  it('nesting without end is refused, not followed', () => {
    assert.deepEqual(problems('['.repeat(300_000)), ['error too-deep 1:65 [']);
  });
});

describe('memory map: workload', () => {
  const workload = (operations: string): string => `{ "regions": [],\n"workload": [ ${operations} ] }`;

  it('reads every operation', () => {
    const { workload: list, map } = readMemoryMap(
      workload(
        '{"op":"malloc","id":1,"size":"0x80000000"},{"op":"calloc","id":2,"nmemb":4,"size":8},{"op":"memalign","id":3,"align":64,"size":1},' +
          '{"op":"posix_memalign","id":4,"align":64,"size":1},{"op":"realloc","id":5,"of":1,"size":2},{"op":"free","of":null},' +
          '{"op":"palloc","id":6,"pages":3},{"op":"pfree","of":6,"pages":1,"off":2},{"op":"addmem","base":"0x1000","len":4096},' +
          '{"op":"availmem"},{"op":"maxalloc"},{"op":"pavailmem"},{"op":"pmaxalloc"}',
      ),
    );
    assert.deepEqual(
      map.problems.map((p) => p.code),
      ['no-regions'],
    );
    assert.deepEqual(list.map((o) => o.operation.op), ['malloc', 'calloc', 'memalign', 'posix_memalign', 'realloc', 'free', 'palloc', 'pfree', 'addmem', 'availmem', 'maxalloc', 'pavailmem', 'pmaxalloc']); // prettier-ignore
    assert.deepEqual(list[0]!.operation, { op: 'malloc', id: 1, size: 0x80000000n });
    assert.deepEqual(list[7]!.operation, { op: 'pfree', of: 6, pages: 1, off: 2 });
  });

  for (const [operations, expected] of [
    ['{"op":"free","of":1}', ['error unknown-id 2:33 1']],
    ['{"op":"malloc","id":1,"size":1},{"op":"free","of":1},{"op":"free","of":1}', ['warning freed-twice 2:86 1']],
    ['{"op":"malloc","id":1,"size":1},{"op":"malloc","id":1,"size":1}', ['error id-in-use 2:67 1']],
    ['{"op":"realloc","id":2,"of":1,"size":1}', ['error unknown-id 2:43 1']],
    ['{"op":"malloc","id":1}', ['error bad-operation 2:15 {"op":"malloc","id":1}']],
    ['{"op":"grow"}', ['error bad-operation 2:15 {"op":"grow"}']],
    ['{"op":"init","base":0,"len":1}', ['error bad-operation 2:15 {"op":"init","base":0,"len":1}']],
    ['7', ['error bad-operation 2:15 7']],
    ['{"op":"malloc","id":1,"size":1,"bytes":2}', ['warning unknown-key 2:46 "bytes"']],
  ] as [string, string[]][]) {
    it(operations, () =>
      assert.deepEqual(
        problems(workload(operations)).filter((p) => !p.includes('no-regions')),
        expected,
      ),
    );
  }
});

describe('memory map: examples', () => {
  for (const name of readdirSync(EXAMPLES).filter((n) => n.endsWith('.ukboot.json'))) {
    it(`${name} reads without a problem and its regions are all known`, () => {
      const { map: read } = readMemoryMap(readFileSync(join(EXAMPLES, name), 'utf8'));
      assert.deepEqual(read.problems, []);
      const { release, arch, config = {} } = read.hints;
      const { map } = resolveMap(read, { release: release!, arch: arch!, config });
      assert.ok(map.descriptors.length > 0);
      for (const d of map.descriptors) assert.equal(d.era, eraOf(map.hints.release!));
      assert.deepEqual(
        checkDescriptors(map, map.hints.release!, map.hints.arch!).filter((p) => p.severity === 'error'),
        [],
      );
    });
  }
});

describe('memory map: any input', () => {
  const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

  it('a random map comes back as it was written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RELEASES),
        fc.array(fc.array(u64, { minLength: 8, maxLength: 8 }), { maxLength: 8 }),
        fc.string(),
        (release, rows, name) => {
          const { era, layout } = eraProfile(release);
          const values = rows.map((row) => layout.fields.map((f, i) => [f.name, BigInt.asUintN(8 * f.bytes, row[i]!)] as const));
          const regions = values.map((list) => ({
            ...Object.fromEntries(list.map(([k, v]) => [k, '0x' + v.toString(16)])),
            name: name.slice(0, 35),
          }));
          const { map } = readMemoryMap(JSON.stringify({ release, regions }));
          assert.deepEqual(
            map.problems.filter((p) => p.code !== 'no-regions'),
            [],
          );
          assert.deepEqual(
            map.descriptors.map((d) => [d.era, d.name, ...layout.fields.map((f) => d.fields[f.name]!.value)]),
            values.map((list) => [era, name.slice(0, 35), ...list.map(([, v]) => v)]),
          );
        },
      ),
      { seed: 17, numRuns: 200 },
    );
  });

  it('a damaged example never throws, and what it lost is reported or unread', () => {
    const text = readFileSync(join(EXAMPLES, 'paged-0.17.ukboot.json'), 'utf8');
    const whole = readMemoryMap(text);
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.constantFrom('', '{', '}', '[', ']', '"', ',', ':', '/*', '\0', '-', '9', 'null'),
        (at, instead) => {
          const damaged = text.slice(0, at) + instead;
          const { map, workload } = readMemoryMap(damaged);
          const lost = map.descriptors.length < whole.map.descriptors.length || workload.length < whole.workload.length;
          assert.ok(!lost || map.problems.some((p) => p.severity === 'error'), JSON.stringify(damaged.slice(-60)));
        },
      ),
      { seed: 18, numRuns: 400 },
    );
  });

  it('any JSON at all is answered with problems that have places', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('regions', 'config', 'workload', 'release'), (value, key) => {
        const { map } = readMemoryMap(JSON.stringify({ [key]: value, ...(key === 'regions' ? {} : { regions: value }) }));
        for (const p of map.problems) assert.ok(p.where !== undefined && p.message.endsWith('.'));
      }),
      { seed: 19, numRuns: 400 },
    );
  });
});
