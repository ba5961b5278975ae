// Symbols from the output of nm: `0000000000179ab0 B _uk_alloc_head`. Other lines are passed over.

/** Symbol name → address. Of two symbols of one name the first counts. */
export function readSymbols(text: string): ReadonlyMap<string, bigint> {
  const symbols = new Map<string, bigint>();
  for (const line of text.split('\n')) {
    const found = /^([0-9a-fA-F]{8,16}) (?:[0-9a-fA-F]{8,16} )?[A-Za-z?] (\S+)\s*$/.exec(line);
    if (found !== null && !symbols.has(found[2]!)) symbols.set(found[2]!, BigInt(`0x${found[1]!}`));
  }
  return symbols;
}
