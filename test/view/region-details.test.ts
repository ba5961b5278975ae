import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readInput } from '../../src/readers/input';
import { readMemoryMap } from '../../src/readers/memory-map';
import { captureNamed } from '../support/captures';
import { Simulation } from '../../src/timeline/simulation';
import { RunFlag, RUN_KINDS } from '../../src/view/map/items';
import { regionDetails } from '../../src/view/region-details';
import { at, bootOf, frameOf, MAIN_3, pictured, viewOf } from './subjects';

const plain = (text: string) => text.replace(/[\u202f\u2009\u00a0]/g, ' ');
const of = (view: ReturnType<typeof bootOf>, selection: string) => frameOf(view, { selection }).region;

describe('details of a region', () => {
  it('of one that is no heap: its descriptor as stored, and what each field is', () => {
    const found = of(at(pictured(), MAIN_3), '0xa1000')!;
    assert.deepEqual(
      [found.index, found.base, found.title, plain(found.size), found.range],
      [3, '0xa0000', 'Region 3, reserved rw-', '128 KiB · 32 pages', '0x000a 0000 – 0x000c 0000'],
    );
    assert.deepEqual(found.fields.map((f) => [f.name, plain(f.value), plain(f.meaning)]), [
      ['pbase', '0xa0000', ''],
      ['vbase', '0xa0000', ''],
      ['pg_off', '0', 'bytes from the page’s start'],
      ['len', '0x20000', '131 072 B'],
      ['pg_count', '32', '0x20000 bytes'],
      ['type', '0x2', 'RESERVED'],
      ['flags', '0x3', 'READ | WRITE'],
    ]); // prettier-ignore
    assert.match(found.says, /RESERVED/);
    assert.equal(found.lost, false);
  });

  it('are not shown where a block of the heap holds the address', () => {
    const frame = frameOf(at(pictured(), MAIN_3), { selection: '0x188000' });
    assert.equal(frame.region, undefined);
    assert.equal(frame.selected!.base, '0x188000');
  });

  it('the map outlines it, and nothing else', () => {
    const { map } = frameOf(at(pictured(), MAIN_3), { selection: '0xa0000' });
    const { runs } = map!;
    const outlined = [...runs.flags.keys()].filter((i) => (runs.flags[i]! & RunFlag.selected) !== 0);
    assert.ok(outlined.length > 0);
    for (const i of outlined) assert.equal(RUN_KINDS[runs.kind[i]!], 'region');
  });

  it('of free memory that the kernel could not use: lost, why, and what is wrong with it', () => {
    const free = { type: 'FREE', flags: 'READ | WRITE' };
    const view = bootOf([{ pbase: '0x100000', vbase: '0x100000', len: '0x10', ...free }, { pbase: '0x200000', vbase: '0x200000', len: '0x40000', ...free }], [], { release: '0.14.0', allocator: 'tlsf' }); // prettier-ignore
    const end = frameOf(view).moment!.operations;
    view.seek({ operation: end, step: 0 });
    const found = of(view, '0x100000')!;
    assert.ok(found.lost, JSON.stringify(found));
    assert.ok(found.says.length > 10);
    assert.equal(plain(found.size), '16 B · 16 B');
    assert.deepEqual(
      found.findings.map((f) => f.code),
      ['misaligned'],
    );
  });

  it('that it is lost is said once', () => {
    const view = bootOf(
      captureNamed('0.17.0-x86_64-tlsf-64M').facts.descriptors!.map((d) => ({ ...d })),
      [],
      { allocator: 'tlsf' },
    );
    view.seek({ operation: frameOf(view).moment!.operations, step: 0 });
    const found = of(view, '0x181000')!;
    assert.ok(found.lost);
    assert.match(plain(found.says), /^TLSF has no addmem \(the call answers -95\), 62\.4 MiB are never used\.$/);
    assert.equal(found.fields.find((f) => f.name === 'pg_count')!.value, '15966');
  });

  it('before there is a heap, too', () => {
    const view = pictured();
    view.seek({ operation: 0, step: 0 });
    assert.equal(of(view, '0x12000')!.title, 'Region 2, free rw-');
  });

  it('while the list is being made, of that list, and nothing has become of it yet', () => {
    const name = 'firmware-pc-4G.ukboot.json';
    const { map } = readInput(name, readFileSync(join(__dirname, '../../examples', name)));
    const view = viewOf(
      Simulation.create({ map, release: '0.17.0', arch: 'x86_64', allocator: 'bbuddy', config: {}, workload: [] }),
    );
    // The ninth call inserts what the firmware has from 1 MiB on; the kernel, which lies in it, is cut out later.
    view.seek({ operation: 9, step: 0 });
    const found = of(view, '0x100000')!;
    const list = frameOf(view).strip.items.filter((i) => i.kind === 'region' && BigInt(i.base) <= 0x100000n && BigInt(i.end) > 0x100000n); // prettier-ignore
    assert.ok(list.some((i) => i.kind === 'region' && i.index === found.index));
    assert.deepEqual([found.says, found.decided, found.lost], ['', false, false]);
    view.seek({ operation: frameOf(view).moment!.operations, step: 0 });
    const later = of(view, '0x100000')!;
    assert.ok(later.decided);
    assert.notEqual(later.index, found.index);
  });

  it('between two regions it is said between which', () => {
    const found = of(at(pictured(), MAIN_3), '0xc8000')!;
    assert.equal(found.index, undefined);
    assert.match(found.says, /^No descriptor tells of the memory at 0xc8000: it lies above region 3 and below region 4\.$/);
    // Region 8 has 23 bytes of its page; the rest of that is nobody's.
    const rest = of(at(pictured(), MAIN_3), '0x17f100')!;
    assert.match(rest.says, /it lies above region 8 and below region 9\.$/);
    assert.equal(rest.range, '0x0017 f017 – 0x0018 0000');
    const above = of(at(pictured(), MAIN_3), '0xfffffffffffff000')!;
    assert.match(above.says, /above region 14\.$/);
    assert.deepEqual([above.size, above.fields], ['', []]);
  });

  it('of a field that is an expression: its text, and that no number is known', () => {
    const { map } = readMemoryMap(JSON.stringify({ release: '0.17.0', regions: [{ pbase: '0x1000', vbase: '0x1000', len: '0x1000', pg_count: 1, type: 'FREE', flags: 'READ' }] })); // prettier-ignore
    const [descriptor] = map.descriptors;
    const unknown = { ...map, descriptors: [{ ...descriptor!, fields: { ...descriptor!.fields, type: { text: 'TYPE(x)' } } }] };
    const found = regionDetails({ map: unknown, release: '0.17.0', hasHeap: false, decisions: [], findings: [] }, 0x1000n)!;
    assert.deepEqual(found.fields.find((f) => f.name === 'type'), { name: 'type', value: 'TYPE(x)', meaning: 'not known from the source' }); // prettier-ignore
  });

  it('any list and any address have an answer', () => {
    const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    const near = fc.oneof(word, fc.bigInt({ min: 0n, max: 0x20000n }));
    const region = fc.record({ pbase: near, len: near, type: fc.nat(0xffff), flags: fc.nat(0xffff) });
    fc.assert(
      fc.property(fc.array(region, { minLength: 1, maxLength: 8 }), near, (regions, address) => {
        const text = regions.map((r) => ({ pbase: `0x${r.pbase.toString(16)}`, vbase: `0x${r.pbase.toString(16)}`, len: `0x${r.len.toString(16)}`, type: r.type, flags: r.flags })); // prettier-ignore
        const { map } = readMemoryMap(JSON.stringify({ release: '0.14.0', regions: text }));
        const found = regionDetails({ map, release: '0.14.0', hasHeap: true, decisions: [], findings: [] }, address)!;
        const holding = regions.filter((r) => address === r.pbase || (address >= r.pbase && address < r.pbase + r.len));
        assert.equal(found.index !== undefined, holding.length > 0);
        assert.doesNotMatch(JSON.stringify(found), /undefined|NaN/);
      }),
      { numRuns: 300 },
    );
  });
});
