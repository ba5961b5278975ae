// Verilog hex (`$readmemh`): `@address`, then bytes in hex, as GDB's `dump verilog` and objcopy write it.
//
//   @00142290
//   00 10 00 00 …
//
// Addresses count bytes and may have 16 digits. Words of several bytes (objcopy --verilog-data-width) would need their byte order
// and are not read. `//` and `/* */` are comments, `_` may stand between digits.

import { SegmentCollector, LineProblems, hexBytes, type Dump } from './dump';
import { linesOf } from './lines';

export function readVerilogHex(text: string): Dump {
  const collector = new SegmentCollector();
  const problems = new LineProblems();
  let address: bigint | undefined;
  for (const line of linesOf(withoutComments(text))) {
    let rest = line.text.trim();
    if (rest === '') continue;
    const complain = (name: string, message: string): void => problems.add('error', name, message, line);
    const at = /^@([0-9a-fA-F_]+)(?:\s+|$)/.exec(rest);
    if (at !== null) {
      const digits = at[1]!.replaceAll('_', '').replace(/^0+(?=.)/, '');
      if (digits.length > 16) complain('beyond-top', 'the address has more than 64 bits: its last 64 are used');
      address = BigInt('0x0' + digits.slice(-16));
      rest = rest.slice(at[0].length);
    }
    if (rest === '') continue;
    if (address === undefined) {
      complain('no-address', 'bytes stand before the first @address: they are taken to begin at 0');
      address = 0n;
    }
    const digits = rest.replaceAll('_', '');
    const joined = digits.replace(/\s+/g, '');
    const bytes = digits.split(/\s+/).every((word) => word.length === 2) ? hexBytes(joined, 0, joined.length) : undefined;
    if (bytes === undefined) {
      complain(
        'not-bytes',
        `expected bytes of two hex digits, found ${rest.length > 40 ? rest.slice(0, 39) + '…' : rest}; the line is left out`,
      );
      continue;
    }
    const beyond = collector.add(address, bytes);
    if (beyond > 0) complain('beyond-top', `${beyond} bytes lie beyond the last 64-bit address`);
    address = BigInt.asUintN(64, address + BigInt(bytes.length));
  }
  return collector.dump(problems.all());
}

/** `//` to the end of the line, and `/* … *\/`, whose line ends stay. */
function withoutComments(text: string): string {
  if (!text.includes('/')) return text;
  const kept: string[] = [];
  for (let at = 0; at < text.length;) {
    const slash = text.indexOf('/', at);
    if (slash < 0) {
      kept.push(text.slice(at));
      break;
    }
    kept.push(text.slice(at, slash));
    const block = text[slash + 1] === '*';
    if (!block && text[slash + 1] !== '/') {
      kept.push('/');
      at = slash + 1;
      continue;
    }
    const end = text.indexOf(block ? '*/' : '\n', slash + 2);
    const comment = text.slice(slash, end < 0 ? undefined : end);
    if (block) kept.push(' ', comment.replace(/[^\n]+/g, ''));
    at = end < 0 ? text.length : end + (block ? 2 : 0);
  }
  return kept.join('');
}
