// The schema that the editor uses and the reader must know the same keys and names.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILLED_IN, MAP_KEYS, REGION_KEYS, readMemoryMap } from '../../src/readers/memory-map';
import { COMMON_OPERATION_KEYS, OPERATION_KEYS } from '../../src/readers/memory-map-workload';
import { ALLOCATOR_IDS } from '../../src/regions/allocator-id';
import { ERA_PROFILES } from '../../src/regions/eras';
import { ARCHITECTURES, RELEASES } from '../../src/regions/release';

interface Schema {
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly examples?: readonly unknown[];
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly $ref?: string;
}

const schema = JSON.parse(readFileSync(join(__dirname, '../../media/ukboot.schema.json'), 'utf8')) as Schema;
const definition = (name: string): Schema => schema.definitions![name]!;
const keys = (s: Schema): string[] => Object.keys(s.properties!);

describe('memory map schema', () => {
  it('has the keys of the document', () => {
    assert.deepEqual(keys(schema).sort(), [...MAP_KEYS].sort());
    assert.equal(schema.additionalProperties, false);
  });

  for (const era of ['classic', 'typed', 'paged'] as const) {
    it(`has the keys of a ${era} region, and requires those that are not filled in`, () => {
      const region = definition(`${era}Region`);
      assert.deepEqual(keys(region), REGION_KEYS[era]);
      assert.deepEqual(
        region.required,
        REGION_KEYS[era].filter((k) => !FILLED_IN.includes(k)),
      );
      assert.equal(region.additionalProperties, false);
    });

    it(`names the types and flags of ${era} regions`, () => {
      const profiles = ERA_PROFILES.filter((p) => p.era === era || (p.era !== 'classic' && era !== 'classic'));
      const named = (field: string): string[] => [...definition(`${era}Region`).properties![field]!.anyOf![0]!.enum!].sort();
      const known = (of: 'types' | 'flags', masks: 'typeMasks' | 'flagMasks'): string[] =>
        [...new Set(profiles.flatMap((p) => [...p[of], ...p[masks]].map((b) => b.name)))].sort();
      assert.deepEqual(named('flags'), known('flags', 'flagMasks'));
      if (era !== 'classic') assert.deepEqual(named('type'), known('types', 'typeMasks'));
    });
  }

  it('lists releases, architectures and allocators', () => {
    assert.deepEqual(schema.properties!['release']!.anyOf![0]!.enum, RELEASES);
    assert.deepEqual(schema.properties!['arch']!.enum, ARCHITECTURES);
    assert.deepEqual(schema.properties!['allocator']!.enum, ALLOCATOR_IDS);
    assert.equal(schema.properties!['allocator']!.enumDescriptions!.length, ALLOCATOR_IDS.length);
  });

  it('has each operation with its keys', () => {
    const operation = definition('operation');
    assert.deepEqual(operation.properties!['op']!.enum, Object.keys(OPERATION_KEYS));
    assert.equal(operation.oneOf!.length, Object.keys(OPERATION_KEYS).length);
    for (const one of operation.oneOf!) {
      const op = one.properties!['op']!.enum![0] as keyof typeof OPERATION_KEYS;
      assert.deepEqual(keys(one).sort(), [...COMMON_OPERATION_KEYS, ...OPERATION_KEYS[op]].sort(), op);
    }
  });

  it('describes every key', () => {
    const shapes = [
      schema,
      ...['classic', 'typed', 'paged'].map((era) => definition(`${era}Region`)),
      ...definition('operation').oneOf!,
    ];
    for (const shape of shapes) {
      for (const [name, property] of Object.entries(shape.properties!)) {
        const described =
          property.description ??
          (property.$ref === undefined ? undefined : definition(property.$ref.split('/').at(-1)!).description);
        assert.ok(described !== undefined || name === '$schema' || name === 'op', name);
      }
    }
  });

  it('has examples that the reader takes without a problem', () => {
    for (const example of schema.examples!) {
      const { map } = readMemoryMap(JSON.stringify(example));
      assert.deepEqual(map.problems, []);
      assert.ok(map.descriptors.length > 0);
    }
  });
});
