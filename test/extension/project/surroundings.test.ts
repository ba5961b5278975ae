import assert from 'node:assert/strict';
import { foldersUpTo, surroundingHints } from '../../../src/extension/project/surroundings';
import type { ConfigurationReader } from '../../../src/extension/project/surroundings';

const dotConfig: ConfigurationReader = {
  names: ['.config'],
  read: (text) => Promise.resolve(text === 'bad' ? undefined : { config: { CONFIG_FROM: text } }),
};
const kraft: ConfigurationReader = {
  names: ['Kraftfile', 'kraft.yaml'],
  read: (text) => Promise.resolve({ config: { CONFIG_KRAFT: text } }),
};

function hints(files: Readonly<Record<string, string>>, folder = '/w/app/src'): Promise<string[]> {
  const read = (path: string): Promise<string | undefined> => Promise.resolve(files[path]);
  return surroundingHints(folder, '/w', [dotConfig, kraft], read).then((found) =>
    found.map(({ from, hints }) => `${from}: ${Object.values(hints.config ?? {}).join()}`),
  );
}

describe('surroundings of an input', () => {
  it('the nearest configuration of each kind counts, up to the root of the workspace', async () => {
    const files = { '/w/.config': 'root', '/w/app/.config': 'app', '/w/kraft.yaml': 'kraft', '/.config': 'outside' };
    assert.deepEqual(await hints(files), ['.config: app', 'kraft.yaml: kraft']);
  });

  it('one that says nothing is passed over', async () => {
    assert.deepEqual(await hints({ '/w/app/src/.config': 'bad', '/w/.config': 'root' }), ['.config: root']);
  });

  it('nothing above the root is read', async () => {
    assert.deepEqual(await hints({ '/.config': 'outside' }), []);
  });

  it('folders go up to the root; a file outside has its own folder and the root', () => {
    assert.deepEqual(foldersUpTo('/w/a/b', '/w'), ['/w/a/b', '/w/a', '/w']);
    assert.deepEqual(foldersUpTo('/w', '/w'), ['/w']);
    assert.deepEqual(foldersUpTo('/x/y', '/w'), ['/x/y', '/w']);
    assert.deepEqual(foldersUpTo('/wide', '/w'), ['/wide', '/w']);
    const deep = foldersUpTo('/w' + '/d'.repeat(50), '/w');
    assert.equal(deep.length, 13);
    assert.equal(deep.at(-1), '/w');
  });
});
