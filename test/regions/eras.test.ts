import assert from 'node:assert/strict';
import {
  ERA_PROFILES,
  bitsNamed,
  descriptorSize,
  eraOf,
  eraProfile,
  flagNames,
  isHeapCandidate,
  macrosOf,
  permissionsText,
  profileOfEra,
  typeName,
} from '../../src/regions/eras';
import { compareReleases } from '../../src/regions/release';
import type { Release } from '../../src/regions/release';

describe('eras: descriptor layouts', () => {
  for (const [release, era, size, withName] of [
    ['0.5.0', 'classic', 24, 32],
    ['0.11.0', 'classic', 24, 32],
    ['0.12.0', 'typed', 32, 64],
    ['0.16.3', 'typed', 32, 64],
    ['0.17.0', 'paged', 48, 80],
    ['0.21.0', 'paged', 48, 80],
  ] as const) {
    it(`${release} has ${era} descriptors of ${size} and ${withName} bytes`, () => {
      assert.equal(eraOf(release), era);
      assert.equal(descriptorSize(release, false), size);
      assert.equal(descriptorSize(release, true), withName);
    });
  }

  it('fields follow each other without overlap and end before the name, which ends before the size', () => {
    for (const { layout } of ERA_PROFILES) {
      let at = 0;
      for (const field of layout.fields) {
        assert.ok(field.offset >= at);
        at = field.offset + field.bytes;
      }
      assert.ok(at <= layout.size && at <= layout.name.offset);
      assert.ok(layout.name.offset + layout.name.bytes <= layout.sizeWithName);
    }
  });

  it('profiles ascend, and no two bits of a field coincide', () => {
    ERA_PROFILES.slice(1).forEach((p, i) => assert.ok(compareReleases(ERA_PROFILES[i]!.from, p.from) < 0));
    for (const { types, flags } of ERA_PROFILES) {
      for (const bits of [types, flags]) assert.equal(new Set(bits.map((b) => b.bit)).size, bits.length);
    }
  });
});

describe('eras: names of types and flags', () => {
  for (const [release, type, name, printed] of [
    ['0.14.0', 0x10, 'CMDLINE', 'cmdl'],
    ['0.17.0', 0x10, 'CMDLINE', 'cmdl'],
    ['0.18.0', 0x10, 'DEVICETREE', 'dtb '],
    ['0.17.0', 0x20, 'DEVICETREE', 'dtb '],
    ['0.18.0', 0x20, 'STACK', 'stck'],
    ['0.17.0', 0x40, 'STACK', 'stck'],
    ['0.18.0', 0x40, 'DEVICE', 'device'],
    ['0.17.0', 0x80, 'DEVICE', 'device'],
    ['0.16.0', 0x80, '0x80', ''],
    ['0.17.0', 1, 'FREE', ''],
    ['0.17.0', 8, 'INITRD', 'ramd'],
    ['0.17.0', 3, 'FREE | RESERVED', ''],
    ['0.17.0', 0, 'none', ''],
    ['0.17.0', 0x101, 'FREE | 0x100', ''],
  ] as const) {
    it(`type 0x${type.toString(16)} of ${release} is ${name}, printed “${printed}”`, () => {
      assert.equal(typeName(type, eraProfile(release)), name);
      assert.equal(eraProfile(release).types.find((t) => t.bit === type)?.printed ?? '', printed);
    });
  }

  for (const [release, flags, names] of [
    ['0.3.0', 0xd, ['FREE', 'READABLE', 'WRITABLE']],
    ['0.9.0', 0x31, ['FREE', 'READABLE', 'WRITABLE']],
    ['0.9.0', 0x40, ['0x40']],
    ['0.10.0', 0x52, ['RESERVED', 'READABLE', 'EXECUTABLE']],
    ['0.14.0', 0x23, ['READ', 'WRITE', 'MAP']],
    ['0.17.0', 0x23, ['READ', 'WRITE', '0x20']],
    ['0.17.0', 0, []],
  ] as const) {
    it(`flags 0x${flags.toString(16)} of ${release} are ${names.join(' ') || 'nothing'}`, () => {
      assert.deepEqual(flagNames(flags, eraProfile(release)), names);
    });
  }

  it('every name and macro gives back its bits', () => {
    for (const profile of ERA_PROFILES) {
      for (const field of ['type', 'flags'] as const) {
        for (const b of field === 'type' ? profile.types : profile.flags) {
          assert.equal(bitsNamed(b.name, field, profile), b.bit);
          assert.equal(bitsNamed(b.macro, field, profile), b.bit);
          assert.equal(macrosOf(profile.from).get(b.macro), BigInt(b.bit));
        }
      }
    }
    assert.equal(bitsNamed('ALLOCATABLE', 'flags', eraProfile('0.3.0')), 0xd);
    assert.equal(bitsNamed('UKPLAT_MEMRF_ALLOCATABLE', 'flags', eraProfile('0.5.0')), 0x31);
    assert.equal(bitsNamed('CMDLINE', 'type', eraProfile('0.18.0')), undefined);
    assert.equal(bitsNamed('free', 'type', eraProfile('0.18.0')), undefined);
  });

  it('permissions are written as the kernel writes them', () => {
    assert.deepEqual([0, 1, 3, 5, 7, 0x21].map(permissionsText), ['---', 'r--', 'rw-', 'r-x', 'rwx', 'r--']);
  });
});

describe('eras: what heap_init takes', () => {
  for (const [release, type, flags, takes] of [
    ['0.3.0', 0, 0xd, true],
    ['0.3.0', 0, 0x31, false],
    ['0.10.0', 0, 0x31, true],
    ['0.10.0', 0, 0x11, false],
    ['0.10.0', 0, 0x71, true],
    ['0.14.0', 1, 0, true],
    ['0.17.0', 3, 0, true],
    ['0.17.0', 2, 3, false],
  ] as const) {
    it(`${release}: type ${type}, flags 0x${flags.toString(16)} → ${takes ? 'tried' : 'passed over'}`, () => {
      assert.equal(isHeapCandidate(type, flags, eraProfile(release)), takes);
    });
  }

  it('a descriptor of another era is read with the nearest release that has it', () => {
    const from = (era: 'classic' | 'typed' | 'paged', release: Release) => profileOfEra(era, release).from;
    assert.equal(from('classic', '0.17.0'), '0.10.0');
    assert.equal(from('paged', '0.5.0'), '0.17.0');
    assert.equal(from('typed', '0.17.0'), '0.12.0');
    assert.equal(from('paged', '0.20.0'), '0.18.0');
  });
});
