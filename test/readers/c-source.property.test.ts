// Random descriptors in random C, and what damage does to them.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { looksLikeC, readCSource } from '../../src/readers/c-source';
import { evaluate, isKnown } from '../../src/readers/c-source/expression';
import { eraProfile } from '../../src/regions/eras';
import type { EraProfile } from '../../src/regions/eras';
import type { Descriptor, FieldName, RegionMap } from '../../src/regions/descriptor';
import type { Release } from '../../src/regions/release';

const RELEASES: readonly Release[] = ['0.3.1', '0.8.0', '0.11.0', '0.12.0', '0.16.3', '0.17.0', '0.18.0', '0.21.0'];

type Style = 'designated' | 'positional' | 'compound' | 'assignments' | 'pointer' | 'element';

interface Region {
  readonly values: ReadonlyMap<FieldName, bigint>;
  readonly name: string | undefined;
  readonly style: Style;
}

const page = fc.bigInt({ min: 0n, max: (1n << 52n) - 1n }).map((n) => n << 12n);
const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const anyName = fc.option(
  fc.string({ maxLength: 20 }).map((s) => s.replace(/[^ -~]|\?/g, '_')),
  { nil: undefined },
);

function regionOf(profile: EraProfile): fc.Arbitrary<Region> {
  const entries = profile.layout.fields.map(({ name, bytes }) => {
    const value = bytes < 8 ? fc.bigInt({ min: 0n, max: 0xffffn }) : name.endsWith('base') ? page : word;
    return value.map((v): [FieldName, bigint] => [name, v]);
  });
  const style = fc.constantFrom<Style[]>('designated', 'positional', 'compound', 'assignments', 'pointer', 'element');
  return fc.record({ values: fc.tuple(...entries).map((list) => new Map(list)), name: anyName, style });
}

/** Ways to write a number; `pick` chooses. */
function number(value: bigint, pick: number): string {
  const forms = [
    `0x${value.toString(16)}`, `${value}UL`, `0X${value.toString(16).toUpperCase()}ull`, `0${value === 0n ? '' : value.toString(8)}lu`,
    `(__paddr_t)0x${value.toString(16)}`, `(0x${value.toString(16)}UL)`, `0b${value.toString(2)}ULL`, `(size_t) (${value}UL + 0)`,
    `~0x${(~value & 0xffffffffffffffffn).toString(16)}ULL`, `HALF(${value / 2n}ULL, ${value % 2n})`, `${value} /* ← */`,
  ]; // prettier-ignore
  return forms[pick % forms.length]!;
}

function literal(name: string): string {
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}

/** Writes the regions; `picks` are the writer's whims, used up one by one. */
function write(regions: readonly Region[], picks: readonly number[]): string {
  let at = 0;
  const pick = (n: number): number => picks[at++ % picks.length]! % n;
  const gap = (): string => [' ', '\n', '\t', ' /* , } */ ', ' // {\n', '\r\n', ''][pick(7)]!;
  const list = (r: Region, positional: boolean): string => {
    const parts = [...r.values].map(([n, v]) =>
      positional ? number(v, pick(99)) : `.${n}${gap()}=${gap()}${number(v, pick(99))}`,
    );
    if (r.name !== undefined) parts.push(positional ? literal(r.name) : `.name = ${literal(r.name)}`);
    return `{${gap()}${parts.map((p) => p + gap()).join(',' + gap())}${pick(2) === 0 ? ',' : ''}${gap()}}`;
  };
  const assignments = (r: Region, object: string, last: string): string => {
    const parts = [...r.values].map(([n, v]) => `${object}${n}${gap()}=${gap()}${number(v, pick(99))};`);
    if (r.name !== undefined)
      parts.push(pick(2) === 0 ? `${object}name = ${literal(r.name)};` : `strncpy(${object}name, ${literal(r.name)}, 35);`);
    return `${parts.join(gap())}${gap()}${last}`;
  };
  const written = regions.map((r, i) => {
    switch (r.style) {
      case 'designated':
        return `static struct ukplat_memregion_desc r${i}${gap()}= ${list(r, false)};`;
      case 'positional':
        return `struct ukplat_memregion_desc r${i}[] = { ${list(r, true)} };`;
      case 'compound':
        return `void f${i}(void) { ukplat_memregion_list_insert(&bi->mrds, &(struct ukplat_memregion_desc)${list(r, pick(2) === 0)}); }`;
      case 'assignments':
        return `void f${i}(void) { struct ukplat_memregion_desc mrd = {0}; ${assignments(r, 'mrd.', 'rc = mrd_insert(bi, &mrd);')} }`;
      case 'pointer':
        return `int f${i}(struct ukplat_memregion_desc *m) { ${assignments(r, pick(2) === 0 ? 'm->' : '(*m).', 'return 0;')} }`;
      case 'element':
        return `struct ukplat_memregion_desc t${i}[4]; void f${i}(void) { ${assignments(r, `t${i}[${i}].`, '')} }`;
    }
  });
  return ['#define HALF(h, odd) ((h) * 2 + (odd))', ...written].join(pick(2) === 0 ? '\n' : '\r\n\n') + '\n';
}

