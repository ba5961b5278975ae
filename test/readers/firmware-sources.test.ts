// The forms in which a firmware's map is given: device trees as blob and as source, QEMU's memory tree, the bytes of a multiboot map,
// the section of a memory-map file. Damage to each is answered with a value and located problems.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { detect, detectText } from '../../src/readers/detect';
import { readBlob } from '../../src/readers/device-tree/dtb';
import { readSource } from '../../src/readers/device-tree/dts';
import { firmwareOfTree } from '../../src/readers/device-tree/firmware';
import type { TreeNode } from '../../src/readers/device-tree/tree';
import { readFirmwareMap } from '../../src/readers/firmware-map';
import { readMemoryMap } from '../../src/readers/memory-map';
import { readMultibootMap } from '../../src/readers/multiboot-map';
import { readRegions } from '../../src/readers/read-regions';
import type { FirmwareMap } from '../../src/regions/firmware-map';
import type { Problem } from '../../src/regions/problem';
import { captureNamed } from '../support/captures';

const unpacked = (name: string): Uint8Array => gunzipSync(readFileSync(join(__dirname, 'device-tree', name)));
const BLOB = new Uint8Array(unpacked('virt-128M.dtb.gz'));
const SOURCE = new TextDecoder().decode(unpacked('virt-128M.dts.gz'));
const MMAP = new Uint8Array(readFileSync(join(__dirname, 'q35-4G-multiboot-mmap.bin')));
const codes = (problems: readonly Problem[]): string[] => problems.map((p) => `${p.severity} ${p.code}`);
const entries = (map: FirmwareMap | undefined): string[] =>
  (map?.entries ?? []).map((e) => `${e.base.toString(16)}+${e.len.toString(16)} ${e.kind}`);

/** A tree without places, properties as hex. */
const plain = (node: TreeNode): unknown => ({
  name: node.name,
  properties: Object.fromEntries(
    [...node.properties].map(([k, p]): [string, string] => [k, Buffer.from(p.bytes).toString('hex')]).sort(),
  ),
  children: node.children.map(plain),
});

describe('device trees', () => {
  it('blob and source of one machine are the same tree, to the byte', () => {
    const [blob, source] = [readBlob(BLOB), readSource(SOURCE)];
    assert.deepEqual([blob.problems, source.problems], [[], []]);
    assert.deepEqual(plain(source.root!), plain(blob.root!));
    assert.ok(blob.root!.children.length > 30);
    assert.equal(blob.size, BLOB.length);
  });

  it('gives the bank, and the console that stdout-path names', () => {
    const { firmware } = firmwareOfTree(readBlob(BLOB).root!);
    assert.deepEqual(entries(firmware), ['40000000+8000000 usable']);
    assert.deepEqual(
      firmware!.devices.map((d) => [d.base, d.name]),
      [[0x9000000n, 'pl011@9000000']],
    );
    assert.equal(detect('x', BLOB), 'device-tree');
    const map = readRegions('x', BLOB);
    assert.deepEqual([map.hints.arch, map.firmware?.protocol], ['arm64', 'devicetree']);
  });

  it('command line, initial RAM disk, several banks, 64-bit values', () => {
    const text = `/dts-v1/;
      / { #address-cells = <2>; #size-cells = <2>;
        memory@8000000000 { device_type = "memory"; reg = <0x80 0x0 0xffff 0xfffff000 0x1 0x0 0x0 0x1000>; };
        chosen { bootargs = "console=ttyAMA0 x"; linux,initrd-start = <0x48000000>; linux,initrd-end = <0x0 0x48100123>; };
      };`;
    const { firmware, problems } = firmwareOfTree(readSource(text).root!);
    assert.deepEqual(entries(firmware), ['8000000000+fffffffff000 usable', '100000000+1000 usable']);
    assert.equal(firmware!.cmdline!.len, 17n);
    assert.deepEqual(
      firmware!.modules.map((m) => [m.base, m.len]),
      [[0x48000000n, 0x100123n]],
    );
    assert.deepEqual(codes(problems), ['info further-bank']);
  });

  it('what a boot does not follow is passed over: labels, references, bits, deletions, comments', () => {
    const text =
      '/dts-v1/; /memreserve/ 0x1 0x2; / { a: b@1 { /* } */ c = <&a 1>, [0102], "x}"; d = /bits/ 64 <0x123456789abcdef0>; /delete-property/ e; f; }; };';
    const { root, problems } = readSource(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(plain(root!.children[0]!), {
      name: 'b@1',
      properties: { c: '00000000000000010102787d00', d: '123456789abcdef0', f: '' },
      children: [],
    });
  });

  it('damage is said at its place', () => {
    assert.deepEqual(codes(readBlob(BLOB.slice(0, 60)).problems), ['error cut-off', 'error cut-off']);
    assert.deepEqual(codes(readBlob(new Uint8Array(50)).problems), ['error not-a-device-tree']);
    const deep = readSource('/ {' + ' a {'.repeat(100));
    assert.ok(codes(deep.problems).includes('error too-deep'));
    const cut = readSource('/dts-v1/; / { a {\n b = <0x123456789>; };');
    assert.deepEqual(
      cut.problems.map((p) => [p.code, p.where?.line]),
      [
        ['damaged-line', 1],
        ['cut-off', 1],
      ],
    );
    const beyond = firmwareOfTree(readSource('/ { #size-cells = <2>; memory { reg = <0xffffffff 0xffffffff 1 0>; }; };').root!);
    assert.deepEqual(codes(beyond.problems), ['error damaged-line', 'error damaged-line']);
  });

  it('any damage to a blob gives a value, and bounded work', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(BLOB.length - 1), fc.nat(255)), { maxLength: 12 }),
        fc.nat(BLOB.length),
        (flips, cut) => {
          const bytes = BLOB.slice(0, cut);
          for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
          const { root, problems } = readBlob(bytes);
          assert.ok(root !== undefined || problems.length > 0);
          const map = readRegions('x', bytes);
          assert.ok(map.problems.length > 0);
          for (const e of map.firmware?.entries ?? []) assert.ok(e.base + e.len <= 1n << 64n);
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });

  it('any damage to a source gives a value', () => {
    fc.assert(
      fc.property(
        fc.nat(SOURCE.length),
        fc.nat(300),
        fc.oneof(fc.string(), fc.constantFrom('{', '};', '<', '"', '/*', '&', ';')),
        (at, cut, noise) => {
          const map = readFirmwareMap(SOURCE.slice(0, at) + noise + SOURCE.slice(at + cut));
          assert.ok(map.problems.length > 0);
        },
      ),
      { seed: 4, numRuns: 150 },
    );
  });
});

