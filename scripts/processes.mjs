// Child processes with a time limit, ended as a whole group.
import { spawn } from 'node:child_process';

/** Ends a process that was started detached, with everything it started. */
export async function endGroup(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child.pid, 'SIGTERM');
  const stubborn = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 3000);
  await gone;
  clearTimeout(stubborn);
  signalGroup(child.pid, 'SIGKILL'); // a grandchild may have outlived the first process
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Runs a command to its end; its output is shown unless `quiet`, and is part of the error when it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, seconds?: number, quiet?: boolean, mayFail?: boolean }} options
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, { cwd, env, seconds = 600, quiet = false, mayFail = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const forget = endWithUs(child);
    let output = '';
    const limit = setTimeout(() => {
      output += `\n(ended after ${seconds} s)`;
      void endGroup(child);
    }, seconds * 1000);
    const take = (stream) => (data) => {
      output += data;
      if (!quiet) stream.write(data);
    };
    child.stdout.on('data', take(process.stdout));
    child.stderr.on('data', take(process.stderr));
    child.on('error', (error) => done(reject, error));
    child.on('close', (code) => {
      if (code === 0 || mayFail) done(resolve, { code: code ?? 1, output });
      else done(reject, new Error(`${command} ${args.join(' ')}: ended with ${code}${quiet ? `\n${output.slice(-4000)}` : ''}`));
    });
    function done(settle, value) {
      clearTimeout(limit);
      forget();
      settle(value);
    }
  });
}

/** Makes sure that a detached child does not outlive this process, however it ends. Returns a function that lets go of it. */
export function endWithUs(child) {
  const end = () => child.pid !== undefined && child.exitCode === null && signalGroup(child.pid, 'SIGKILL');
  const interrupted = () => {
    end();
    process.exit(130);
  };
  process.once('exit', end);
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  return () => {
    process.off('exit', end);
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  };
}
