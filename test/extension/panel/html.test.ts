import assert from 'node:assert/strict';
import { newNonce, panelHtml } from '../../../src/extension/panel/html';

describe('panel page', () => {
  const html = panelHtml({ cspSource: 'https://*.example', script: 'https://x/a.js?"', style: 'https://x/a.css', nonce: 'abc' });

  it('allows its own script and style only', () => {
    const policy = /content="(default-src[^"]*)"/.exec(html)![1]!;
    assert.match(policy, /default-src 'none'; script-src 'nonce-abc'; style-src https:\/\/\*\.example 'nonce-abc';/);
    assert.ok(!/unsafe|connect-src|frame-src|worker-src/.test(policy));
  });

  it('holds no inline script or style, and escapes what it is given', () => {
    assert.ok(!/<script[^>]*>[^<]/.test(html));
    assert.ok(!/ style=|<style| on\w+=/.test(html));
    assert.ok(html.includes('src="https://x/a.js?&quot;"'));
  });

  it('a nonce has 128 bits and does not come twice', () => {
    const nonces = new Set(Array.from({ length: 100 }, newNonce));
    assert.equal(nonces.size, 100);
    for (const nonce of nonces) assert.match(nonce, /^[0-9a-f]{32}$/);
  });
});
