import assert from 'node:assert/strict';
import { closeSync, createReadStream, createWriteStream, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { readLargeFile } from '../../../src/extension/dumps/large-file';

const GIB = 2 ** 30;

describe('large files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ukboot-large-'));
  const path = join(folder, 'ram.bin');
  const places = [0, 5 * 2 ** 20 - 3, 4096 * 99_999, GIB - 6];

  before(() => {
    const file = openSync(path, 'w');
    for (const at of places) writeSync(file, 'ukboot', at);
    closeSync(file);
    truncateSync(path, GIB);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  function held(read: Awaited<ReturnType<typeof readLargeFile>>): void {
    assert.equal(read.length, GIB);
    assert.equal(read.cut, false);
    assert.ok(read.size <= 6 * 4096, `${String(read.size)} bytes are kept`);
    for (const at of places) assert.equal(Buffer.from(read.read(at, at + 6)).toString(), 'ukboot');
    assert.ok(read.read(2 ** 29, 2 ** 29 + 64).every((b) => b === 0));
  }

  it('a gibibyte of which little is not zero', async () => {
    let most = 0;
    held(await readLargeFile(path, (bytes) => (most = bytes) >= 0));
    assert.equal(most, GIB);
  });

  it('the same, packed', async () => {
    const packed = `${path}.gz`;
    await pipeline(createReadStream(path), createGzip({ level: 1 }), createWriteStream(packed));
    held(await readLargeFile(packed, () => true));
  });

  it('of one that is not wanted to its end, what was read stays', async () => {
    let calls = 0;
    const read = await readLargeFile(path, () => ++calls < 3);
    assert.equal(calls, 3);
    assert.ok(read.length > places[1]! + 6 && read.length < GIB, `${String(read.length)} bytes were read`);
    for (const at of places.slice(0, 2)) assert.equal(Buffer.from(read.read(at, at + 6)).toString(), 'ukboot');
  });

  it('throws on a file that is not there, and on gzip data that ends early', async () => {
    await assert.rejects(
      readLargeFile(join(folder, 'none'), () => true),
      /ENOENT/,
    );
    truncateSync(`${path}.gz`, 1000);
    await assert.rejects(readLargeFile(`${path}.gz`, () => true));
  });
});
