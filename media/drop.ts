// Files dropped on the panel: resources of VS Code by their addresses, files from outside of it with their bytes.

import { useEffect, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import type { ClientEvents } from '../src/protocol/messages';

type Dropped = ClientEvents['drop'];

/** Bytes of a file from outside that are taken: they cross to the extension in one message. */
const MOST_BYTES = 256 * 2 ** 20;

/** Calls `onDrop` with what is dropped on an element; true while something is held over it. */
export function useDrop(target: RefObject<HTMLElement | null>, onDrop: (dropped: Dropped) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const onOver = (e: DragEvent) => {
      if (!holdsFiles(e.dataTransfer)) return;
      e.preventDefault();
      setOver(true);
    };
    const onLeave = (e: DragEvent) => {
      if (!(e.relatedTarget instanceof Node && element.contains(e.relatedTarget))) setOver(false);
    };
    const onDropped = (e: DragEvent) => {
      setOver(false);
      if (e.dataTransfer === null || !holdsFiles(e.dataTransfer)) return;
      e.preventDefault();
      void droppedIn(e.dataTransfer).then(onDrop);
    };
    element.addEventListener('dragover', onOver);
    element.addEventListener('dragleave', onLeave);
    element.addEventListener('drop', onDropped);
    return () => {
      element.removeEventListener('dragover', onOver);
      element.removeEventListener('dragleave', onLeave);
      element.removeEventListener('drop', onDropped);
    };
  }, [target, onDrop]);
  return over;
}

const URI_LISTS = ['application/vnd.code.uri-list', 'text/uri-list'];

function holdsFiles(transfer: DataTransfer | null): boolean {
  return transfer !== null && transfer.types.some((type) => type === 'Files' || URI_LISTS.includes(type));
}

/** Reads a drop. The lists are read at once: after the event they are gone. */
async function droppedIn(transfer: DataTransfer): Promise<Dropped> {
  const uris = URI_LISTS.map((type) => transfer.getData(type)).find((list) => list !== '') ?? '';
  const files = [...transfer.files];
  const named = uris.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  if (named.length > 0) return { uris: named, files: [] };
  const read = files.filter((file) => file.size <= MOST_BYTES);
  return {
    uris: [],
    files: await Promise.all(read.map(async (f) => ({ name: f.name, bytes: new Uint8Array(await f.arrayBuffer()) }))),
    ...(read.length < files.length && { tooLarge: files.filter((f) => f.size > MOST_BYTES).map((f) => f.name) }),
  };
}