const sources = fc.constantFrom(...RELEASES).chain((release) =>
  fc.record({
    release: fc.constant(release),
    regions: fc.array(regionOf(eraProfile(release)), { minLength: 1, maxLength: 5 }),
    picks: fc.array(fc.nat(1000), { minLength: 10, maxLength: 40 }),
  }),
);

const stored = (value: bigint, name: FieldName, profile: EraProfile): bigint =>
  BigInt.asUintN(profile.layout.fields.find((f) => f.name === name)!.bytes * 8, value);

/** The text at a range; ranges count lines as editors do. */
function textAt(source: string, where: NonNullable<Descriptor['where']>): string {
  const lines = source.split(/\r\n|\r|\n/);
  if (where.line === where.endLine) return lines[where.line]!.slice(where.column, where.endColumn);
  const inner = lines.slice(where.line + 1, where.endLine);
  return [lines[where.line]!.slice(where.column), ...inner, lines[where.endLine]!.slice(0, where.endColumn)].join('\n');
}

function assertInBounds(source: string, map: RegionMap): void {
  const lines = source.split(/\r\n|\r|\n/);
  const places = [
    ...map.descriptors.flatMap((d) => [d.where, ...Object.values(d.fields).map((f) => f.where)]),
    ...map.problems.map((p) => p.where),
  ];
  for (const where of places) {
    if (where === undefined) continue;
    assert.ok(where.line <= where.endLine && where.endLine < lines.length, `lines of ${JSON.stringify(where)}`);
    assert.ok(
      where.column <= lines[where.line]!.length && where.endColumn <= lines[where.endLine]!.length,
      `columns of ${JSON.stringify(where)}`,
    );
  }
}

