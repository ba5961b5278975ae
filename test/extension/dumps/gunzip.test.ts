import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { gunzip, isGzip } from '../../../src/extension/dumps/gunzip';

describe('gunzip', () => {
  const text = new TextEncoder().encode('memory '.repeat(10_000));
  const packed = new Uint8Array(gzipSync(text));

  it('gives back what was packed', async () => {
    assert.ok(isGzip(packed));
    assert.ok(!isGzip(text));
    assert.deepEqual(await gunzip(packed, 1 << 20), text);
  });

  it('stops at a limit', async () => {
    await assert.rejects(gunzip(new Uint8Array(gzipSync(new Uint8Array(4 << 20))), 1 << 20), /more than 1 MiB/);
  });

  it('refuses a damaged file', async () => {
    await assert.rejects(gunzip(packed.subarray(0, 40), 1 << 20));
  });
});
