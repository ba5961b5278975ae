import assert from 'node:assert/strict';
import { headersDefining, namesMissing } from '../../../src/extension/project/headers';
import type { RegionMap } from '../../../src/regions/descriptor';

const headers = [
  { name: 'plat.h', text: '#define HEAP_BASE (RAM_BASE + PAGES(4))\n#define OTHER 1\n' },
  { name: 'ram.h', text: '#ifndef X\n#define RAM_BASE \\\n  RAM_START\n#endif\n#define PAGES(n) ((n) << SHIFT)\n' },
  { name: 'start.h', text: 'enum layout { RAM_FIRST = 1, RAM_START = 0x40000000, RAM_LAST };\n' },
  { name: 'shift.h', text: 'static const unsigned SHIFT = 12;\n' },
  { name: 'unrelated.h', text: '#define HEAP_BASE_MASK 1\nstruct s { int HEAP_BASE; };\n' },
];

describe('headers', () => {
  it('names that a map lacks are those of its unknown fields, members aside', () => {
    const fields = { pbase: { text: 'HEAP_BASE + lcpu->end' }, len: { text: 'KNOWN', value: 1n } };
    const map: RegionMap = { kind: 'c', descriptors: [{ era: 'paged', fields }], hints: {}, problems: [] };
    assert.deepEqual([...namesMissing(map)], ['HEAP_BASE', 'lcpu']);
  });

  it('takes the headers that define a name, and what the definition uses in turn', () => {
    const taken = headersDefining(new Set(['HEAP_BASE']), headers).map((h) => h.name);
    assert.deepEqual(taken, ['plat.h', 'ram.h', 'start.h', 'shift.h']);
  });

  it('takes nothing when nothing is missing, and ends on definitions in a circle', () => {
    assert.deepEqual(headersDefining(new Set(), headers), []);
    const circle = [{ name: 'a.h', text: '#define A B\n#define B A\n' }];
    assert.deepEqual(headersDefining(new Set(['A']), circle), circle);
  });
});