describe('c-source: any C', () => {
  it('reads back what was written, in every style', () => {
    fc.assert(
      fc.property(sources, ({ release, regions, picks }) => {
        const profile = eraProfile(release);
        const source = write(regions, picks);
        const map = readCSource(source, { release });
        assert.deepEqual(
          map.descriptors.map((d) => [d.era, Object.fromEntries(Object.entries(d.fields).map(([n, f]) => [n, f.value])), d.name]),
          regions.map((r) => [
            profile.era,
            Object.fromEntries([...r.values].map(([n, v]) => [n, stored(v, n, profile)])),
            r.name === '' ? undefined : r.name,
          ]),
          source,
        );
        assert.deepEqual(
          map.problems.filter((p) => p.severity === 'error'),
          [],
          source,
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('places every field on its value', () => {
    fc.assert(
      fc.property(sources, ({ release, regions, picks }) => {
        const source = write(regions, picks);
        for (const d of readCSource(source, { release }).descriptors) {
          for (const [name, field] of Object.entries(d.fields)) {
            if (field.where === undefined) continue;
            const text = textAt(source, field.where).replace(/\/\*.*?\*\/|\/\/.*/g, ' ').replace(/\s+/g, ' ').trim(); // prettier-ignore
            assert.equal(text, field.text, name);
          }
        }
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('says when the text is cut off inside of what it read', () => {
    fc.assert(
      fc.property(sources, fc.double({ min: 0, max: 1, noNaN: true }), ({ release, regions, picks }, part) => {
        const source = write(regions, picks);
        const cut = source.slice(0, Math.floor(source.length * part));
        const values = (map: RegionMap): string[] =>
          map.descriptors.map((d) => JSON.stringify([...Object.entries(d.fields).map(([n, f]) => [n, String(f.value)]), d.name]));
        const [whole, rest] = [readCSource(source, { release }), readCSource(cut, { release })];
        const unharmed = JSON.stringify(values(whole).slice(0, rest.descriptors.length)) === JSON.stringify(values(rest));
        assert.ok(unharmed || rest.problems.length > 0, cut);
        assertInBounds(cut, rest);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('reads on, within the text, whatever is changed in it', () => {
    const change = fc.record({ at: fc.nat(), length: fc.nat(30), text: fc.oneof(fc.string({ unit: 'binary', maxLength: 10 }), fc.constantFrom('{', '}', '(', '"', '/*', '#if X\n', '#else\n', '#endif\n', ';', '=', '\\\n')) }); // prettier-ignore
    fc.assert(
      fc.property(sources, fc.array(change, { minLength: 1, maxLength: 5 }), ({ release, regions, picks }, changes) => {
        let source = write(regions, picks);
        for (const { at, length, text } of changes) {
          const from = at % source.length;
          source = source.slice(0, from) + text + source.slice(from + length);
        }
        assertInBounds(source, readCSource(source, { release }));
      }),
      { seed: 4, numRuns: 400 },
    );
  });

  it('computes as C does with unsigned long', () => {
    const operators = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'] as const;
    type Tree = { text: string; value: bigint | undefined };
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        word.map((v): Tree => ({ text: `${v}UL`, value: v })),
        fc.tuple(tie('tree'), fc.constantFrom(...operators), tie('tree')).map(([a, op, b]): Tree => ({ text: `(${a.text} ${op} ${b.text})`, value: apply(op, a.value, b.value) })),
        fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([c, a, b]): Tree => ({ text: `(${c.text} ? ${a.text} : ${b.text})`, value: c.value === undefined ? undefined : c.value !== 0n ? a.value : b.value })),
      ),
    })); // prettier-ignore
    const environment = { macro: () => undefined, name: () => undefined, isType: () => false };
    fc.assert(
      fc.property(tree, ({ text, value }) => {
        const { result } = evaluate(text, environment);
        assert.equal(isKnown(result) ? result.value : undefined, value, text);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  const hard: readonly (readonly [string, (n: number) => string])[] = [
    ['open parentheses', (n) => 'struct ukplat_memregion_desc r = { .pbase = ' + '('.repeat(n)],
    ['open braces', (n) => 'struct ukplat_memregion_desc r = ' + '{'.repeat(n)],
    ['unary operators', (n) => 'struct ukplat_memregion_desc r = { .pbase = ' + '- '.repeat(n / 10) + '1 };'],
    ['comparisons', (n) => 'struct ukplat_memregion_desc r = { .pbase = ' + 'a<'.repeat(n) + '1 };'],
    ['conditionals', (n) => 'struct ukplat_memregion_desc r = { .pbase = ' + '1 ? 2 : '.repeat(n / 10) + '1 };'],
    ['nested #if', (n) => '#if A\n'.repeat(n) + 'struct ukplat_memregion_desc r = { 0 };'],
    ['#elif in a row', (n) => '#if A\n' + '#elif B\n'.repeat(n) + '#endif\nstruct ukplat_memregion_desc r = { 0 };'],
    ['else if', (n) => 'void f(void) { ' + 'if (x) { m->pbase = 1; m->len = 2; } else '.repeat(n / 100) + '; }'],
    ['a number', (n) => `struct ukplat_memregion_desc r = { .pbase = ${'9'.repeat(n)} };`],
    ['const', (n) => 'const '.repeat(n) + 'pbase'],
    ['quotes', (n) => '"'.repeat(n) + 'pbase'],
    ['functions without end', (n) => 'void f(struct ukplat_memregion_desc *m) { m->pbase = 1; m->len = 1;\n'.repeat(n / 500)],
  ];
  for (const [name, make] of hard) {
    it(`is not stopped by 20 000 ${name}`, function () {
      this.timeout(20_000);
      const source = make(20_000);
      assertInBounds(source, readCSource(source, {}));
    });
  }

  it('reads 10 MB of noise in seconds', function () {
    this.timeout(60_000);
    const words = [
      'pbase',
      ' struct ',
      '{',
      '}',
      ';',
      '\n',
      '"',
      '/* ',
      ' */',
      '#if A\n',
      '0x1000',
      '=',
      '.',
      '->',
      'é',
      '\u2028',
    ];
    let seed = 7;
    const next = (): string => words[(seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) % words.length]!;
    const piece = Array.from({ length: 30_000 }, next).join('');
    const source = piece.repeat(Math.ceil(10_000_000 / piece.length));
    assert.ok(readCSource(source, {}).problems.length > 0);
  });
});

describe('c-source: looksLikeC', () => {
  const samples: readonly (readonly [string, string, boolean])[] = [
    ['a descriptor', 'struct ukplat_memregion_desc r = { .pbase = 1 };', true],
    ['assignments', '#include <uk/plat/memory.h>\nvoid f(void)\n{\n\tm->base = 0;\n}\n', true],
    ['a memory-map file', '{\n  // map\n  "release": "0.17.0", "regions": [{ "pbase": "0x1000" }]\n}', false],
    ['a GDB transcript', '(gdb) p mrd\n$1 = {pbase = 1048576, vbase = 1048576, len = 4096, type = 1, flags = 3}\n', false],
    ['a serial log', '[    0.100000] Info: [libukboot] Initialize memory allocator...\n', false],
    ['a configuration', '# comment\nCONFIG_UKPLAT_MEMRNAME=y\nCONFIG_LIBUKBOOT=y\n', false],
    ['zeros', '\0\0\0struct ukplat_memregion_desc', false],
    ['nothing', '', false],
  ];
  for (const [name, text, expected] of samples) {
    it(`${name}: ${expected ? 'C' : 'not C'}`, () => assert.equal(looksLikeC(text) >= 0.5, expected, String(looksLikeC(text))));
  }
});

function apply(operator: string, a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return undefined;
  const wrap = (v: bigint): bigint => BigInt.asUintN(64, v);
  switch (operator) {
    case '+': return wrap(a + b);
    case '-': return wrap(a - b);
    case '*': return wrap(a * b);
    case '/': return b === 0n ? undefined : a / b;
    case '%': return b === 0n ? undefined : a % b;
    case '&': return a & b;
    case '|': return a | b;
    case '^': return a ^ b;
    default: return b >= 64n ? undefined : wrap(operator === '<<' ? a << b : a >> b);
  }
} // prettier-ignore
