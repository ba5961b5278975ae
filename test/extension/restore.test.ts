import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dumpRestoreOf, parseRestore, restoreOf } from '../../src/extension/restore';
import type { Choices } from '../../src/timeline/choices';

const choices: Choices = { release: '0.17.0', allocator: 'bbuddy', arch: 'x86_64', config: { CONFIG_A: 'y' } };

describe('restore', () => {
  it('gives back what a panel kept, through JSON', () => {
    const restore = restoreOf('file:///a.ukboot.json', choices);
    const kept: unknown = JSON.parse(JSON.stringify({ restore, cursor: { operation: 1, step: 0 } }));
    assert.deepEqual(parseRestore(kept), restore);
  });

  it('gives back what a dump kept, with 64-bit addresses', () => {
    const restore = dumpRestoreOf(['file:///a.bin', 'file:///nm.txt'], choices, 0x100000n, 0xffff_8000_0000_0000n);
    assert.equal(restore.heap, '0xffff800000000000');
    assert.deepEqual(parseRestore(JSON.parse(JSON.stringify({ restore }))), restore);
  });

  for (const [what, state] of Object.entries({
    nothing: undefined,
    'a string': 'x',
    'no input': { restore: { choices } },
    'a dump whose files are no list': { restore: { kind: 'dump', inputs: 'file:///a', choices } },
    'an unknown allocator': { restore: { input: 'file:///a', choices: { ...choices, allocator: 'slab' } } },
    'an unknown release': { restore: { input: 'file:///a', choices: { ...choices, release: '9.9' } } },
    'an unknown architecture': { restore: { input: 'file:///a', choices: { ...choices, arch: 'pdp11' } } },
  })) {
    it(`refuses ${what}`, () => assert.equal(parseRestore(state), undefined));
  }

  it('drops options that are no text', () => {
    const state = { restore: { input: 'file:///a', choices: { ...choices, config: { CONFIG_A: 'y', CONFIG_B: 3 } } } };
    assert.deepEqual(parseRestore(state)?.choices.config, { CONFIG_A: 'y' });
  });

  it('takes anything without throwing (seeded)', () => {
    fc.assert(
      fc.property(fc.anything(), (state) => void parseRestore({ restore: state })),
      { seed: 11, numRuns: 500 },
    );
  });
});
