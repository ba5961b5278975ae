import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRestore, restoreOf } from '../../../src/extension/panel/restore';
import type { Choices } from '../../../src/timeline/choices';

const choices: Choices = { release: '0.17.0', allocator: 'bbuddy', arch: 'x86_64', config: { CONFIG_A: 'y' } };

describe('restore', () => {
  it('gives back what a panel kept, through JSON', () => {
    const restore = restoreOf('file:///a.ukboot.json', choices);
    const kept: unknown = JSON.parse(JSON.stringify({ restore, cursor: { operation: 1, step: 0 } }));
    assert.deepEqual(parseRestore(kept), restore);
  });

  it('gives back what a dump kept, with 64-bit addresses', () => {
    const said = {
      heap: '*(struct uk_alloc **)0x177500',
      at: '0xffff800000000000',
      allocator: 'tlsf',
      release: '0.16.3',
    } as const;
    const restore = { kind: 'dump', inputs: ['file:///a.bin', 'file:///nm.txt'], said };
    assert.deepEqual(parseRestore(JSON.parse(JSON.stringify({ restore }))), restore);
  });

  it('drops what was said about a dump where it is nonsense', () => {
    const restore = { kind: 'dump', inputs: ['file:///a'], said: { heap: 1, at: 'here', allocator: 'slab', release: '9.9' } };
    assert.deepEqual(parseRestore({ restore }), { ...restore, said: {} });
  });

  for (const [what, state] of Object.entries({
    nothing: undefined,
    'a string': 'x',
    'no input': { restore: { choices } },
    'a dump whose files are no list': { restore: { kind: 'dump', inputs: 'file:///a', said: {} } },
    'an unknown allocator': { restore: { input: 'file:///a', choices: { ...choices, allocator: 'slab' } } },
    'an unknown release': { restore: { input: 'file:///a', choices: { ...choices, release: '9.9' } } },
    'an unknown architecture': { restore: { input: 'file:///a', choices: { ...choices, arch: 'pdp11' } } },
  })) {
    it(`refuses ${what}`, () => assert.equal(parseRestore(state), undefined));
  }

  it('drops options that are no text', () => {
    const state = { restore: { input: 'file:///a', choices: { ...choices, config: { CONFIG_A: 'y', CONFIG_B: 3 } } } };
    const restore = parseRestore(state);
    assert.ok(restore?.kind === 'simulation');
    assert.deepEqual(restore.choices.config, { CONFIG_A: 'y' });
  });

  it('takes anything without throwing (seeded)', () => {
    fc.assert(
      fc.property(fc.anything(), (state) => void parseRestore({ restore: state })),
      { seed: 11, numRuns: 500 },
    );
  });
});
