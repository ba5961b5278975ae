import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Crossing } from '../../src/memory/crossing';
import { SimMemory } from '../../src/memory/sim-memory';
import { Crossings } from '../../src/timeline/crossings';

const BASE = 0x10000;
const WORDS = 64;
/** More than eight times eight, so that three levels are made, and some of each are left over. */
const INTERVALS = 85;

describe('timeline: from one interval to another', () => {
  const mem = new SimMemory(BASE, WORDS * 4);
  mem.journal.on = true;
  const now = () => Array.from({ length: WORDS }, (_, i) => mem.u32(BASE + i * 4));
  const states = [now()];
  const crossings = new Crossings();
  before(() => {
    for (let i = 0; i < INTERVALS; i++) {
      for (let n = 0; n < 3; n++) mem.setU32(BASE + 4 * ((i * 7 + n * n) % WORDS), i * 3 + n);
      if (i % 13 === 0) mem.fill(BASE + 64, BASE + 64 + 128, i);
      states.push(now());
      crossings.push(Crossing.of(mem.journal, mem.store));
      mem.journal.clear();
    }
  });

  it('memory is what it was there, by any way', () => {
    let at = INTERVALS;
    fc.assert(
      fc.property(fc.nat(INTERVALS), (to) => {
        crossings.cross(mem.store, at, to);
        at = to;
        assert.deepEqual(now(), states[to]);
      }),
      { seed: 5, numRuns: 300 },
    );
    crossings.cross(mem.store, at, INTERVALS);
  });

  it('the last interval that wrote a word is told', () => {
    const words = mem.wordsOf(BASE, BASE + 4);
    for (let before = 0; before <= INTERVALS; before++) {
      const wrote = (i: number) => [0, 1, 2].some((n) => (i * 7 + n * n) % WORDS === 0);
      let expected = before - 1;
      while (expected >= 0 && !wrote(expected)) expected--;
      assert.equal(crossings.lastThatWrote(words, before), expected);
    }
  });
});
