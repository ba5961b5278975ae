// Mocha's own listing, plus what each file came to, as a file: an exit code alone does not show that a suite was loaded.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import Mocha from 'mocha';

const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_RUN_END } = Mocha.Runner.constants;

export default class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const files = {};
    const of = (test) => (files[relative('.', test.file)] ??= { passed: 0, failed: [] });
    runner.on(EVENT_TEST_PASS, (test) => void of(test).passed++);
    runner.on(EVENT_TEST_FAIL, (test) => void of(test).failed.push(test.fullTitle()));
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures } = this.stats;
      if (process.env.UKBOOT_RESULTS)
        writeFileSync(process.env.UKBOOT_RESULTS, JSON.stringify({ passed: passes, failed: failures, files }));
    });
  }
}
