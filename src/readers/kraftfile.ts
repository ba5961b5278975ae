// Kraftfile, kraft.yaml: how kraft builds a unikernel. Read for the release, the targets' architectures and the Kconfig values.
//
//   spec: v0.6                          unikraft: stable, or a version
//   unikraft:                           targets:
//     version: v0.17.0                    - qemu/x86_64
//     kconfig:                            - platform: fc
//       CONFIG_LIBUKDEBUG: 'y'              architecture: arm64
//       or a list: - CONFIG_LIBUKDEBUG=y    kconfig: …
//
// Source: the Kraftfile references v0.5 and v0.6 of unikraft.org.

import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';
import type { Hints } from '../regions/descriptor';
import type { Problem, Severity, TextRange } from '../regions/problem';
import { parseRelease } from '../regions/release';
import type { Architecture, Config, Release } from '../regions/release';
import { hintsFromConfig, unquoted } from './kconfig';
import { Offsets } from './lines';

export interface KraftTarget {
  readonly platform: string;
  readonly architecture: string;
  /** The target's own values over those of `unikraft`. */
  readonly config: Config;
}

export interface Kraftfile {
  readonly name?: string;
  /** What holds for all targets; architecture and configuration of the target where there is only one. */
  readonly hints: Hints;
  readonly targets: readonly KraftTarget[];
  readonly problems: readonly Problem[];
}

/** Larger files are none: a Kraftfile is a page of text. */
const LARGEST = 1 << 20;

/** Reads a Kraftfile. Never throws. */
export function readKraftfile(text: string): Kraftfile {
  return new KraftReader(text).read();
}

class KraftReader {
  private readonly problems: Problem[] = [];
  private readonly text: string;
  private readonly offsets: Offsets;
  private document: Document | undefined;

  constructor(text: string) {
    this.text = text;
    this.offsets = new Offsets(text);
  }

  read(): Kraftfile {
    const root = this.parse();
    if (!isMap(root)) {
      if (this.problems.length === 0)
        this.report('error', 'not-a-kraftfile', 'A Kraftfile has keys such as “spec”, “unikraft” and “targets”.', root);
      return { hints: {}, targets: [], problems: this.problems };
    }
    const unikraft = this.get(root, 'unikraft');
    if (unikraft === undefined)
      this.report('warning', 'no-unikraft', 'There is no “unikraft” key: release and configuration are not known.', root);
    const config = isMap(unikraft) ? this.config(this.get(unikraft, 'kconfig')) : {};
    const targets = this.targets(this.get(root, 'targets'), config);
    const name = this.get(root, 'name');
    return {
      ...(isScalar(name) && { name: String(name.value) }),
      hints: this.hints(unikraft, config, targets),
      targets,
      problems: this.problems,
    };
  }

  private parse(): Node | undefined {
    if (this.text.length > LARGEST) {
      this.report('error', 'too-large', 'This is too large for a Kraftfile.');
      return undefined;
    }
    try {
      const document = parseDocument(this.text, { logLevel: 'silent', uniqueKeys: false });
      for (const { message, pos } of document.errors.slice(0, 20)) {
        const where = this.offsets.range(Math.min(pos[0], this.text.length), 0);
        this.problems.push({
          severity: 'error',
          code: 'syntax',
          message: `Not YAML: ${message.split(/ at line|\n/)[0]!}.`,
          where,
        });
      }
      this.document = document;
      return document.contents ?? undefined;
    } catch {
      // The parser recurses: nesting without end overflows the stack.
      this.report('error', 'too-deep', 'This YAML is nested too deep to be read.');
      return undefined;
    }
  }

  /** The value of a key; an alias stands for its anchor. */
  private get(map: YAMLMap, key: string): Node | undefined {
    return this.resolved(map.get(key, true));
  }

  private resolved(node: unknown): Node | undefined {
    const alias = node as { resolve?: (document: Document) => Node | undefined } | undefined;
    if (typeof alias?.resolve === 'function' && this.document !== undefined) return alias.resolve(this.document);
    return node as Node | undefined;
  }

