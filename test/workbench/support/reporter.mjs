// Mocha's own listing, plus the counts as a file: an exit code alone does not show that a suite was loaded.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures } = this.stats;
      if (process.env.UKBOOT_RESULTS)
        writeFileSync(process.env.UKBOOT_RESULTS, JSON.stringify({ passed: passes, failed: failures }));
    });
  }
}
