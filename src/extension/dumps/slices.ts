// Long work of the core, in slices: the window stays alive, a long one shows how far it is and can be cancelled.

import * as vscode from 'vscode';

/** Milliseconds of work between two looks at the rest of the world. */
const SLICE = 40;

/**
 * Runs a generator to its end.
 *
 * @param title of the progress notification, which only a long run shows
 * @param words what a yielded value says to the user
 * @returns undefined when the user cancelled
 */
export async function runInSlices<Y, R>(
  title: string,
  run: Generator<Y, R>,
  words: (yielded: Y) => string,
): Promise<R | undefined> {
  const first = slice(run);
  if (first.done) return first.value;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return await vscode.window.withProgress(options, async (progress, token) => {
    while (!token.isCancellationRequested) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const next = slice(run);
      if (next.done) return next.value;
      progress.report({ message: words(next.value) });
    }
    return undefined;
  });
}

function slice<Y, R>(run: Generator<Y, R>): { done: true; value: R } | { done: false; value: Y } {
  const end = Date.now() + SLICE;
  for (;;) {
    const next = run.next();
    if (next.done === true) return { done: true, value: next.value };
    if (Date.now() >= end) return { done: false, value: next.value };
  }
}
