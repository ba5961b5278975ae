// Prints values as GDB does, in any of its styles: the other half of the reader's tests. Written from GDB's output, not from the reader.

/** A C value. Strings are `char` arrays: bytes without the terminating NUL, in an array of `size`. */
export type CValue =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'pointer'; readonly value: bigint; readonly symbol?: string; readonly text?: string }
  | { readonly kind: 'chars'; readonly text: string; readonly size: number }
  | { readonly kind: 'array'; readonly elements: readonly CValue[] }
  | { readonly kind: 'struct'; readonly fields: readonly (readonly [name: string, value: CValue])[] };

export interface GdbStyle {
  readonly hex: boolean;
  readonly pretty: boolean;
  readonly indexes: boolean;
  /** Runs longer than this print as `<repeats N times>`; Infinity: never. */
  readonly repeats: number;
  /** Columns at which a line breaks at the next comma; Infinity: never. */
  readonly width: number;
}

export function printAsGdb(value: CValue, style: GdbStyle): string {
  const text = print(value, style, 0);
  return style.pretty || style.width === Infinity ? text : wrap(text, style.width);
}

function print(value: CValue, style: GdbStyle, depth: number): string {
  switch (value.kind) {
    case 'number':
      return number(value.value, style);
    case 'pointer': {
      const symbol = value.symbol === undefined ? '' : ` <${value.symbol}>`;
      const text = value.text === undefined || style.hex ? '' : ` "${escape(value.text)}"`;
      return `0x${value.value.toString(16)}${symbol}${text}`;
    }
    case 'chars':
      return style.hex ? array(numbersOf(value.text, value.size), style, depth) : chars(value.text, value.size, style);
    case 'array':
      return array(value.elements, style, depth);
    case 'struct':
      return struct(value.fields, style, depth);
  }
}

function number(value: bigint, style: GdbStyle): string {
  return style.hex ? '0x' + BigInt.asUintN(64, value).toString(16) : value.toString();
}

function numbersOf(text: string, size: number): CValue[] {
  return Array.from({ length: size }, (_, i) => ({ kind: 'number', value: BigInt(i < text.length ? text.charCodeAt(i) : 0) }));
}

function array(elements: readonly CValue[], style: GdbStyle, depth: number): string {
  const printed = elements.map((e) => print(e, style, depth + 1));
  const runs: { text: string; count: number; at: number }[] = [];
  for (const [at, text] of printed.entries()) {
    const last = runs.at(-1);
    if (last?.text === text && style.repeats !== Infinity) last.count++;
    else runs.push({ text, count: 1, at });
  }
  const parts: string[] = [];
  for (const { text, count, at } of runs) {
    const many = count > style.repeats;
    for (let i = 0; i < (many ? 1 : count); i++) {
      const index = style.indexes ? `[${style.hex ? '0x' + (at + i).toString(16) : at + i}] = ` : '';
      parts.push(index + text + (many ? ` <repeats ${count} times>` : ''));
    }
  }
  if (!style.indexes) return `{${parts.join(', ')}}`;
  const indent = '  '.repeat(depth + 1);
  return `{\n${parts.map((p) => indent + p).join(',\n')}\n${'  '.repeat(depth)}}`;
}

function struct(fields: readonly (readonly [string, CValue])[], style: GdbStyle, depth: number): string {
  const parts = fields.map(([name, value]) => `${name} = ${print(value, style, depth + 1)}`);
  if (!style.pretty) return `{${parts.join(', ')}}`;
  const indent = '  '.repeat(depth + 1);
  return `{\n${parts.map((p) => indent + p).join(',\n')}\n${'  '.repeat(depth)}}`;
}

/** `"heap", '\000' <repeats 31 times>`: trailing NULs but the last stand as a run when there are many. */
function chars(text: string, size: number, style: GdbStyle): string {
  const bytes = Array.from(text, (c) => c.charCodeAt(0)).concat(
    Array.from({ length: Math.max(0, size - text.length - 1) }, () => 0),
  );
  const segments: string[] = [];
  let open = '';
  for (let i = 0; i < bytes.length;) {
    let count = 1;
    while (bytes[i + count] === bytes[i]) count++;
    if (count > style.repeats) {
      if (open !== '') segments.push(`"${open}"`);
      open = '';
      segments.push(`'${escapeByte(bytes[i]!, "'")}' <repeats ${count} times>`);
    } else for (let k = 0; k < count; k++) open += escapeByte(bytes[i]!, '"');
    i += count;
  }
  if (open !== '' || segments.length === 0) segments.push(`"${open}"`);
  return segments.join(', ');
}

function escape(text: string): string {
  return Array.from(text, (c) => escapeByte(c.charCodeAt(0), '"')).join('');
}

function escapeByte(byte: number, quote: string): string {
  if (byte === 10) return '\\n';
  if (byte === 9) return '\\t';
  if (byte === 27) return '\\033';
  const c = String.fromCharCode(byte);
  if (c === quote || c === '\\') return '\\' + c;
  return byte < 32 || byte > 126 ? '\\' + byte.toString(8).padStart(3, '0') : c;
}

/** Breaks after `, ` outside of quotes, as GDB does at the terminal's width. */
function wrap(text: string, width: number): string {
  let out = '';
  let column = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    out += c;
    column = c === '\n' ? 0 : column + 1;
    if (quote !== '') {
      if (c === '\\') out += text[++i]!;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === ' ' && text[i - 1] === ',' && column > width) {
      out += '\n    ';
      column = 4;
    }
  }
  return out;
}
