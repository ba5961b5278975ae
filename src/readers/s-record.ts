// Motorola S-records: `StLLAA…DD…CC`, a record a line; as GDB's `dump srec` and objcopy write it.
//
//   S0 header, text     S1, S2, S3 data with 2, 3, 4 address bytes     S5, S6 number of data records (16, 24 bits)
//   S7, S8, S9 start address with 4, 3, 2 bytes, end of file           S4 is reserved
//
// LL counts the bytes after it; CC is the ones' complement of the sum of LL, address and data. Addresses end at 32 bits.

import { SegmentCollector, LineProblems, hexBytes, type Dump } from './dump';
import { linesOf, type Line } from './lines';

/** So many records are written alike. */
const MANY = 8;

/** Address bytes by record type. */
const ADDRESS_BYTES: readonly number[] = [2, 2, 3, 4, 0, 2, 3, 4, 3, 2];

export function readSRecords(text: string): Dump {
  const collector = new SegmentCollector();
  const problems = new LineProblems();
  let records = 0;
  const widths: ({ readonly count: number; readonly line: Line } | undefined)[] = [];
  let ended = false;
  let last: Line = { number: 0, text: '' };
  for (const line of linesOf(text)) {
    const record = line.text.trim();
    if (record === '') continue;
    last = line;
    const complain = (code: string, message: string): void => problems.add('error', code, message, line);
    if (ended) {
      problems.add('warning', 'after-end', 'there is more after the end record: it is left out', line);
      break;
    }
    const type = /^[Ss]([0-9])/.exec(record)?.[1];
    const bytes = type === undefined ? undefined : hexBytes(record, 2, record.length);
    if (type === undefined || bytes === undefined || bytes.length < 2) {
      complain('not-a-record', 'expected a record such as S214…, hex digits in pairs after S and its type');
      continue;
    }
    if (bytes[0] !== bytes.length - 1) {
      complain('wrong-length', `the record says ${bytes[0]!} bytes and has ${bytes.length - 1}: it is left out`);
      continue;
    }
    const kind = Number(type);
    const addressBytes = ADDRESS_BYTES[kind]!;
    if (kind === 4 || bytes.length < 2 + addressBytes) {
      complain(
        kind === 4 ? 'unknown-record' : 'wrong-length',
        kind === 4 ? 'record type S4 is not in use' : 'the record has no room for its address',
      );
      continue;
    }
    const sum = bytes.subarray(0, -1).reduce((s, b) => s + b, 0);
    const checksum = ~sum & 0xff;
    if (checksum !== bytes.at(-1)) {
      complain(
        'bad-checksum',
        `the checksum is wrong: expected ${two(checksum)}, found ${two(bytes.at(-1)!)}; the record is used all the same`,
      );
    }
    const address = bytes.subarray(1, 1 + addressBytes).reduce((value, b) => value * 256 + b, 0);
    if (kind === 0 && records > 0)
      complain('late-header', 'a header (S0) stands behind data: it was a data record, or files were joined');
    if (kind >= 1 && kind <= 3) {
      const before = widths[kind];
      widths[kind] = { count: (before?.count ?? 0) + 1, line };
      records++;
      collector.add(BigInt(address), bytes.subarray(1 + addressBytes, -1));
    } else if (kind === 5 || kind === 6) {
      if (address !== records) complain('wrong-count', `the file says ${address} data records and has ${records}`);
    } else if (kind >= 7) ended = true;
  }
  for (const [kind, found] of widths.entries()) {
    // The checksum does not cover a record's type. One record unlike many others is one whose type was damaged.
    if (found?.count !== 1 || records < MANY) continue;
    const message = `this record alone has ${ADDRESS_BYTES[kind]!} address bytes, unlike the ${records - 1} others: its type may be wrong`;
    problems.add('warning', 'odd-width', message, found.line);
  }
  if (!ended) problems.add('warning', 'cut-off', 'the end record (S7, S8 or S9) is missing: the file may be cut', last);
  return collector.dump(problems.all());
}

function two(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
