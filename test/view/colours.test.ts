// Every contributed colour can be told from the background of its kind of theme.

import assert from 'node:assert/strict';
import { COLOURS, variableOf } from '../../src/view/colours';
import { backgroundOf, THEMES } from '../media/themes';
import { contrast } from '../support/contrast';

describe('colours: contrast with the background', () => {
  for (const theme of THEMES)
    for (const { id, defaults } of COLOURS) {
      const colour = defaults[theme];
      if (!colour.startsWith('#')) continue;
      it(`${id} in ${theme} is 4.5 : 1 or more`, () => {
        const found = contrast(colour, backgroundOf(theme));
        assert.ok(found >= 4.5, `${colour} on ${backgroundOf(theme)}: ${found.toFixed(2)}`);
      });
    }

  it('the measure itself is right at its ends', () => {
    assert.equal(contrast('#000000', '#ffffff').toFixed(1), '21.0');
    assert.equal(contrast('#777777', '#777777'), 1);
  });
});

describe('colours: variables', () => {
  it('a colour is found under the name that VS Code gives it', () =>
    assert.equal(variableOf('ukboot.free'), '--vscode-ukboot-free'));
});