describe('multiboot map as bytes', () => {
  it('is recognised and read', () => {
    assert.equal(detect('map.bin', MMAP), 'multiboot-map');
    const map = readRegions('map.bin', MMAP);
    assert.equal(map.firmware!.entries.length, 10);
    assert.equal(entries(map.firmware)[8], '100000000+80000000 usable');
  });

  it('any other bytes end it where they stand', () => {
    fc.assert(
      fc.property(fc.nat(MMAP.length), fc.uint8Array({ maxLength: 60 }), (at, noise) => {
        const bytes = new Uint8Array([...MMAP.slice(0, at), ...noise]);
        const { entries: found, left } = readMultibootMap(bytes);
        assert.ok(left >= 0 && found.length >= Math.floor(at / 24));
      }),
      { seed: 5 },
    );
  });
});

describe('QEMU memory tree', () => {
  const transcript = captureNamed('0.17.0-x86_64-bbuddy-64M').text('gdb/10-pre-heap.txt');
  const from = transcript.indexOf('FlatView #0');
  const tree = transcript.slice(from, transcript.indexOf('(gdb)', from));

  it('RAM of the shared view; between 640 KiB and 1 MiB it is the firmware’s', () => {
    assert.equal(detectText('x', tree), 'firmware-map');
    const map = readFirmwareMap(tree);
    assert.deepEqual(
      entries(map.firmware).filter((e) => e.endsWith('usable')),
      ['0+a0000 usable', '100000+3f00000 usable'],
    );
    assert.ok(entries(map.firmware).some((e) => e.endsWith('reserved')));
  });
});

describe('firmware section of a memory-map file', () => {
  const read = (firmware: unknown): ReturnType<typeof readMemoryMap>['map'] => readMemoryMap(JSON.stringify({ firmware })).map;

  it('kinds by name and by the protocol’s number', () => {
    const list = [
      { base: 0, len: '0x1000', type: 'usable' },
      { base: 4096, len: 1, type: 7 },
    ];
    const kernel = [{ base: 0, len: 1 }];
    assert.deepEqual(entries(read({ protocol: 'efi', map: list, kernel }).firmware), ['0+1000 usable', '1000+1 usable']);
    assert.deepEqual(entries(read({ protocol: 'multiboot', map: list, kernel }).firmware), [
      '0+1000 usable',
      '1000+1 persistent',
    ]);
  });

  it('what is wrong is said where it stands', () => {
    const map = read({
      protocol: 'multiboot',
      map: [{ base: 0, len: 1 }, { base: -1, len: 1, type: 1 }, { base: 0, len: 1, type: 'free' }, 5],
      kernel: [{ base: 0, len: 1, flags: ['RUN'] }],
      speed: 1,
    });
    assert.deepEqual(codes(map.problems).sort(), [
      'error missing-key',
      'error out-of-range',
      'error unknown-flag-name',
      'error unknown-type-name',
      'error wrong-type',
      'warning unknown-key',
    ]);
    assert.ok(map.problems.every((p) => p.where !== undefined));
    assert.deepEqual(codes(read({ protocol: 'bios', map: [] }).problems), ['error unknown-protocol']);
    assert.deepEqual(codes(read({ protocol: 'xen' }).problems), ['error missing-key', 'warning no-kernel']);
    const both = readMemoryMap('{ "regions": [], "firmware": { "protocol": "xen", "map": [], "kernel": [] } }').map;
    assert.ok(codes(both.problems).includes('warning two-lists'));
  });

  it('any value is answered', () => {
    const value = fc.jsonValue();
    const odd = fc.record(
      {
        protocol: fc.oneof(fc.constant('multiboot'), value),
        map: fc.oneof(fc.array(fc.record({ base: value, len: value, type: value })), value),
        kernel: value,
        cmdline: value,
        modules: value,
        devicetree: value,
        devices: value,
        image: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(odd, (firmware) => {
        for (const e of read(firmware).firmware?.entries ?? [])
          assert.ok(e.base >= 0n && e.len >= 0n && e.base + e.len <= 1n << 64n);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});
