// Text inside SVG and HTML.

/** Nothing from a file is ever markup, neither in text nor in a quoted attribute; what XML cannot hold at all is left out. */
export function escaped(value: string): string {
  return [
    ...value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  ]
    .filter(isXmlCharacter)
    .join('');
}

function isXmlCharacter(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code >= 0x20
    ? !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff
    : code === 9 || code === 10 || code === 13;
}
