import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseGdbValue, readGdbText, textOfString, type GdbValue } from '../../src/readers/gdb-text';
import type { CValue, GdbStyle } from '../support/gdb-print';
import { printAsGdb } from '../support/gdb-print';

const SEED = 20260117;

/** A value as plain text, so that what was printed and what was read can be held against each other. */
function plain(value: GdbValue): unknown {
  switch (value.kind) {
    case 'number':
      return value.string ? [value.value, textOfString(value.string)] : value.value;
    case 'string':
      return textOfString(value);
    case 'word':
      return value.text;
    case 'list':
      return value.entries.flatMap((e) =>
        Array.from({ length: e.repeats }, () => (e.name === undefined ? plain(e.value) : [e.name, plain(e.value)])),
      );
  }
}

function read(text: string): unknown {
  const { value, broken } = parseGdbValue(text, 0);
  assert.equal(broken, undefined, text);
  return plain(value!);
}

describe('gdb value', () => {
  const cases: [text: string, value: unknown][] = [
    ['4096', 4096n],
    ['-1', -1n],
    ['0xffff800000001000', 0xffff800000001000n],
    ['010', 8n],
    ["1 '\\001'", [1n, '\u0001']],
    ['0x142290 <bi_bootinfo_sec+80>', 0x142290n],
    ['0x11f77e "heap"', [0x11f77en, 'heap']],
    ['(struct uk_alloc *) 0x12000', 0x12000n],
    ['(void (*)(int)) 0x12000 <f>', 0x12000n],
    ['{int (struct uk_alloc *)} 0x1234 <uk_free>', 0x1234n],
    ['@0x10: {a = 1}', [['a', 1n]]],
    ['(READ | WRITE)', 'READ | WRITE'],
    ['UKPLAT_MEMRT_FREE', 'UKPLAT_MEMRT_FREE'],
    ['<optimized out>', '<optimized out>'],
    ['<error: Cannot access memory at address 0x10>', '<error: Cannot access memory at address 0x10>'],
    ['1.5', '1.5'],
    ['"a\\"b\\\\\\n\\101"', 'a"b\\\nA'],
    ['"qemu", \'\\000\' <repeats 11 times>', 'qemu'],
    ['\'a\' <repeats 12 times>, "b"', 'aaaaaaaaaaaab'],
    ['L"wide"', 'wide'],
    ['{}', []],
    ['{1, 2}', [1n, 2n]],
    ['{0x0 <repeats 3 times>}', [0n, 0n, 0n]],
    ['{[0] = 1, [1] = 2 <repeats 2 times>}', [1n, 2n, 2n]],
    [
      '{a = {b = 1, c = {2}}, {anonymous = 3}}',
      [
        [
          'a',
          [
            ['b', 1n],
            ['c', [2n]],
          ],
        ],
        [['anonymous', 3n]],
      ],
    ],
    ['{"ab", "cd"}', ['ab', 'cd']],
    ['{{a = 1} <repeats 2 times>}', [[['a', 1n]], [['a', 1n]]]],
    [
      '{\n  a = 1,\n  b = "x"\n}',
      [
        ['a', 1n],
        ['b', 'x'],
      ],
    ],
    [
      '{name = 0x0, text = 0x12 "s", c = 65 \'A\'}',
      [
        ['name', 0n],
        ['text', [0x12n, 's']],
        ['c', [65n, 'A']],
      ],
    ],
  ];
  for (const [text, value] of cases) it(JSON.stringify(text), () => assert.deepEqual(read(text), value));

  const missing: [text: string, missing: string, entries: number][] = [
    ['{1, 2...}', 'elided', 2],
    ['{1, 2, ...}', 'elided', 2],
    ['{...}', 'elided', 0],
    ['{1, 2', 'cut', 2],
    ['{1, ', 'cut', 1],
    ['{a = 1, b', 'cut', 2],
    ['{a = 1, b = ', 'cut', 1],
    ['{a = "x', 'cut', 0],
    ['{1 2}', 'cut', 1],
    ['{1, [... 3 lines left out ...], 2}', 'cut', 1],
    ['{', 'cut', 0],
  ];
  for (const [text, how, entries] of missing) {
    it(`${JSON.stringify(text)} is ${how}`, () => {
      const { value, broken } = parseGdbValue(text, 0);
      assert.ok(value?.kind === 'list');
      assert.deepEqual([value.missing, value.entries.length], [how, entries]);
      assert.equal(broken !== undefined, how === 'cut');
    });
  }

  it('a broken value says where, and whether the text just ends there', () => {
    assert.deepEqual(parseGdbValue('{1, 2', 0).broken, { at: 5, atEnd: true });
    assert.deepEqual(parseGdbValue('{1, ?}', 0).broken, { at: 4, atEnd: false });
  });

  it('binary after /t', () => {
    const value = parseGdbValue('{a = 11, b = 0}', 0, undefined, 2).value!;
    assert.deepEqual(plain(value), [
      ['a', 3n],
      ['b', 0n],
    ]);
  });

  it('an elided string that has its NUL is whole, another is not known', () => {
    const texts = ['"ab\\000c"...', '"ab"...'].map((t) => parseGdbValue(t, 0).value!);
    assert.deepEqual(
      texts.map((v) => v.kind === 'string' && textOfString(v)),
      ['ab', undefined],
    );
  });

  it('nesting has a bound, and time is linear in it', () => {
    for (const text of [
      '{'.repeat(200_000),
      '('.repeat(200_000),
      '{a = '.repeat(50_000),
      '@0x1: '.repeat(50_000),
      '(a) {'.repeat(50_000),
    ]) {
      const { broken } = parseGdbValue(text, 0);
      assert.ok(broken !== undefined);
    }
  });
});

