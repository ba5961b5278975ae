import assert from 'node:assert/strict';
import { checkDescriptors } from '../../src/regions/checks';
import type { Descriptor, FieldName } from '../../src/regions/descriptor';
import { fixFor, fixText } from '../../src/regions/fixes';
import { neighboursText } from '../../src/regions/neighbours';

const WHERE = { line: 0, column: 0, endLine: 0, endColumn: 1 };

function region(values: Partial<Record<FieldName, bigint>>, where = WHERE): Descriptor {
  const all = { pbase: 0x180000n, vbase: 0x180000n, pg_off: 0n, len: 0x1000n, pg_count: 1n, type: 1n, flags: 3n, ...values };
  const fields = Object.entries(all).map(([key, value]) => [key, { value, text: String(value), where }]);
  return { era: 'paged', fields: Object.fromEntries(fields) as Descriptor['fields'], where };
}

function fixOf(descriptor: Descriptor): string {
  const fix = fixFor(descriptor, checkDescriptors({ descriptors: [descriptor], hints: {} }, '0.17.0', 'x86_64'));
  return fix === undefined ? '' : fixText(fix);
}

describe('what would put a descriptor right', () => {
  const yes = (what: string, values: Partial<Record<FieldName, bigint>>, fix: string): void => {
    it(what, () => assert.equal(fixOf(region(values)), fix));
  };
  yes('nothing where nothing is wrong', {}, '');
  yes('free memory is whole pages', { len: 0x3e5ffe9n, pg_count: 15967n }, 'Set len to 0x3e5f000');
  yes('with its count', { len: 0x1234n, pg_count: 2n }, 'Set len to 0x1000 and pg_count to 1');
  yes('a count alone', { len: 0x3000n, pg_count: 2n }, 'Set pg_count to 3');
  yes('what is not free may end within a page', { type: 2n, len: 0x1234n, pg_count: 1n }, 'Set pg_count to 2');
  yes('less than a page cannot be put right', { len: 0x17n, pg_count: 1n }, '');
  it('before there were page counts, a length alone', () => {
    const { fields } = region({ len: 0x1234n });
    const typed: Descriptor = { era: 'typed', fields };
    const problems = checkDescriptors({ descriptors: [typed], hints: {} }, '0.14.0', 'x86_64');
    assert.equal(fixText(fixFor(typed, problems)!), 'Set len to 0x1000');
  });
  it('nothing where the numbers stand nowhere in the source', () => {
    const { fields } = region({ len: 0x1234n, pg_count: 2n });
    const { value, text } = fields.len!;
    assert.equal(fixOf({ era: 'paged', fields: { ...fields, len: { value: value!, text } } }), '');
  });
  it('what is changed is right afterwards', () => {
    for (const values of [
      { len: 0x3e5ffe9n, pg_count: 15967n },
      { len: 0x1234n, pg_count: 2n },
      { len: 0x3000n, pg_count: 9n },
    ]) {
      const before = region(values);
      const fix = fixFor(before, checkDescriptors({ descriptors: [before], hints: {} }, '0.17.0', 'x86_64'))!;
      const changed = Object.fromEntries(fix.map(({ field, text }) => [field, BigInt(text)]));
      assert.deepEqual(
        checkDescriptors({ descriptors: [region({ ...values, ...changed })], hints: {} }, '0.17.0', 'x86_64').filter(
          (p) => p.severity === 'error',
        ),
        [],
      );
    }
  });
});

describe('what lies next to a region', () => {
  const list = [
    region({ pbase: 0x17f000n, len: 0x17n, type: 0x20n }),
    region({ len: 0x3000n, pg_count: 3n }),
    region({ pbase: 0x183000n, type: 2n }),
    region({ pbase: 0x200000n, type: 2n }),
  ];
  const yes = (index: number, text: RegExp): void => {
    it(text.source, () => assert.match(neighboursText(list, index, '0.17.0') ?? '', text));
  };
  yes(0, /^free above, touches$/);
  yes(1, /^\w+ below, reserved above, both touch$/);
  yes(2, /^free below touches, reserved above after 496.KiB$/);
  it('a region alone has none', () => assert.equal(neighboursText([list[1]!], 0, '0.17.0'), undefined));
});
