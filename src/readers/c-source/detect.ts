// Is a text C? Asked of every input whose name does not say it, so only the first part is looked at.

const LOOKED_AT = 20_000;

const SIGNS: readonly (readonly [RegExp, number])[] = [
  [/\bstruct\s+ukplat_memregion_desc\b/, 0.6],
  [/\bUKPLAT_MEMR[TF]_\w+/, 0.15],
  [/^[ \t]*#[ \t]*(?:include\s*[<"]|define\s+\w|if(?:n?def)?\s+\S)/m, 0.4],
  [/(?:^|[{,])\s*\.\s*(?:pbase|vbase|base|len|type|flags)\s*=(?!=)/m, 0.4],
  [/\b\w+(?:->|\.)(?:pbase|vbase|base|len|type|flags|pg_off|pg_count)\s*=(?!=)[^;]*;/, 0.4],
  [/\b(?:static|const|extern|void|int|unsigned|struct|typedef)\s+[\w\s*]+[({;=[]/, 0.2],
  [/[;{}]\s*$/m, 0.1],
];

/** Text that C never starts with, or lines that only another kind of input has. */
const OTHERS = [/^\s*[{[]\s*"/, /^\(gdb\)/m, /^\$\d+ = /m, /^\[\s*\d+\.\d+\] /m, /^CONFIG_\w+=/m];

/**
 * How likely a text is C source: 0 not at all … 1 certainly. Cheap: looks at the first 20 000 characters.
 */
export function looksLikeC(text: string): number {
  const part = text.slice(0, LOOKED_AT);
  if (part.includes('\0')) return 0;
  const sum = SIGNS.reduce((total, [sign, weight]) => total + (sign.test(part) ? weight : 0), 0);
  return Math.max(0, Math.min(1, OTHERS.some((o) => o.test(part)) ? sum / 4 : sum));
}
