// Looks for what a picture of the panel must not have: text that is cut, text over text, numbers that are broken, anything wider than its
// place. Runs in the page.

/** One sentence for each fault, with the element it is at. */
export function faultsOf(): string[] {
  interface Seen {
    readonly text: string;
    readonly where: string;
    readonly node: Node;
    readonly element: Element;
    readonly box: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  }
  const faults = new Set<string>();
  const nameOf = (e: Element | null): string => {
    if (e === null) return '';
    const own =
      typeof e.className === 'string' && e.className !== '' ? `.${e.className.trim().split(/\s+/)[0]!}` : e.tagName.toLowerCase();
    const pane = e.closest<HTMLElement>('[data-pane]')?.dataset['pane'];
    return `${pane ?? ''} ${own}`.trim();
  };
  const width = window.innerWidth;
  if (document.documentElement.scrollWidth > width)
    faults.add(`the page is ${String(document.documentElement.scrollWidth)} wide`);
  // What scrolls sideways.
  for (const e of document.querySelectorAll<HTMLElement>('body *')) {
    const style = getComputedStyle(e);
    if (!/auto|scroll/.test(style.overflowX) || style.visibility === 'hidden') continue;
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) faults.add(`${nameOf(e)} scrolls sideways by ${String(e.scrollWidth - e.clientWidth)}`); // prettier-ignore
  }
  const clipsOf = (from: Element) => {
    const found = [];
    for (let e: Element | null = from; e !== null && e !== document.body; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.overflowX !== 'visible' || style.overflowY !== 'visible') found.push({ element: e, style, box: e.getBoundingClientRect() });
      if (style.position === 'fixed') break;
    }
    return found;
  }; // prettier-ignore
  const seen: Seen[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement!;
    const text = (node.textContent ?? '').trim();
    if (text === '' || parent.closest('.unseen, script, style, option, [role=grid]') !== null) continue;
    const style = getComputedStyle(parent);
    if (style.visibility === 'hidden' || Number(style.opacity) === 0) continue;
    // The head of a table that is laid out as blocks is read, not seen.
    const head = parent.closest('thead');
    if (head !== null && getComputedStyle(head).clipPath !== 'none') continue;
    const clips = clipsOf(parent);
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = new Set([...range.getClientRects()].map((r) => Math.round(r.top)));
    // One of sixteen digits may go on in a second line.
    const word = /^0x[0-9a-f]{1,12}$/.test(text) || (/^\S{1,9}$/.test(text) && parent.closest('.struct th[scope=row]') !== null);
    if (word && lines.size > 1) faults.add(`“${text}” in ${nameOf(parent)} is broken`);
    for (const rect of range.getClientRects()) {
      if (rect.width < 1) continue;
      // What is left of the text on its way outwards: a scroll bar reaches the rest, an ellipsis with a title tells it.
      const box = { left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom };
      let cut = '';
      for (const { element, style: clipping, box: clip } of clips) {
        const outside = box.right <= clip.left + 1 || box.left >= clip.right - 1 || box.bottom <= clip.top + 3 || box.top >= clip.bottom - 3;
        const ellipsis = clipping.textOverflow === 'ellipsis' && element.closest('[title]:not([title=""])') !== null;
        const across = /hidden|clip/.test(clipping.overflowX) && !ellipsis && (box.left < clip.left - 1.5 || box.right > clip.right + 1.5);
        const down = /hidden|clip/.test(clipping.overflowY) && (box.top < clip.top - 4 || box.bottom > clip.bottom + 4);
        if (!outside && across) cut = `cut at the side by ${nameOf(element)}`;
        if (!outside && down) cut = `cut across by ${nameOf(element)}`;
        box.left = Math.max(box.left, clip.left);
        box.right = Math.min(box.right, clip.right);
        box.top = Math.max(box.top, clip.top);
        box.bottom = Math.min(box.bottom, clip.bottom);
        if (outside) break;
      }
      if (box.right - box.left < 1 || box.bottom - box.top < 1) continue;
      if (cut !== '') faults.add(`“${text.slice(0, 40)}” in ${nameOf(parent)} is ${cut}`);
      if (box.right > width + 0.5 || box.left < -0.5) faults.add(`“${text.slice(0, 40)}” in ${nameOf(parent)} is outside of the panel`);
      seen.push({ text, where: nameOf(parent), node, element: parent, box });
    }
  } // prettier-ignore
  // Text over text.
  for (let i = 0; i < seen.length; i++)
    for (let k = i + 1; k < seen.length; k++) {
      const [a, b] = [seen[i]!, seen[k]!];
      if (a.node === b.node) continue;
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (across < 2 || down < 6 || a.element.closest('.disc') !== null || b.element.closest('.disc') !== null) continue;
      faults.add(`“${a.text.slice(0, 30)}” (${a.where}) and “${b.text.slice(0, 30)}” (${b.where}) overlap`);
    }
  // What stands in an empty box.
  const canvas = document.createElement('canvas').getContext('2d')!;
  for (const input of document.querySelectorAll<HTMLInputElement>('input[type=text]')) {
    const style = getComputedStyle(input);
    if (Number(style.opacity) === 0) continue;
    canvas.font = style.font;
    const room = input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const text = input.value === '' ? input.placeholder : '';
    if (canvas.measureText(text).width > room + 1) faults.add(`“${text}” does not fit its box of ${String(room)}`);
  }
  return [...faults].sort();
}
