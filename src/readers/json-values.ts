// Values of JSON whose keys are still to be looked at.

/** A parsed JSON object, keys still to be looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An integer as a JSON number, or as a string in hex (`0x…`) or decimal, negative or not; undefined for anything else. */
export function readInteger(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const found = /^(-?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(value);
  if (found === null) return undefined;
  const magnitude = BigInt(found[2]!);
  return found[1] === '-' ? -magnitude : magnitude;
}

/** The value, or the parser's message as a string in its place where it is no JSON object or array. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : 'not JSON';
  }
}

export function textOr(value: unknown, missing: string): string {
  return typeof value === 'string' ? value : missing;
}

/** A value as a message shows it, cut to a readable length. */
export function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? text.slice(0, 57) + '…' : text;
}
