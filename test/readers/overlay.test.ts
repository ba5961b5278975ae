import assert from 'node:assert/strict';
import fc from 'fast-check';
import { disjointSegments } from '../../src/readers/overlay';
import { inMemory } from '../support/images';
import { readIntelHex } from '../../src/readers/intel-hex';

describe('overlay', () => {
  const part = fc.record({ base: fc.nat(60), length: fc.nat(20) });

  it('holds, byte by byte, what the last part there says', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (list) => {
        const model = new Map<number, number>();
        const segments = list.map(({ base, length }, i) => {
          for (let at = base; at < base + length; at++) model.set(at, i);
          return { base: 0xffff800000000000n + BigInt(base), bytes: new Uint8Array(length).fill(i) };
        });
        const found = new Map<number, number>();
        let end = 0n;
        for (const { base, bytes } of inMemory(disjointSegments(segments))) {
          assert.ok(base >= end && bytes.length > 0, 'ascending, disjoint, not empty');
          end = base + BigInt(bytes.length);
          for (const [i, byte] of bytes.entries()) found.set(Number(base - 0xffff800000000000n) + i, byte);
        }
        const sorted = (map: Map<number, number>): [number, number][] => [...map].sort(([a], [b]) => a - b);
        assert.deepEqual(sorted(found), sorted(model));
      }),
      { seed: 20260117, numRuns: 500 },
    );
  });

  it('what does not overlap is left as it is', () => {
    const segments = [
      { base: 16n, bytes: new Uint8Array(4) },
      { base: 0n, bytes: new Uint8Array(16) },
    ];
    assert.deepEqual(disjointSegments(segments), [segments[1], segments[0]]);
  });

  it('a hundred thousand overlapping records take seconds, not hours', () => {
    const text = ':02000100AA55FE\n:02000000AA55FF\n'.repeat(50_000) + ':00000001FF';
    const start = process.cpuUsage();
    assert.equal(readIntelHex(text).image.size, 3);
    const { user } = process.cpuUsage(start);
    assert.ok(user < 10e6, `${user} µs`);
  });
});
