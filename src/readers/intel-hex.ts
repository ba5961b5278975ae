// Intel HEX: `:LLAAAATT…CC`, a record a line; as GDB's `dump ihex` and objcopy write it.
//
//   00 data         01 end of file     02 extended segment address (16 × value)     04 extended linear address (value << 16)
//   03, 05 start addresses, no memory
//   06 bits 32 to 63 of the address: not in Intel's specification (1988), which stops at 32 bits; some tools write it
//
// LL counts data bytes, AAAA is the low half of the address, CC makes all bytes sum to 0 modulo 256. After 02 the offset wraps
// inside its 64 KiB; after 04 it does not.

import { SegmentCollector, LineProblems, hexBytes, type Dump } from './dump';
import { linesOf, type Line } from './lines';

export function readIntelHex(text: string): Dump {
  const collector = new SegmentCollector();
  const problems = new LineProblems();
  let upper = 0n;
  let high = 0n;
  let segmented = false;
  let ended = false;
  let last: Line = { number: 0, text: '' };
  for (const line of linesOf(text)) {
    const record = line.text.trim();
    if (record === '') continue;
    last = line;
    const complain = (code: string, message: string): void => problems.add('error', code, message, line);
    if (ended) {
      problems.add('warning', 'after-end', 'there is more after the end-of-file record: it is left out', line);
      break;
    }
    const bytes = record.startsWith(':') ? hexBytes(record, 1, record.length) : undefined;
    if (bytes === undefined || bytes.length < 5) {
      complain('not-a-record', 'expected a record such as :10229000…, hex digits in pairs after a colon');
      continue;
    }
    const count = bytes[0]!;
    if (bytes.length !== count + 5) {
      complain('wrong-length', `the record says ${count} data bytes and has ${bytes.length - 5}: it is left out`);
      continue;
    }
    const sum = bytes.reduce((s, b) => s + b, 0) & 0xff;
    if (sum !== 0) {
      complain(
        'bad-checksum',
        `the checksum is wrong: expected ${two((bytes.at(-1)! - sum) & 0xff)}, found ${two(bytes.at(-1)!)}; the record is used all the same`,
      );
    }
    const offset = (bytes[1]! << 8) | bytes[2]!;
    const data = bytes.subarray(4, 4 + count);
    switch (bytes[3]) {
      case 0: {
        const base = (high << 32n) + upper;
        const fits = segmented ? Math.min(count, 0x10000 - offset) : count;
        let beyond = collector.add(base + BigInt(offset), data.subarray(0, fits));
        if (fits < count) beyond += collector.add(base, data.subarray(fits));
        if (beyond > 0) complain('beyond-top', `${beyond} bytes of the record lie beyond the last 64-bit address`);
        break;
      }
      case 1:
        ended = true;
        break;
      case 2:
      case 4:
        if (count !== 2) complain('wrong-length', 'an extended address has two bytes');
        else {
          segmented = bytes[3] === 2;
          upper = big(data) << (segmented ? 4n : 16n);
        }
        break;
      case 6:
        if (count !== 4) complain('wrong-length', 'the upper half of a 64-bit address has four bytes');
        else high = big(data);
        break;
      case 3:
      case 5:
        break;
      default:
        complain('unknown-record', `record type ${two(bytes[3]!)} is not known: expected 00 to 06`);
    }
  }
  if (!ended) problems.add('warning', 'cut-off', 'the end-of-file record :00000001FF is missing: the file may be cut', last);
  return collector.dump(problems.all());
}

function big(bytes: Uint8Array): bigint {
  return bytes.reduce((value, b) => (value << 8n) | BigInt(b), 0n);
}

function two(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
