// Is a text well-formed markup? Tags nested and closed, attributes quoted and named once, no loose < or &. What HTML leaves open
// (`<meta …>` without a slash) counts as wrong: our pages are written so that both kinds of reader take them.

const NAME = /[a-zA-Z][\w:-]*/y;
const ATTRIBUTE = /\s+([a-zA-Z][\w:-]*)="([^"<]*)"/y;
const ENTITY = /&(?:amp|lt|gt|quot|#39);/g;

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Every element in order. @throws AssertionError-like Error with the place of what is wrong */
export function elementsOf(markup: string): Element[] {
  const found: Element[] = [];
  const open: string[] = [];
  let at = markup.startsWith('<!DOCTYPE html>\n') ? 16 : 0;
  const fail = (why: string): never => {
    throw new Error(`${why} at ${String(at)}: ${markup.slice(at, at + 80)}`);
  };
  while (at < markup.length) {
    const next = markup.indexOf('<', at);
    const text = markup.slice(at, next < 0 ? undefined : next);
    if (open.at(-1) !== 'style' && text.replace(ENTITY, '').includes('&')) fail('loose &');
    if (next < 0) break;
    at = next + 1;
    const closing = markup[at] === '/';
    if (closing) at++;
    const name = match(NAME, markup, at)?.[0] ?? fail('no tag name');
    at += name.length;
    if (closing) {
      if (open.pop() !== name) fail(`</${name}> closes another element`);
      if (markup[at++] !== '>') fail('closing tag goes on');
      continue;
    }
    const attributes = new Map<string, string>();
    for (let a = match(ATTRIBUTE, markup, at); a !== null; a = match(ATTRIBUTE, markup, at)) {
      if (attributes.has(a[1]!)) fail(`${a[1]!} twice`);
      if (a[2]!.replace(ENTITY, '').includes('&')) fail('loose & in an attribute');
      attributes.set(a[1]!, a[2]!);
      at += a[0].length;
    }
    found.push({ name, attributes });
    if (markup.startsWith('/>', at)) at += 2;
    else if (markup[at] === '>') {
      at++;
      open.push(name);
    } else fail('tag goes on');
  }
  if (open.length > 0) fail(`${open.join(', ')} left open`);
  return found;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