  private hints(unikraft: Node | undefined, config: Config, targets: readonly KraftTarget[]): Hints {
    const version = isScalar(unikraft) ? unikraft : isMap(unikraft) ? this.get(unikraft, 'version') : undefined;
    const release = this.release(version);
    const only = targets.length === 1 ? targets[0] : undefined;
    const { config: all, ...fromConfig } = hintsFromConfig(only?.config ?? config);
    const architectures = new Set(targets.map((t) => t.architecture));
    const arch = architectures.size === 1 ? architectureNamed([...architectures][0]!) : undefined;
    return {
      ...fromConfig,
      ...(release && { release }),
      ...(arch && { arch }),
      ...(Object.keys(all ?? {}).length > 0 && { config: all! }),
    };
  }

  private release(version: Node | undefined): Release | undefined {
    if (!isScalar(version)) return undefined;
    // Unquoted, 0.10 is a number to YAML, and would be 0.1: its own text counts.
    const text = version.source ?? String(version.value);
    const release = parseRelease(text);
    if (release === undefined && /\d+\.\d+/.test(text))
      this.report('warning', 'unknown-release', `Unikraft ${text} is not a release that is known here.`, version);
    return release;
  }

  private targets(node: Node | undefined, config: Config): KraftTarget[] {
    if (node === undefined) return [];
    if (!isSeq(node)) {
      this.report('error', 'bad-targets', '“targets” must be a list.', node);
      return [];
    }
    return node.items.flatMap((item) => this.target(this.resolved(item), config) ?? []);
  }

  private target(node: Node | undefined, config: Config): KraftTarget | undefined {
    if (isScalar(node) && typeof node.value === 'string' && /^[^/]+\/[^/]+$/.test(node.value)) {
      const [platform, architecture] = node.value.split('/') as [string, string];
      return { platform, architecture, config };
    }
    if (!isMap(node)) {
      this.report(
        'error',
        'bad-target',
        'A target is “platform/architecture”, or has the keys “platform” and “architecture”.',
        node,
      );
      return undefined;
    }
    const platform = this.get(node, 'platform') ?? this.get(node, 'plat');
    const named = isMap(platform) ? this.get(platform, 'name') : platform;
    const architecture = this.get(node, 'architecture') ?? this.get(node, 'arch');
    if (!isScalar(architecture)) this.report('warning', 'bad-target', 'This target has no “architecture”.', node);
    return {
      platform: isScalar(named) ? String(named.value) : '',
      architecture: isScalar(architecture) ? String(architecture.value) : '',
      config: { ...config, ...this.config(this.get(node, 'kconfig')) },
    };
  }

  /** A map of symbols, or a list of `CONFIG_X=value`. */
  private config(node: Node | undefined): Config {
    const config: Record<string, string> = {};
    if (node === undefined || (isScalar(node) && node.value === null)) return config;
    const add = (symbol: string, value: string, at: Node | undefined): void => {
      if (/^CONFIG_\w+$/.test(symbol)) config[symbol] = value;
      else
        this.report(
          'error',
          'not-a-symbol',
          `“${symbol.slice(0, 60)}” is no Kconfig symbol: those are written CONFIG_LIBUKDEBUG.`,
          at,
        );
    };
    if (isMap(node)) {
      for (const { key, value } of node.items) add(String(isScalar(key) ? key.value : ''), this.valueText(value), key as Node);
    } else if (isSeq(node)) {
      for (const item of node.items) {
        const text = isScalar(item) ? String(item.value) : '';
        const at = text.indexOf('=');
        if (isMap(item)) Object.assign(config, this.config(item));
        else if (at < 0) this.report('error', 'bad-kconfig', 'Expected CONFIG_NAME=value.', item as Node);
        else add(text.slice(0, at).trim(), unquoted(text.slice(at + 1).trim()).value, item as Node);
      }
    } else this.report('error', 'bad-kconfig', '“kconfig” must be a map, or a list of CONFIG_NAME=value.', node);
    return config;
  }

  /** `y` for true; numbers as they are written. */
  private valueText(value: unknown): string {
    const node = this.resolved(value);
    if (!isScalar(node)) return '';
    if (typeof node.value === 'boolean') return node.value ? 'y' : 'n';
    return typeof node.value === 'string' ? unquoted(node.value).value : (node.source ?? String(node.value));
  }

  private report(severity: Severity, code: string, message: string, at?: Node): void {
    const [start, end] = at?.range ?? [0, 0];
    const where: TextRange = this.offsets.range(start, end - start);
    this.problems.push({ severity, code, message, where });
  }
}

function architectureNamed(name: string): Architecture | undefined {
  if (name === 'x86_64' || name === 'amd64') return 'x86_64';
  return name === 'arm64' || name === 'aarch64' ? 'arm64' : undefined;
}
