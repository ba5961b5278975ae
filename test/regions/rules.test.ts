import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES, allRulesMarkdown, rulesMarkdown } from '../../src/regions/rules';

const ROOT = join(__dirname, '../..');
const PAGE = join(ROOT, 'docs/region-rules.md');

describe('rules of regions', () => {
  it('there is one for every problem that a check can find, and for no other', () => {
    const found = new Set<string>();
    for (const file of ['checks.ts', 'descriptor-checks.ts', 'list-checks.ts']) {
      const source = readFileSync(join(ROOT, 'src/regions', file), 'utf8');
      for (const [, code] of source.matchAll(/code: '([a-z-]+)'/g)) found.add(code!);
    }
    assert.deepEqual(Object.keys(RULES).sort(), [...found].sort());
    for (const [code, { asserted }] of Object.entries(RULES))
      assert.equal(/asserts (from|in)/.test(rulesMarkdown([code], '0.17.0')), asserted !== undefined, code);
  });

  it('the release’s own assertions come first, in the kernel’s words', () => {
    const text = rulesMarkdown(['pg-count', 'nonsense', 'pg-count', 'toString'], '0.15.0');
    assert.equal(text.match(/^## /gm)?.length, 1);
    assert.match(text, /in 0\.15 and 0\.16:\n\n- `!\(md->len & ~PAGE_MASK\)`\n[^]*from 0\.17 on:\n\n- `\(md\)->pg_count/);
    const later = rulesMarkdown(['pg-count'], '0.18.0');
    assert.ok(later.indexOf('from 0.17 on') < later.indexOf('in 0.15'));
    assert.equal(rulesMarkdown(['nonsense'], '0.17.0'), '');
  });

  it('docs/region-rules.md has them all (UPDATE_RULES=1 writes it)', () => {
    if (process.env['UPDATE_RULES'] !== undefined) writeFileSync(PAGE, allRulesMarkdown());
    assert.equal(readFileSync(PAGE, 'utf8'), allRulesMarkdown());
  });
});