const name = fc.stringMatching(/^[a-z][a-z_]{0,8}$/);
const leaf: fc.Arbitrary<CValue> = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map((value): CValue => ({ kind: 'number', value })),
  fc.record({
    kind: fc.constant('pointer' as const),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    symbol: fc.option(name, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('chars' as const),
    text: fc.string({ maxLength: 12, unit: fc.integer({ min: 1, max: 126 }).map((c) => String.fromCharCode(c)) }),
    size: fc.constant(36),
  }),
);
const { value: anyValue } = fc.letrec<{ value: CValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    // Strings by themselves in an array are left out: GDB's own output is ambiguous there.
    fc
      .array(
        tie('value').map((v): CValue => (v.kind === 'chars' ? { kind: 'struct', fields: [['s', v]] } : v)),
        { maxLength: 5 },
      )
      .map((elements): CValue => ({ kind: 'array', elements })),
    fc.array(fc.tuple(name, tie('value')), { minLength: 1, maxLength: 5 }).map((fields): CValue => ({ kind: 'struct', fields })),
  ),
}));
const anyStyle: fc.Arbitrary<GdbStyle> = fc.record({
  hex: fc.boolean(),
  pretty: fc.boolean(),
  indexes: fc.boolean(),
  repeats: fc.constantFrom(1, 10, Infinity),
  width: fc.constantFrom(40, 80, Infinity),
});

/** What the reader is to find of a value. */
function wanted(value: CValue, style: GdbStyle): unknown {
  switch (value.kind) {
    case 'number':
      return style.hex ? BigInt.asUintN(64, value.value) : value.value;
    case 'pointer':
      return value.value;
    case 'chars':
      if (!style.hex) return value.text;
      return Array.from({ length: value.size }, (_, i) => BigInt(i < value.text.length ? value.text.charCodeAt(i) : 0));
    case 'array':
      return value.elements.map((e) => wanted(e, style));
    case 'struct':
      return value.fields.map(([field, v]) => [field, wanted(v, style)]);
  }
}

describe('gdb value: any value in any style', () => {
  it('reads back what was printed', () => {
    fc.assert(
      fc.property(anyValue, anyStyle, (value, style) => {
        assert.deepEqual(read(printAsGdb(value, style)), wanted(value, style));
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const u16 = fc.bigInt({ min: 0n, max: 65535n });
  const descriptor = fc.record({
    pbase: u64,
    vbase: u64,
    pg_off: u64.map((v) => BigInt.asIntN(64, v)),
    len: u64,
    pg_count: u64,
    type: u16,
    flags: u16,
    name: fc.stringMatching(/^[ -~]{0,30}$/),
  });

  it('reads any descriptor list out of any session around it', () => {
    const list = fc.array(descriptor, { minLength: 1, maxLength: 8 });
    const noise = fc.constantFrom(
      '',
      '(gdb) info registers rip\nrip            0x122e63            0x122e63 <heap_init+8>\n',
      '(gdb) print 1\n$1 = 1\n',
      '{not a value}\n',
    );
    fc.assert(
      fc.property(list, anyStyle, noise, fc.boolean(), (regions, style, around, mi) => {
        const value: CValue = {
          kind: 'array',
          elements: regions.map((r): CValue => ({
            kind: 'struct',
            fields: Object.entries(r).map(([field, v]) => [
              field,
              typeof v === 'string' ? { kind: 'chars', text: v, size: 36 } : { kind: 'number', value: v },
            ]),
          })),
        };
        const printed = printAsGdb(value, style);
        const shown = mi
          ? `^done,value="${printed.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"\n`
          : `(gdb) print list\n$7 = ${printed}\n`;
        const map = readGdbText(around + shown + around);
        assert.deepEqual(map.problems, []);
        assert.deepEqual(
          map.descriptors.map((d) => ({
            ...Object.fromEntries(Object.entries(d.fields).map(([f, { value: v }]) => [f, v])),
            name: d.name,
          })),
          regions.map((r) => ({ ...r, pg_off: BigInt.asUintN(64, r.pg_off) })),
        );
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('a list cut anywhere gives the descriptors before the cut, and a problem', () => {
    fc.assert(
      fc.property(
        fc.array(descriptor, { minLength: 2, maxLength: 4 }),
        anyStyle,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (regions, style, part) => {
          const value: CValue = {
            kind: 'array',
            elements: regions.map((r): CValue => ({
              kind: 'struct',
              fields: Object.entries(r).map(([field, v]) => [
                field,
                typeof v === 'string' ? { kind: 'chars', text: v, size: 36 } : { kind: 'number', value: v },
              ]),
            })),
          };
          const text = '(gdb) print bi_bootinfo->mrds.mrds[0]@9\n$7 = ' + printAsGdb(value, style);
          const start = text.indexOf('$7 = {') + 6;
          const map = readGdbText(text.slice(0, start + Math.floor(part * (text.length - 1 - start))));
          assert.deepEqual(
            map.problems.map((p) => p.code),
            ['cut-off'],
          );
          assert.ok(map.descriptors.length <= regions.length);
          for (const [i, d] of map.descriptors.entries()) assert.equal(d.fields.pbase?.value, regions[i]!.pbase);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });
});
