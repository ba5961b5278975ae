import assert from 'node:assert/strict';
import { Arrangement } from '../../../src/extension/panel/arrangement';

function memory(kept?: unknown): { readonly arrangement: Arrangement; readonly kept: () => unknown } {
  let value = kept;
  const arrangement = new Arrangement({
    get: () => value,
    update: (_, next) => {
      value = next;
      return Promise.resolve();
    },
  });
  return { arrangement, kept: () => value };
}

describe('arrangement of panes', () => {
  it('is what was kept last', () => {
    const { arrangement } = memory();
    assert.equal(arrangement.layout, undefined);
    const layout = { sizes: { steps: 300, right: 400 }, folded: ['log', '-explain'], asLists: true, speed: 0 };
    arrangement.keep(layout);
    assert.deepEqual(arrangement.layout, layout);
  });

  for (const [what, value] of [
    ['nothing', null],
    ['a text', 'wide'],
    ['sizes only', { sizes: {} }],
    ['no sizes', { folded: [] }],
  ] as const)
    it(`what is no layout is neither kept nor given: ${what}`, () => {
      const { arrangement, kept } = memory(value);
      assert.equal(arrangement.layout, undefined);
      arrangement.keep(value);
      assert.equal(kept(), value);
    });

  it('what is wrong in one is left out', () => {
    const { arrangement } = memory({
      sizes: { steps: 'wide', log: 90, own: Infinity },
      folded: [1, 'map'],
      speed: 'fast',
      more: 1,
    });
    assert.deepEqual(arrangement.layout, { sizes: { log: 90 }, folded: ['map'] });
  });
});
