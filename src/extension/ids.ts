// Names that package.json and code share; test/extension/manifest.test.ts holds one against the other.

export const VIEW_TYPE = 'ukboot.heapView';

export const COMMANDS = {
  simulate: 'ukboot.simulate',
  openHeapView: 'ukboot.openHeapView',
  stepForward: 'ukboot.stepForward',
  stepBack: 'ukboot.stepBack',
  stepOver: 'ukboot.stepOver',
  stepBackOver: 'ukboot.stepBackOver',
  runToEnd: 'ukboot.runToEnd',
  restart: 'ukboot.restart',
  zoomIn: 'ukboot.zoomIn',
  zoomOut: 'ukboot.zoomOut',
  zoomFit: 'ukboot.zoomFit',
  mapShape: 'ukboot.mapShape',
  mapColouring: 'ukboot.mapColouring',
  find: 'ukboot.find',
  nextPane: 'ukboot.nextPane',
  previousPane: 'ukboot.previousPane',
  nextFinding: 'ukboot.nextFinding',
  previousFinding: 'ukboot.previousFinding',
  buddy: 'ukboot.buddy',
  keys: 'ukboot.keys',
  play: 'ukboot.play',
  bookmark: 'ukboot.bookmark',
  nextBookmark: 'ukboot.nextBookmark',
  nameBookmark: 'ukboot.nameBookmark',
  pin: 'ukboot.pin',
  compare: 'ukboot.compareWithPin',
  compareDumps: 'ukboot.compareDumps',
  lastChange: 'ukboot.lastChange',
  maximise: 'ukboot.maximisePane',
  cancelReading: 'ukboot.cancelReading',
  nextFree: 'ukboot.nextFree',
  previousFree: 'ukboot.previousFree',
  selectionBack: 'ukboot.selectionBack',
  selectionForward: 'ukboot.selectionForward',
  importDump: 'ukboot.importDump',
  importFromDebugSession: 'ukboot.importFromDebugSession',
  showAddress: 'ukboot.showAddress',
  copyAddress: 'ukboot.copyAddress',
  whereIs: 'ukboot.whereIs',
  openBytes: 'ukboot.openBytes',
  goToRegion: 'ukboot.goToRegion',
  explainRegion: 'ukboot.explainRegion',
  explainStep: 'ukboot.explainStep',
  copyLine: 'ukboot.copyLine',
  compareAllocators: 'ukboot.compareAllocators',
  simulateWith: 'ukboot.simulateWith',
  exportReport: 'ukboot.exportReport',
  holdAgainstSimulation: 'ukboot.holdAgainstSimulation',
  changeDump: 'ukboot.changeDump',
  explain: 'ukboot.explain',
  copyExplanation: 'ukboot.copyExplanation',
  exportTable: 'ukboot.exportTable',
  savePng: 'ukboot.savePng',
  saveSvg: 'ukboot.saveSvg',
  checkRegions: 'ukboot.checkRegions',
  fixRegion: 'ukboot.fixRegion',
  showRegion: 'ukboot.showRegion',
  copyRegion: 'ukboot.copyRegion',
  showRules: 'ukboot.showRules',
  showLog: 'ukboot.showLog',
} as const;

export const SETTINGS = {
  release: 'ukboot.release',
  allocator: 'ukboot.allocator',
  hover: 'ukboot.hover.enabled',
  diagnostics: 'ukboot.diagnostics.enabled',
} as const;

/** Keys of `when` clauses. */
export const CONTEXT = {
  /** A heap view is open. */
  hasHeapView: 'ukboot.hasHeapView',
  /** Commands go to the heap view of a simulation: it has steps. */
  hasSimulation: 'ukboot.hasSimulation',
  /** Commands go to the heap view of a dump. */
  hasDump: 'ukboot.hasDump',
  /** A folder that is open is of Unikraft: it holds one of the files that wake the extension. */
  inUnikraft: 'ukboot.inUnikraft',
  /** The active editor's text holds region descriptors. */
  editorHasRegions: 'ukboot.editorHasRegions',
} as const;

/** Languages whose documents may hold descriptors: C sources, memory-map files, transcripts and logs. */
export const LANGUAGES = ['c', 'cpp', 'jsonc', 'json', 'plaintext', 'log'] as const;

/** Is this a memory-map file by its name? */
export function isMemoryMapFile(path: string): boolean {
  return /\.ukboot\.jsonc?$/.test(path);
}
