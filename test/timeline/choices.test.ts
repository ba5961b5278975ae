import assert from 'node:assert/strict';
import { allocatorsToOffer, assume, known, likelyRelease, releasesToOffer } from '../../src/timeline/choices';
import type { Descriptor, Era } from '../../src/regions/descriptor';

const map = (era: Era): { descriptors: Descriptor[] } => ({ descriptors: [{ era, fields: {} }] });

describe('choices', () => {
  it('the input wins over its surroundings, they win over the settings', () => {
    const found = known([
      { from: 'the input', hints: { release: '0.17.0' } },
      { from: '.config', hints: { release: '0.16.0', allocator: 'region', config: { CONFIG_A: 'y', CONFIG_B: '1' } } },
      { from: 'the settings', hints: { allocator: 'bbuddy', config: { CONFIG_A: 'n', CONFIG_C: '3' } } },
    ]);
    assert.equal(found.release, '0.17.0');
    assert.equal(found.allocator, 'region');
    assert.deepEqual(found.config, { CONFIG_A: 'y', CONFIG_B: '1', CONFIG_C: '3' });
    assert.deepEqual(found.notes, ['allocator from .config']);
  });

  it('what nobody says is assumed, and said to be', () => {
    const { choices, assumed } = assume(known([]), map('typed'));
    assert.deepEqual(choices, { release: '0.16.3', allocator: 'bbuddy', arch: 'x86_64', config: {} });
    assert.deepEqual(assumed, ['release 0.16.3', 'allocator bbuddy']);
  });

  it('the likely release has descriptors of the form found', () => {
    assert.deepEqual(
      (['classic', 'typed', 'paged'] as const).map((era) => likelyRelease(map(era))),
      ['0.11.0', '0.16.3', '0.17.0'],
    );
    assert.equal(likelyRelease({ descriptors: [] }), '0.17.0');
  });

  it('every release is offered once, those of the same form first', () => {
    const offered = releasesToOffer(map('classic'));
    assert.equal(new Set(offered).size, offered.length);
    assert.deepEqual(offered.slice(0, 3), ['0.11.0', '0.10.0', '0.9.0']);
    assert.ok(offered.includes('0.21.0'));
  });

  it('allocators are offered where the release has them', () => {
    assert.deepEqual(
      allocatorsToOffer('0.17.0')
        .map((a) => a.id)
        .slice(0, 2),
      ['bbuddy', 'region'],
    );
  });
});
