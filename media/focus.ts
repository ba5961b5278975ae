// Where the keyboard is in the panel: the stop of a pane, and what has the focus when the thing that had it is drawn no more.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** What takes a pane's place, and gives it back. */
const INSTEAD: Readonly<Record<string, string>> = { map: 'compare', compare: 'map' };

/** Where F6 enters a pane, best first: its own stop, what it shows, and where that has nothing to stop at, its header. */
const STOPS = [
  '[data-stop]',
  '.pane-body [tabindex="0"]',
  '.pane-body input, .pane-body button',
  'input, [tabindex="0"], button',
];

export function stopOf(pane: Element): HTMLElement | null {
  return STOPS.map((stop) => pane.querySelector<HTMLElement>(stop)).find((found) => found !== null) ?? null;
}

/** Without this the focus would fall to the page, where F6 begins anew and a reader loses its place. */
export function useKeptFocus(): void {
  const last = useRef<{ readonly element: Element; readonly pane: string } | undefined>(undefined);
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      if (!(target instanceof Element)) return;
      last.current = { element: target, pane: target.closest<HTMLElement>('[data-pane]')?.dataset.pane ?? '' };
    };
    document.addEventListener('focusin', onFocus);
    return () => document.removeEventListener('focusin', onFocus);
  }, []);
  useLayoutEffect(() => {
    const was = last.current;
    if (was === undefined || was.element.isConnected) return;
    last.current = undefined;
    // Whoever drew something in its place may have better things to focus.
    setTimeout(() => {
      if (document.activeElement !== document.body) return;
      const names = [was.pane, INSTEAD[was.pane] ?? was.pane];
      const pane = names
        .map((name) => document.querySelector(`[data-pane="${CSS.escape(name)}"]`))
        .find((found) => found !== null);
      if (pane) stopOf(pane)?.focus();
    }, 0);
  });
}
