// What tells of the map may stand a frame of the screen behind it: neither then costs the other its time.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Shows what stands in it one frame of the screen after the rest. However often that changes meanwhile, the latest comes. */
export function Later({ children }: { readonly children: ComponentChildren }) {
  const latest = useRef(children);
  const asked = useRef(false);
  const [shown, show] = useState(children);
  latest.current = children;
  useLayoutEffect(() => {
    if (shown === latest.current || asked.current) return;
    asked.current = true;
    requestAnimationFrame(() =>
      // Behind the painting of that frame, in the time of the next.
      setTimeout(() => {
        asked.current = false;
        show(latest.current);
      }),
    );
  });
  return <>{shown}</>;
}
