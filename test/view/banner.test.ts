// What is said over a view whose program has gone on.

import assert from 'node:assert/strict';
import { MemoryImage } from '../../src/memory/image';
import { bannerOf } from '../../src/view/banner';
import type { DumpSubject } from '../../src/view/subject';

const plain = (text: string | undefined) => text?.replace(/\u202f/g, ' ');

function live(change: Partial<DumpSubject>): DumpSubject {
  return {
    kind: 'dump',
    title: 'session',
    source: 'debug session',
    release: '0.17.0',
    arch: 'x86_64',
    inspect: () => [],
    snapshot: undefined,
    reader: MemoryImage.of([]).reader(),
    stop: 'stop of 09:14:07',
    ...change,
  };
}

describe('banner', () => {
  it('says nothing over what is of now', () => assert.equal(bannerOf(live({})), undefined));
  it('says that the target runs, and of when what is shown is', () => {
    const banner = bannerOf(live({ stale: 'running · shown is 09:14:07' }));
    assert.deepEqual(banner, { kind: 'stale', text: 'The target is running. Showing the stop of 09:14:07.' });
  });
  it('does not say that an ended session runs', () => {
    assert.equal(bannerOf(live({ stale: 'the session has ended' }))?.text, 'Not up to date: Showing the stop of 09:14:07.');
  });
  it('says how far reading has come, by the last stop; never more than all of it', () => {
    const banner = bannerOf(live({ reading: { bytes: 3 * 2 ** 20, of: 4 * 2 ** 20 } }));
    assert.equal(plain(banner?.text), 'Reading: 3 MiB of some 4 MiB, as at the last stop. Showing the stop of 09:14:07.');
    assert.equal(banner?.share, 0.75);
    assert.equal(bannerOf(live({ reading: { bytes: 9, of: 4 } }))?.share, 1);
    assert.equal(bannerOf(live({ reading: { bytes: 9 } }))?.share, undefined);
  });
});
