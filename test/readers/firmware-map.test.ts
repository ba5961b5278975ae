import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { detectText } from '../../src/readers/detect';
import { readFirmwareMap } from '../../src/readers/firmware-map';
import { readRegions } from '../../src/readers/read-regions';
import type { RegionMap } from '../../src/regions/descriptor';

const FILES = join(__dirname, 'firmware');
const file = (name: string): string => readFileSync(join(FILES, name), 'utf8');

/** Fields of each region in hex, in the order of the struct. */
const rows = (map: RegionMap): string[] =>
  map.descriptors.map((d) =>
    Object.values(d.fields)
      .map((f) => f.value!.toString(16))
      .join(' '),
  );
const codes = (map: RegionMap): string[] => map.problems.map((p) => `${p.severity} ${p.code}`);

describe('firmware map', () => {
  for (const name of readdirSync(FILES)) {
    it(`${name} is recognised, and read with a warning that it is no kernel's list`, () => {
      assert.equal(detectText('input', file(name)), 'firmware-map');
      const map = readRegions('input', file(name));
      assert.ok(map.descriptors.length > 0);
      assert.ok(codes(map).includes('warning firmware-map'));
    });
  }

  it('e820: page 0 is left out, a piece below a page vanishes, free memory is whole pages from 0.17 on', () => {
    const map = readFirmwareMap(file('pc-128M-initrd-e820-style.txt'), '0.17.0');
    assert.deepEqual(rows(map), [
      '1000 1000 0 9f000 9f 1 3',
      'f0000 f0000 0 10000 10 2 1',
      '100000 100000 0 7ee0000 7ee0 1 3',
      '7fe0000 7fe0000 0 20000 20 2 1',
      'fffc0000 fffc0000 0 40000 40 2 1',
      'fd00000000 fd00000000 0 300000000 300000 2 1',
    ]);
    assert.equal(map.hints.arch, 'x86_64');
  });

  it('e820: 0.14 takes the bytes as they are', () => {
    assert.equal(rows(readFirmwareMap(file('pc-128M-initrd-e820-style.txt'), '0.14.0'))[0], '1000 1000 9ec00 1 3');
  });

  it('e820: a classic kernel takes the memory at 1 MiB', () => {
    const free = rows(readFirmwareMap(file('q35-4G-e820-style.txt'), '0.10.0')).filter((r) => r.endsWith(' 31'));
    assert.deepEqual(free, ['100000 7fedf000 31']);
  });

  it('e820: the lines after the map do not belong to it', () => {
    assert.equal(readFirmwareMap(file('linux-dmesg-e820.txt')).descriptors.length, 5);
  });

  it('e820: the old notation has exclusive ends', () => {
    assert.deepEqual(rows(readFirmwareMap(' BIOS-e820: 0000000000100000 - 0000000000200000 (usable)\n')), [
      '100000 100000 0 100000 100 1 3',
    ]);
  });

  it('iomem: only what stands at the margin, and only memory', () => {
    const map = readFirmwareMap(file('linux-proc-iomem.txt'), '0.14.0');
    assert.deepEqual(rows(map), [
      '1000 1000 9ec00 1 3',
      '9fc00 9fc00 60400 2 21',
      '100000 100000 bff00000 1 3',
      'eec00000 eec00000 10000000 2 21',
      '100000000 100000000 540000000 1 3',
    ]);
  });

  it('iomem: an ordinary user sees zeros, which is said', () => {
    const map = readFirmwareMap('00000000-00000000 : System RAM\n00000000-00000000 : Reserved\n');
    assert.ok(codes(map).includes('error no-addresses'));
    assert.deepEqual(map.descriptors, []);
  });

  it('device tree: the first bank of the memory node, with the cells of the root', () => {
    const map = readFirmwareMap(file('virt-64M.dts'));
    assert.deepEqual(rows(map), ['40000000 40000000 0 4000000 4000 1 3']);
    assert.equal(map.hints.arch, 'arm64');
    const narrow =
      '/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; memory { reg = <0x80000000 0x1000000 0x90000000 0x1000>; }; };';
    assert.deepEqual(rows(readFirmwareMap(narrow)), ['80000000 80000000 0 1000000 1000 1 3']);
    assert.ok(codes(readFirmwareMap(narrow)).includes('info further-bank'));
  });

  it('damage is said', () => {
    assert.deepEqual(codes(readFirmwareMap('BIOS-e820: [mem 0x2000-0x1000] usable')), [
      'error damaged-line',
      'warning firmware-map',
    ]);
    assert.deepEqual(codes(readFirmwareMap('/dts-v1/; memory { reg = <0x1 zero>; };')), [
      'error damaged-line',
      'error damaged-line',
      'error no-regions',
    ]);
    assert.deepEqual(codes(readFirmwareMap('')), ['error no-regions']);
  });

  it('any change of a map is answered', () => {
    const texts = readdirSync(FILES).map(file);
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(1000), fc.string(), fc.nat(50), (text, at, noise, cut) => {
        const map = readFirmwareMap(text.slice(0, at) + noise + text.slice(at + cut));
        assert.ok(map.problems.length > 0);
      }),
      { seed: 10, numRuns: 300 },
    );
  });
});
