import assert from 'node:assert/strict';
import { circled, countDifference, counted, percentText, pointsText, sizeDifference, spokenSize } from '../../src/view/numbers';

/** Blanks of any width as one plain blank. */
const plain = (text: string) => text.replace(/\u202f/g, ' ');

describe('numbers: shares', () => {
  for (const [share, text] of [
    [0, '0 %'],
    [1, '100 %'],
    [0.743, '74.3 %'],
    [0.0004, '<0.1 %'],
    [0.9999, '>99.9 %'],
    [NaN, '–'],
  ] as const) {
    it(`${String(share)} is ${text}`, () => assert.equal(plain(percentText(share)), text));
  }

  for (const [difference, text] of [
    [0, '·'],
    [0.003, '+0.3 pt'],
    [0.0000165, '+0.002 pt'],
    [-0.5, '−50.0 pt'],
  ] as const) {
    it(`a change of ${String(difference)} is ${text}, never a rounded nothing`, () =>
      assert.equal(plain(pointsText(difference)), text));
  }
});

describe('numbers: differences and counts', () => {
  it('sizes have a true minus, and a dot when unchanged', () => {
    assert.deepEqual([sizeDifference(4096), sizeDifference(-131072), sizeDifference(0)].map(plain), ['+4 KiB', '−128 KiB', '·']);
  });
  it('counts have a sign and thin spaces', () =>
    assert.deepEqual([countDifference(1), countDifference(-12000)].map(plain), ['+1', '−12 000']));
  it('one chunk, two chunks', () => assert.deepEqual([counted(1, 'chunk'), counted(2, 'chunk')], ['1 chunk', '2 chunks']));
  it('sizes are spelled out for a screen reader', () =>
    assert.deepEqual([spokenSize(1), spokenSize(65327104)], ['1 byte', '62.3 mebibytes']));
  it('circled numbers end at 20', () => assert.deepEqual([circled(1), circled(20), circled(21)], ['①', '⑳', '(21)']));
});
