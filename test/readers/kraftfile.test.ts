import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readKraftfile } from '../../src/readers/kraftfile';

const WHOLE = `
spec: v0.6
name: helloworld
unikraft:
  version: v0.17.0   # a comment
  kconfig:
    CONFIG_LIBUKDEBUG_PRINTK_INFO: 'y'
    CONFIG_LIBUKBOOT_INITTLSF: true
    CONFIG_LIBUKBOOT_HEAP_BASE: 0x400000000
    CONFIG_UK_NAME: '"hello"'
targets:
- platform: qemu
  architecture: arm64
  kconfig:
  - CONFIG_LIBVFSCORE=n
  - CONFIG_UK_DEFNAME="a=b"
`;

describe('kraftfile', () => {
  it('reads version, configuration in both forms and the target', () => {
    const file = readKraftfile(WHOLE);
    assert.deepEqual(file.problems, []);
    assert.equal(file.name, 'helloworld');
    const config = {
      CONFIG_LIBUKDEBUG_PRINTK_INFO: 'y',
      CONFIG_LIBUKBOOT_INITTLSF: 'y',
      CONFIG_LIBUKBOOT_HEAP_BASE: '0x400000000',
      CONFIG_UK_NAME: 'hello',
      CONFIG_LIBVFSCORE: 'n',
      CONFIG_UK_DEFNAME: 'a=b',
    };
    assert.deepEqual(file.targets, [{ platform: 'qemu', architecture: 'arm64', config }]);
    assert.deepEqual(file.hints, { release: '0.17.0', arch: 'arm64', allocator: 'tlsf', config });
  });

  for (const [yaml, hints] of [
    ['unikraft: v0.14.0\n', { release: '0.14.0' }],
    ['unikraft: 0.10\ntargets: [qemu/x86_64]', { release: '0.10.0', arch: 'x86_64' }],
    ['unikraft: stable\n', {}],
    ['unikraft: { version: "0.5", kconfig: [CONFIG_A=y] }', { release: '0.5.0', config: { CONFIG_A: 'y' } }],
    ['unikraft: { kconfig: [CONFIG_A=y] }\ntargets: [qemu/x86_64, qemu/arm64]', { config: { CONFIG_A: 'y' } }],
    [
      'unikraft: { kconfig: [CONFIG_A=y] }\ntargets: [{plat: {name: kvm}, arch: x86_64}, fc/x86_64]',
      { arch: 'x86_64', config: { CONFIG_A: 'y' } },
    ],
    [
      'specification: 0.5\nunikraft: { version: staging, kconfig: { CONFIG_UK_FULLVERSION: 0.13.1 } }',
      { release: '0.13.1', config: { CONFIG_UK_FULLVERSION: '0.13.1' } },
    ],
    ['common: &c\n  CONFIG_A: "y"\nunikraft: { kconfig: *c }', { config: { CONFIG_A: 'y' } }],
    ['unikraft:\n  kconfig:\n', {}],
  ] as const) {
    it(JSON.stringify(yaml), () => {
      const file = readKraftfile(yaml);
      assert.deepEqual(file.problems, []);
      assert.deepEqual(file.hints, hints);
    });
  }

  for (const [yaml, expected] of [
    ['', ['error not-a-kraftfile@0:0']],
    ['just text', ['error not-a-kraftfile@0:0']],
    ['name: x', ['warning no-unikraft@0:0']],
    ['unikraft: { kconfig: [y] }', ['error bad-kconfig@0:22']],
    ['unikraft: { kconfig: { A: y } }', ['error not-a-symbol@0:23']],
    ['unikraft: { kconfig: 5 }', ['error bad-kconfig@0:21']],
    ['unikraft: x\ntargets: 5', ['error bad-targets@1:9']],
    ['unikraft: x\ntargets: [5]', ['error bad-target@1:10']],
    ['unikraft: x\ntargets:\n- platform: qemu', ['warning bad-target@2:2']],
    ['unikraft: v9.17.0', ['warning unknown-release@0:10']],
    ['unikraft: "open', ['error syntax@0:15']],
  ] as [string, string[]][]) {
    it(`problems of ${JSON.stringify(yaml)}`, () => {
      const found = readKraftfile(yaml).problems.map((p) => `${p.severity} ${p.code}@${p.where!.line}:${p.where!.column}`);
      assert.deepEqual(found, expected);
    });
  }

  it('aliases of aliases and nesting without end are refused or left alone, quickly', () => {
    const bomb = [
      'a: &a [x,x]',
      ...'bcdefghij'.split('').map((k, i) => `${k}: &${k} [*${'abcdefghi'[i]!},*${'abcdefghi'[i]!}]`),
      'unikraft: *j',
    ].join('\n');
    const start = performance.now();
    readKraftfile(bomb);
    readKraftfile('unikraft: &u\n  kconfig: *u\n');
    readKraftfile('['.repeat(50_000));
    readKraftfile('- '.repeat(20_000));
    assert.ok(readKraftfile('x'.repeat(2 ** 21)).problems[0]!.code === 'too-large');
    assert.ok(performance.now() - start < 20_000);
  });

  it('any damage to a Kraftfile is answered', () => {
    fc.assert(
      fc.property(fc.nat(WHOLE.length), fc.string(), fc.nat(40), (at, noise, cut) => {
        const { problems } = readKraftfile(WHOLE.slice(0, at) + noise + WHOLE.slice(at + cut));
        for (const p of problems) assert.ok(p.where !== undefined && p.message.endsWith('.'));
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});
