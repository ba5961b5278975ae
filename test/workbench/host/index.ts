// Entry of the in-host suite, for `@vscode/test-electron` and for the workbench in a browser alike.

import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Called by the extension host. A rejection makes the run fail. */
export function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: true, timeout: 60_000 });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  // The tests are part of this bundle; loading them after `pre-require` gives them `describe` and `it`.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require('./suites');
  console.log('ukboot: the in-host suite begins'); // what the runner waits for before it prints anything
  return new Promise((resolve, reject) => {
    const runner = mocha.run((failures) => {
      const results = process.env.UKBOOT_RESULTS;
      if (results !== undefined) writeFileSync(results, JSON.stringify({ passed: runner.stats?.passes ?? 0, failed: failures }));
      if (failures === 0) resolve();
      else reject(new Error(`${failures} tests failed`));
    });
  });
}
