import assert from 'node:assert/strict';
import { at, frameOf, MAIN_3, pictured } from '../subjects';

const FOLLOWING = { first: 0, follow: true };

/** Kinds of the rows of a window, the current operation in capitals. */
function rowsOf(count: number, step = MAIN_3, first = 0): string[] {
  const { rows } = frameOf(at(pictured(), step), { steps: { ...FOLLOWING, first, count } }).steps!;
  return rows.map((r) => (r.kind === 'operation' && r.when === 'current' ? 'OPERATION' : r.kind));
}

describe('steps: the window that follows', () => {
  it('shows the steps inside the current operation, and the row before it', () =>
    assert.deepEqual(rowsOf(7), ['operation', 'OPERATION', 'step', 'step', 'step', 'operation', 'operation']));

  it('without that row where there is room for the operation and its steps alone', () =>
    assert.deepEqual(rowsOf(6), ['OPERATION', 'step', 'step', 'step', 'operation', 'operation']));

  it('in a window too small for them, from the row before the operation on', () => {
    const rows = rowsOf(5);
    assert.deepEqual(rows.slice(0, 2), ['operation', 'OPERATION']);
  });

  it('of an operation with more steps than it has rows, begins before it', () => {
    // Step 11 adds the large region, chunk by chunk.
    assert.deepEqual(rowsOf(12, 11).slice(0, 3), ['operation', 'OPERATION', 'step']);
  });

  it('stays where all of that is in sight already', () => {
    const { steps } = frameOf(at(pictured(), MAIN_3), { steps: { first: 40, follow: true, count: 24 } });
    assert.equal(steps!.first, 40);
  });

  it('one that was scrolled stays where it is', () => {
    const { steps } = frameOf(at(pictured(), MAIN_3), { steps: { first: 3, follow: false, count: 7 } });
    assert.equal(steps!.first, 3);
  });
});
