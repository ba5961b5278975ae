import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hintsFromConfig, readKconfig } from '../../src/readers/kconfig';
import { isSet } from '../../src/regions/release';
import { captures } from '../support/captures';

const codes = (text: string): string[] => readKconfig(text).problems.map((p) => `${p.severity} ${p.code}@${p.where!.line}`);

describe('kconfig: real configurations', () => {
  for (const { name, facts, text } of captures.map((c) => ({ name: c.name, facts: c.facts, text: c.text('kconfig-full.txt') }))) {
    it(`${name}: reads without a problem and says release, architecture and allocator`, () => {
      const { config, problems } = readKconfig(text);
      assert.deepEqual(problems, []);
      const { release, arch, allocator } = hintsFromConfig(config);
      assert.deepEqual([release, arch, allocator], [facts.release, facts.arch, facts.allocator]);
    });
  }
});

describe('kconfig: values', () => {
  for (const [line, value] of [
    ['CONFIG_A=y', 'y'],
    ['CONFIG_A=n', 'n'],
    ['CONFIG_A=-5', '-5'],
    ['CONFIG_A=0x400000000', '0x400000000'],
    ['CONFIG_A="0.17.0~5d54fc2"', '0.17.0~5d54fc2'],
    ['CONFIG_A="a \\"b\\" \\\\ c"', 'a "b" \\ c'],
    ['CONFIG_A=""', ''],
    ['CONFIG_A=', ''],
    ['# CONFIG_A is not set', 'n'],
    ['CONFIG_A=y\r', 'y'],
    ['\uFEFFCONFIG_A=y', 'y'],
  ] as const) {
    it(JSON.stringify(line), () => {
      const { config, problems } = readKconfig(line);
      assert.deepEqual(config, { CONFIG_A: value });
      assert.deepEqual(problems, []);
    });
  }

  it('comments and blank lines are nothing; the place of a symbol is its line', () => {
    const { config, places, problems } = readKconfig('#\n# Automatically generated file\n\nCONFIG_A=y\n');
    assert.deepEqual(config, { CONFIG_A: 'y' });
    assert.deepEqual(problems, []);
    assert.deepEqual(places.get('CONFIG_A'), { line: 3, column: 0, endLine: 3, endColumn: 10 });
  });

  for (const [text, expected] of [
    ['CONFIG_A=y\nnonsense\nCONFIG_B=y', ['error not-kconfig@1']],
    ['A=y', ['error not-kconfig@0']],
    ['CONFIG_A="open', ['error bad-value@0']],
    ['CONFIG_A=yes', ['error bad-value@0']],
    ['CONFIG_A=y\nCONFIG_A=n', ['warning set-twice@1']],
    ['CONFIG_A=y\nCONFIG_A=y', []],
    ['CONFIG_LIBUKBOOT_INITBBUDDY=y\nCONFIG_LIBUKBOOT_INITTLSF=y', ['warning several-allocators@1']],
  ] as [string, string[]][]) {
    it(`problems of ${JSON.stringify(text)}`, () => assert.deepEqual(codes(text), expected));
  }

  it('a file that is something else does not drown the reader in problems', () => {
    assert.equal(readKconfig('x\n'.repeat(100_000)).problems.length, 50);
  });

  it('any text is answered, and what was written comes back', () => {
    const symbol = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/);
    fc.assert(
      fc.property(fc.dictionary(symbol, fc.string()), fc.string(), (values, noise) => {
        const lines = Object.entries(values).map(
          ([k, v]) => `CONFIG_${k}="${v.replace(/[\r\n]/g, ' ').replace(/["\\]/g, '\\$&')}"`,
        );
        const { config } = readKconfig(lines.join('\n'));
        assert.deepEqual(
          config,
          Object.fromEntries(Object.entries(values).map(([k, v]) => [`CONFIG_${k}`, v.replace(/[\r\n]/g, ' ')])),
        );
        readKconfig(noise);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

describe('kconfig: hints', () => {
  for (const [config, expected] of [
    [
      { CONFIG_UK_FULLVERSION: '0.13.1~21ce1acf', CONFIG_UK_ARCH: 'x86_64' },
      { release: '0.13.1', arch: 'x86_64' },
    ],
    [{ CONFIG_UK_CODENAME: 'Telesto' }, { release: '0.16.0' }],
    [
      { CONFIG_UK_FULLVERSION: '0.4.0', CONFIG_LIBUKBOOT_INITALLOC: 'y' },
      { release: '0.4.0', allocator: 'bbuddy' },
    ],
    [{ CONFIG_UK_FULLVERSION: '0.17.0', CONFIG_LIBUKBOOT_INITALLOC: 'y' }, { release: '0.17.0' }],
    [{ CONFIG_LIBUKBOOT_INITTLSF: 'y', CONFIG_LIBUKBOOT_INITBBUDDY: 'n' }, { allocator: 'tlsf' }],
    [{ CONFIG_UK_FULLVERSION: '0.5.0', CONFIG_LIBUKBOOT_INITMIMALLOC: 'y' }, { release: '0.5.0' }],
    [{ CONFIG_LIBUKBOOT_INITNOALLOC: 'y', CONFIG_ARCH_ARM_64: 'y' }, { arch: 'arm64' }],
    [{ CONFIG_ARCH_ARM_32: 'y', CONFIG_UK_ARCH: 'arm' }, {}],
  ] as const) {
    it(JSON.stringify(config), () => assert.deepEqual(hintsFromConfig(config), { ...expected, config }));
  }

  it('what is not set is not chosen', () => {
    assert.equal(isSet(readKconfig('# CONFIG_A is not set').config, 'CONFIG_A'), false);
  });
});
