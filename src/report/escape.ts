// Nothing from a file is ever markup. Markup is made only by the `markup` template, which escapes whatever is put into it, unless that is
// markup itself; so a text cannot reach a page unescaped by being forgotten.

/** A piece of well-formed HTML or SVG. Only this file makes one. */
export class Markup {
  private constructor(readonly text: string) {}

  static join(parts: readonly Markup[], between = ''): Markup {
    return new Markup(parts.map((p) => p.text).join(between));
  }

  /** The template's own strings are trusted; they stand in our source. */
  static from(strings: readonly string[], values: readonly MarkupValue[]): Markup {
    const text = (value: MarkupValue): string => {
      if (value instanceof Markup) return value.text;
      if (typeof value === 'object') return value.map((v) => v.text).join('');
      return escaped(String(value));
    };
    return new Markup(strings.reduce((all, s, i) => all + text(values[i - 1]!) + s));
  }
}

type MarkupValue = Markup | string | number | readonly Markup[];

/** `markup\`<td>${name}</td>\`` */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return Markup.from(strings, values);
}

/** Characters that are not seen, turn the text around them, or are half of one, are written out. */
const UNSEEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for an element or a quoted attribute, of HTML and of XML alike. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (c) => ENTITIES[c]!)
    .replace(UNSEEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
