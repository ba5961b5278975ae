import assert from 'node:assert/strict';
import { Selections } from '../../media/selections';

describe('the way through selections', () => {
  it('goes back and forward; another selection ends the way forward', () => {
    const way = new Selections(undefined);
    way.go(undefined, '0x1000');
    way.go('0x1000', '0x2000');
    way.go('0x2000', '0x2000');
    way.go('0x2000', '0x3000');
    assert.equal(way.goBack('0x3000'), '0x2000');
    assert.equal(way.goBack('0x2000'), '0x1000');
    assert.equal(way.goBack('0x1000'), undefined);
    assert.equal(way.goForward('0x1000'), '0x2000');
    way.go('0x2000', '0x9000');
    assert.deepEqual(way.history, { back: ['0x1000', '0x2000'], forward: [] });
    assert.equal(way.goForward('0x9000'), undefined);
  });

  it('leads back to what Esc took away, and still forward from there', () => {
    const way = new Selections({ back: ['0x1000'], forward: ['0x3000'] });
    way.go('0x2000', undefined);
    assert.equal(way.goBack(undefined), '0x2000');
    assert.equal(way.goForward('0x2000'), '0x3000');
    way.go('0x3000', undefined);
    way.go(undefined, '0x3000');
    assert.deepEqual(way.history, { back: ['0x1000', '0x2000'], forward: [] });
  });

  it('goes on from what was kept, and keeps no more than a hundred', () => {
    const way = new Selections({ back: ['0x1000'], forward: ['0x3000'] });
    assert.equal(way.goForward('0x2000'), '0x3000');
    assert.deepEqual(way.history.back, ['0x1000', '0x2000']);
    for (let i = 0; i < 300; i++) way.go(`0x${i.toString(16)}`, `0x${(i + 1).toString(16)}`);
    assert.equal(way.history.back.length, 100);
    assert.equal(way.history.back.at(-1), '0x12b');
  });

  for (const kept of [null, 1, 'back', [], { back: 1 }, { back: [1, null, 'x', '0xg'] }])
    it(`takes nothing from what is no history: ${JSON.stringify(kept)}`, () =>
      assert.deepEqual(new Selections(kept).history, { back: [], forward: [] }));
});
