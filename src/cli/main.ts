// The ukboot command: the same core as the extension, without VS Code.

import { bench } from './bench';
import { Exit, Unusable, type ExitStatus } from './command-line';
import { decode } from './decode';
import { diff } from './diff';
import { explain } from './explain';
import { regions } from './regions';
import { replay } from './replay';
import { simulate } from './simulate';

const HELP = `Usage: ukboot COMMAND …

  simulate INPUT   what ukboot makes of the memory regions in INPUT: a memory-map file, C source, GDB
                   transcript, serial log or dump
    --allocator A --release R --arch X     what the input does not say, or says otherwise
    --config FILE                          a Kconfig .config or fragment, or a Kraftfile
    --set CONFIG_X=V                       one option; may be repeated
    --workload FILE                        calls after the boot: golden trace, workload array, heap-calls.json
                                           or alloc-trace.jsonl; results recorded in it are checked
    --format text|json|svg|html            (html: the report)
    --report FILE                          also writes an HTML report that opens anywhere: regions, map, steps, log …
    --table NAME                           instead: one table, whole and exact   [--format csv|json]
                                           regions, ledger, metrics, lists, list-sums, blocks, structs, findings,
                                           steps, c-steps, log, and the allocator's own: tlsf-lists, …
  regions INPUT    the descriptors found, with what is wrong with each     [--release R] [--format text|json]
  explain INPUT    what became of each region and why, where every byte went, and why requests failed
    --region N | --request STEP            one of them: the arithmetic, what would change it
    --malloc SIZE                          why would this request fail (or how is it served), after the workload?
    --workload FILE, and options as simulate has them
    --format text|json|markdown            (or --json, --markdown)
  decode FILE…     a heap out of a memory dump: raw, sparse with its index, ELF core, Intel HEX, S-records, Verilog
                   hex, each also gzip-compressed; together with what was kept beside it, in any order: nm
                   output or .dbg file, .config, GDB session
    --at ADDR                              address of a raw binary's first byte
    --index FILE                           index of a sparse binary
    --heap EXPR                            the struct uk_alloc: an address, a symbol, an expression such as
                                           '*(struct uk_alloc **)0x177500'; without it the heap is looked for
    --allocator A --release R --config FILE --symbols FILE      instead of what memory shows
    --address X                            which block holds this address?
    --format text|json|svg|html, --report FILE, --table NAME      as simulate has them
  diff A B         what changed between two states: JSON of simulate or decode, or dumps
  diff DUMP [BOOT] a dump against the simulation of the same boot: of the descriptors in it, or in BOOT (session, log,
                   memory-map file); first differing step, differing fields     [--workload FILE and decode's options]
  replay TRACE…    golden traces against this program
  bench [NAME…]    the benchmarks of the specifications

Exit status: 0 done, 1 the thing asked does not hold, 2 unusable input or usage.`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => ExitStatus | Promise<ExitStatus>>> = {
  simulate,
  regions,
  decode,
  diff,
  explain,
  replay,
  bench,
};

async function run(args: readonly string[]): Promise<ExitStatus> {
  const [name, ...rest] = args;
  const beforeNames = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (name === 'help' || beforeNames.some((a) => a === '--help' || a === '-h')) {
    console.log(HELP);
    return Exit.done;
  }
  try {
    const command = name === undefined ? undefined : COMMANDS[name];
    if (command === undefined)
      throw new Unusable(name === undefined ? 'which command? See ukboot --help' : `no command “${name}”; see ukboot --help`);
    return await command(rest);
  } catch (problem) {
    if (!(problem instanceof Unusable)) throw problem;
    console.error(`ukboot: ${problem.message.split('\n')[0]!}`);
    return Exit.unusable;
  }
}

process.stdout.on('error', () => process.exit(Exit.done)); // the reader of a pipe has seen enough
void run(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
