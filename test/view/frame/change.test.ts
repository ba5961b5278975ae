import assert from 'node:assert/strict';
import type { Frame } from '../../../src/view/frame/frame';
import { changeOf, withChange } from '../../../src/view/frame/change';

/** Only what is compared; a frame has many parts of these kinds. */
const frame = (parts: Readonly<Record<string, unknown>>) => parts as unknown as Frame;

describe('the change from frame to frame', () => {
  const first = frame({
    sequence: 1,
    title: 'a',
    strip: { items: [{ base: '0x0' }], lines: [] },
    timeline: { used: Float32Array.of(1, 2) },
    log: {},
  });

  it('is all of the first frame', () => {
    const change = changeOf(undefined, first);
    assert.deepEqual(change.same, []);
    assert.deepEqual(withChange(undefined, change), first);
  });

  it('leaves out what is equal, and keeps its objects', () => {
    const second = frame({ ...structuredClone(first), sequence: 2, title: 'b' });
    const change = changeOf(first, second);
    assert.deepEqual(Object.keys(change.parts), ['sequence', 'title']);
    const shown = withChange(first, change);
    assert.deepEqual(shown, second);
    assert.equal(shown.strip, first.strip);
  });

  it('sends what differs in depth, in length or in a typed array', () => {
    const second = frame({
      sequence: 2,
      title: 'a',
      strip: { items: [{ base: '0x1' }], lines: [] },
      timeline: { used: Float32Array.of(1, 3) },
      log: { total: 1 },
    });
    const change = changeOf(first, second);
    assert.deepEqual(Object.keys(change.parts), ['sequence', 'strip', 'timeline', 'log']);
    assert.deepEqual(withChange(first, change), second);
  });

  it('drops what is gone', () => {
    const second = frame({ sequence: 2, title: 'a' });
    const shown = withChange(first, changeOf(first, second));
    assert.deepEqual(shown, second);
    assert.equal('log' in shown, false);
  });
});
