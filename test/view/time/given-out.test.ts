// Who was given an address: stretches of the run and the whole of it, sorted, say what a plain search says.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GivenOut } from '../../../src/view/time/given-out';
import type { Asked } from '../../../src/view/time/given-out';

interface Call {
  readonly kind: 'malloc' | 'free' | 'palloc' | 'skip';
  readonly ret: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  kind: fc.constantFrom('malloc', 'free', 'palloc', 'skip'),
  // Few places, so that many are given out again; the upper half of the address space is negative.
  ret: fc.integer({ min: -4, max: 8 }).map((n) => n * 4096),
});

function run(calls: readonly Call[]): Asked {
  return {
    operationCount: calls.length,
    returned: (i) => calls[i]!.ret,
    recorded: () => undefined,
    info: (i) => ({ kind: calls[i]!.kind }) as ReturnType<Asked['info']>,
  };
}

function plainly(calls: readonly Call[], base: number, end: number, done: number): number {
  return calls.findLastIndex(
    ({ kind, ret }, i) => i < done && (kind === 'malloc' || kind === 'palloc') && ret !== 0 && ret >= base && ret < end,
  );
}

describe('addresses that were given out', () => {
  it('the last operation that was given one in a range, however it is looked for', () => {
    const range = fc.tuple(fc.integer({ min: -4, max: 8 }), fc.integer({ min: 1, max: 5 }), fc.nat(60));
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), fc.array(range, { maxLength: 12 }), (calls, ranges) => {
        const ways = [1, 7, 1e6].map((stretch) => new GivenOut(run(calls), stretch));
        const { results } = new GivenOut(run(calls));
        for (const [page, pages, done] of ranges) {
          const [base, end, upTo] = [page * 4096, (page + pages) * 4096, Math.min(done, calls.length)];
          const expected = plainly(calls, base, end, upTo);
          assert.deepEqual(
            [...ways, results].map((way) => way.last(base, end, upTo)),
            [expected, expected, expected, expected],
          );
        }
      }),
    );
  });

  it('what was given out not long ago is found without looking at the beginning of the run', () => {
    const asked: number[] = [];
    const calls: Call[] = Array.from({ length: 100 }, (_, i) => ({ kind: 'malloc', ret: (i + 1) * 4096 }));
    const given = new GivenOut({ ...run(calls), returned: (i) => (asked.push(i), calls[i]!.ret) }, 10);
    assert.equal(given.last(85 * 4096, 86 * 4096, 100), 84);
    assert.equal(Math.min(...asked), 80);
  });
});
