import assert from 'node:assert/strict';
import { readMemoryMap } from '../../src/readers/memory-map';
import type { Descriptor, Field } from '../../src/regions/descriptor';
import { ERA_PROFILES } from '../../src/regions/eras';
import { mapEntry } from '../../src/regions/map-entry';

const field = (value: bigint): Field => ({ value, text: String(value) });

function readBack(entry: string, release: string): { readonly descriptor: Descriptor; readonly problems: readonly string[] } {
  const { map } = readMemoryMap(`{ "release": "${release}", "regions": [${entry}] }`);
  return { descriptor: map.descriptors[0]!, problems: map.problems.map((p) => p.code) };
}

describe('a region as an entry of a memory map', () => {
  it('has its fields in the order of the struct, bits by name', () => {
    const fields = {
      pbase: field(0x180000n),
      vbase: field(0x180000n),
      pg_off: field(0n),
      len: field(0x3e5f000n),
      pg_count: field(15967n),
      type: field(1n),
      flags: field(3n),
    };
    assert.equal(
      mapEntry({ era: 'paged', fields, name: 'he"ap' }, '0.17.0'),
      '{ "pbase": "0x180000", "vbase": "0x180000", "pg_off": 0, "len": "0x3e5f000", "pg_count": 15967, "type": "FREE", ' +
        '"flags": ["READ", "WRITE"], "name": "he\\"ap" }',
    );
  });

  for (const { from, layout, era } of ERA_PROFILES)
    it(`${from}: is read back as it was, also with bits that nothing names`, () => {
      for (const bits of [0n, 1n, 3n, 0x8005n]) {
        const fields = Object.fromEntries(layout.fields.map(({ name }) => [name, field(bits)]));
        fields['pg_off'] = field(BigInt.asUintN(64, -5n));
        const { descriptor, problems } = readBack(mapEntry({ era, fields }, from), from);
        assert.deepEqual(problems, []);
        for (const { name } of layout.fields)
          assert.equal(descriptor.fields[name]?.value, fields[name]!.value, `${name} ${bits}`);
      }
    });

  it('an expression keeps its text, and the reader asks for a number there', () => {
    const entry = mapEntry({ era: 'classic', fields: { base: field(0x1000n), len: { text: 'end - "x"' } } }, '0.10.0');
    assert.equal(entry, '{ "base": "0x1000", "len": "end - \\"x\\"" }');
    assert.equal(readBack(entry, '0.10.0').descriptor.fields.base?.value, 0x1000n);
    assert.ok(readBack(entry, '0.10.0').problems.length > 0);
  });
});
