// Every contributed colour can be told from the background of its kind of theme.

import assert from 'node:assert/strict';
import { COLOURS, variableOf } from '../../src/view/colours';
import { backgroundOf, THEMES } from '../media/themes';

/** WCAG contrast of two `#rrggbb` colours, 1 … 21. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

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
