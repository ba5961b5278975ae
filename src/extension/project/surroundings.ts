// What lies around an input and decides how it is simulated: the build configuration of the project that it belongs to.

import type { NamedHints } from '../../timeline/choices';

/** Reads a text file by its path; undefined when there is none. */
export type ReadText = (path: string) => Promise<string | undefined>;

/** Files that say release, allocator and options, most telling first, and the reader of each. */
export interface ConfigurationReader {
  readonly names: readonly string[];
  read(text: string): Promise<NamedHints['hints'] | undefined>;
}

/** Folders above an input that are looked at, itself included. */
const MOST_FOLDERS = 12;

/**
 * Hints from the nearest configuration of each kind.
 *
 * @param folder of the input; paths have `/`
 * @param root folder of the workspace: nothing above it is read
 */
export async function surroundingHints(
  folder: string,
  root: string,
  readers: readonly ConfigurationReader[],
  readText: ReadText,
): Promise<NamedHints[]> {
  const folders = foldersUpTo(folder, root);
  const found: NamedHints[] = [];
  for (const reader of readers) {
    const hints = await nearest(folders, reader, readText);
    if (hints !== undefined) found.push(hints);
  }
  return found;
}

async function nearest(
  folders: readonly string[],
  reader: ConfigurationReader,
  readText: ReadText,
): Promise<NamedHints | undefined> {
  for (const folder of folders) {
    for (const name of reader.names) {
      const text = await readText(`${folder}/${name}`);
      const hints = text === undefined ? undefined : await reader.read(text);
      if (hints !== undefined) return { from: name, hints };
    }
  }
  return undefined;
}

/** The folder itself, then its parents up to the root; the root too when the folder lies outside. */
export function foldersUpTo(folder: string, root: string): string[] {
  const inside = folder === root || folder.startsWith(root === '/' ? root : `${root}/`);
  if (!inside) return [folder, root];
  const folders: string[] = [];
  for (let at = folder; folders.length < MOST_FOLDERS; at = at.slice(0, at.lastIndexOf('/'))) {
    folders.push(at);
    if (at.length <= root.length) break;
  }
  return folders.at(-1) === root ? folders : [...folders, root];
}
