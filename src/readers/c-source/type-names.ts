// Names of types as they stand in casts and sizeof, with their width on the 64-bit targets.

export interface TypeShape {
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
  readonly bool?: boolean;
  /** Set for pointers; `step` is what adding 1 adds, undefined when the pointed-to type is not known. */
  readonly pointer?: { readonly step: bigint | undefined };
}

const TYPEDEFS = new Map<string, TypeShape>();
for (const bits of [8, 16, 32, 64] as const) {
  for (const name of [`__s${bits}`, `int${bits}_t`, `__int${bits}_t`, `s${bits}`]) TYPEDEFS.set(name, { bits, signed: true });
  for (const name of [`__u${bits}`, `uint${bits}_t`, `__uint${bits}_t`, `u${bits}`]) TYPEDEFS.set(name, { bits, signed: false });
}
for (const name of [
  '__sz',
  'size_t',
  '__uptr',
  'uintptr_t',
  '__paddr_t',
  '__vaddr_t',
  'paddr_t',
  'vaddr_t',
  'unative_t',
  'uintmax_t',
  '__pfn_t',
]) {
  TYPEDEFS.set(name, { bits: 64, signed: false });
}
for (const name of ['__ssz', 'ssize_t', '__off', 'off_t', '__sptr', 'intptr_t', 'ptrdiff_t', 'intmax_t', '__nsec', '__snsec']) {
  TYPEDEFS.set(name, { bits: 64, signed: true });
}
TYPEDEFS.set('__bool', { bits: 8, signed: false, bool: true });
TYPEDEFS.set('bool', { bits: 8, signed: false, bool: true });
TYPEDEFS.set('_Bool', { bits: 8, signed: false, bool: true });

const BASIC = new Set(['char', 'short', 'int', 'long', 'signed', 'unsigned', 'void', 'float', 'double']);
const QUALIFIERS = new Set(['const', 'volatile', 'restrict', '__restrict', '__const', 'static', 'register']);
const TAGS = new Set(['struct', 'union', 'enum']);

/** Do these words, as they stand between parentheses, name a type? */
export function isTypeName(words: readonly string[], isDeclared: (name: string) => boolean): boolean {
  const stars = words.findIndex((w) => w === '*');
  const base = (stars < 0 ? words : words.slice(0, stars)).filter((w) => !QUALIFIERS.has(w));
  if (stars >= 0 && words.slice(stars).some((w) => w !== '*' && !QUALIFIERS.has(w))) return false;
  const [first, second] = base;
  if (first === undefined) return false;
  if (TAGS.has(first)) return base.length === 2;
  if (BASIC.has(first)) return base.every((w) => BASIC.has(w));
  if (second !== undefined) return false;
  // `(name *)` can be nothing else, and `…_t` is a type by every convention of C.
  return TYPEDEFS.has(first) || isDeclared(first) || stars >= 0 || first.endsWith('_t');
}

/** The width and sign behind a cast to `type`; undefined for types that are not known, and for those that are no number. */
export function castType(type: string): TypeShape | undefined {
  const words = type.split(' ').filter((w) => !QUALIFIERS.has(w));
  const stars = words.filter((w) => w === '*').length;
  const base = words.filter((w) => w !== '*');
  if (stars > 1) return { bits: 64, signed: false, pointer: { step: 8n } };
  if (stars === 1)
    return { bits: 64, signed: false, pointer: { step: base.join(' ') === 'void' ? 1n : sizeOfType(base.join(' ')) } };
  return baseType(base);
}

/** Bytes of a type, as `sizeof` gives. */
export function sizeOfType(type: string): bigint | undefined {
  if (type.includes('*')) return 8n;
  const shape = baseType(type.split(' ').filter((w) => !QUALIFIERS.has(w)));
  return shape === undefined ? undefined : BigInt(shape.bits / 8);
}

function baseType(words: readonly string[]): TypeShape | undefined {
  if (words.length === 1 && TYPEDEFS.has(words[0]!)) return TYPEDEFS.get(words[0]!);
  if (words[0] === 'enum') return { bits: 32, signed: false };
  if (words.length === 0 || words.some((w) => !BASIC.has(w) || ['void', 'float', 'double'].includes(w))) return undefined;
  const signed = !words.includes('unsigned');
  if (words.includes('char')) return { bits: 8, signed };
  if (words.includes('short')) return { bits: 16, signed };
  return { bits: words.includes('long') ? 64 : 32, signed };
}
