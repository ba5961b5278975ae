import assert from 'node:assert/strict';
import { bytesText, countText, groupedAddress, parseInteger, rangeText, shortSizeText, sizeText } from '../../src/regions/text';

const plain = (text: string): string => text.replaceAll('\u202f', '_');

describe('text: sizes', () => {
  for (const [bytes, text] of [
    [0, '0_B'],
    [24, '24_B'],
    [1023, '1023_B'],
    [1024, '1_KiB'],
    [1536, '1.50_KiB'],
    [10240, '10_KiB'],
    [10300, '10.1_KiB'],
    [581632, '568_KiB'],
    [1023 * 1024 + 900, '1.00_MiB'],
    [1024 * 1024, '1_MiB'],
    [65400832, '62.4_MiB'],
    [65011712, '62_MiB'],
    [0x300000000, '12_GiB'],
    [1n << 64n, '16_EiB'],
    [(1n << 64n) - 1n, '16.0_EiB'],
    [10234, '9.99_KiB'],
    [10239, '10.0_KiB'],
  ] as const) {
    it(`${bytes} bytes are ${text}`, () => assert.equal(plain(sizeText(bytes)), text));
  }

  it('a size says at most three significant digits, or is exact', () => {
    for (let shift = 0; shift < 63; shift++) {
      for (const delta of [-3n, -1n, 0n, 1n, 77n]) {
        const bytes = (1n << BigInt(shift)) + delta;
        if (bytes < 0n) continue;
        const [number] = plain(sizeText(bytes)).split('_');
        assert.ok(number!.replace('.', '').length <= 4, `${bytes}: ${number}`);
        if (number!.includes('.')) assert.equal(number!.replace('.', '').length, 3, `${bytes}: ${number}`);
      }
    }
  });

  it('short sizes, counts', () => {
    assert.equal(shortSizeText(131072), '128K');
    assert.equal(plain(bytesText(65400832)), '65_400_832_B');
    assert.equal(plain(countText(-1234567)), '−1_234_567');
    assert.equal(countText(999), '999');
  });
});

describe('text: addresses', () => {
  it('are grouped from the right', () => {
    assert.equal(groupedAddress(0x18a000n), '0x0018 a000');
    assert.equal(groupedAddress(0x4_0000_0000n), '0x0004 0000 0000');
    assert.equal(groupedAddress(0xffff_8000_0000_0000n), '0xffff 8000 0000 0000');
  });

  it('a range writes 2^64 out', () => {
    assert.equal(rangeText(0x12000n, 0xa0000n), '0x12000…0xa0000');
    assert.equal(rangeText(0n, 1n << 64n), '0x0…0x10000000000000000');
  });
});

describe('text: integers', () => {
  for (const [text, value] of [
    ['0x10', 16n],
    ['0X1F', 31n],
    ['010', 8n],
    ['0', 0n],
    ['42UL', 42n],
    ['0xffffffffffffffffULL', (1n << 64n) - 1n],
    ['-22', -22n],
    [' 7 ', 7n],
    ['0b101', 5n],
    ['08', undefined],
    ['', undefined],
    ['0x', undefined],
    ['12 34', undefined],
    ['1e3', undefined],
    ['1.5', undefined],
    ['9'.repeat(100), undefined],
  ] as const) {
    it(`${JSON.stringify(text.slice(0, 30))} is ${value}`, () => assert.equal(parseInteger(text), value));
  }
});
