import assert from 'node:assert/strict';
import { Walk } from '../../media/walk';
import type { Neighbour } from '../../src/view/heap-view';

describe('moves of the selection', () => {
  it('go one after the other, also after one that failed', async () => {
    const begun: Neighbour[] = [];
    const walk = new Walk(async (way) => {
      begun.push(way);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (way === 'buddy') throw new Error('no answer');
    });
    const failing = walk.go('buddy');
    const last = walk.go('nextBlock');
    await assert.rejects(failing);
    await last;
    assert.deepEqual(begun, ['buddy', 'nextBlock']);
  });

  it('a held key leaves no long queue', async () => {
    let moves = 0;
    const walk = new Walk(() => {
      moves++;
      return Promise.resolve();
    });
    for (let n = 0; n < 100; n++) void walk.go('cellRight');
    await walk.go('cellRight');
    assert.equal(moves, 8);
  });
});
