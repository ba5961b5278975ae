import assert from 'node:assert/strict';
import { BASE, MIB, readyHeap } from './heaps';
import {
  BIN_HUGE,
  binOf,
  BLOCK_SIZES,
  DIRECT_START,
  extension,
  goodSize,
  hugeSegmentSize,
  kindOf,
  PAGE_KINDS,
  PAGE_SHIFT,
} from '../../../src/allocators/mimalloc/size-classes';

/** The table of the specification: `bin:block:kind:objects in a full-size page:objects added per extension`. */
const TABLE = `
1:8:S:8192:512 2:16:S:4096:256 4:32:S:2048:128 6:48:S:1365:85 8:64:S:1024:64 9:80:S:819:51
10:96:S:682:42 11:112:S:585:36 12:128:S:512:32 13:160:S:409:25 14:192:S:341:21 15:224:S:292:18
16:256:S:256:16 17:320:S:204:12 18:384:S:170:10 19:448:S:146:9 20:512:S:128:8 21:640:S:102:6
22:768:S:85:5 23:896:S:73:4 24:1024:S:64:4 25:1280:S:51:3 26:1536:S:42:2 27:1792:S:36:2
28:2048:S:32:2 29:2560:S:25:1 30:3072:S:21:1 31:3584:S:18:1 32:4096:S:16:1 33:5120:S:12:1
34:6144:S:10:1 35:7168:S:9:1 36:8192:S:8:1 37:10240:S:6:1 38:12288:S:5:1 39:14336:S:4:1
40:16384:S:4:1 41:20480:M:25:1 42:24576:M:21:1 43:28672:M:18:1 44:32768:M:16:1 45:40960:M:12:1
46:49152:M:10:1 47:57344:M:9:1 48:65536:M:8:1 49:81920:M:6:1 50:98304:M:5:1 51:114688:M:4:1
52:131072:M:4:1 53:163840:L:25:1 54:196608:L:21:1 55:229376:L:18:1 56:262144:L:15:1 57:327680:L:12:1
58:393216:L:10:1 59:458752:L:9:1 60:524288:L:7:1 61:655360:L:6:1 62:786432:L:5:1 63:917504:L:4:1
64:1048576:L:3:1 65:1310720:L:3:1 66:1572864:L:2:1 67:1835008:L:2:1 68:2097152:L:1:1`
  .trim()
  .split(/\s+/)
  .map((cell) => {
    const [bin, size, kind, objects, step] = cell.split(':');
    return { bin: Number(bin), size: Number(size), kind, objects: Number(objects), step: Number(step) };
  });

describe('mimalloc: size classes', () => {
  for (const { bin, size, kind, objects, step } of TABLE) {
    it(`bin ${bin} holds blocks of ${size} B`, () => {
      assert.equal(BLOCK_SIZES[bin], size);
      assert.equal(binOf(size), bin);
      assert.ok(binOf(size + 1) > bin);
      assert.equal(PAGE_KINDS[kindOf(size)]![0]!.toUpperCase(), kind);
      const page = kind === 'L' ? 4 * MIB - 256 : 2 ** PAGE_SHIFT[kindOf(size)]!;
      assert.equal(Math.floor(page / size), objects);
      assert.equal(extension(size), step);
    });
  }

  it('every size from 1 to 2 MiB goes to the smallest class that holds it', () => {
    const bins = TABLE.map((t) => t.bin);
    for (let size = 1; size <= 2 * MIB; size += size < 4096 ? 1 : 509) {
      const bin = binOf(size);
      const at = bins.indexOf(bin);
      assert.ok(at >= 0 && BLOCK_SIZES[bin]! >= size, String(size));
      assert.ok(at === 0 || BLOCK_SIZES[bins[at - 1]!]! < size, String(size));
    }
    assert.equal(binOf(2 * MIB + 1), BIN_HUGE);
    assert.equal(binOf(0), 1);
  });

  it('each word size up to 128 is served by the entry range of its bin', () => {
    for (let words = 0; words <= 128; words++) {
      const bin = binOf(words * 8);
      assert.ok(DIRECT_START[bin]! <= words && words <= BLOCK_SIZES[bin]! / 8, String(words));
    }
    assert.deepEqual([DIRECT_START[1], DIRECT_START[4]], [0, 3]);
  });

  const rounded: readonly (readonly [size: number, good: number])[] = [
    [1, 4096],
    [524_287, 524_288],
    [524_289, 589_824],
    [2 * MIB, 2 * MIB],
    [2 * MIB + 1, 2 * MIB + 256 * 1024],
    [8 * MIB + 1, 9 * MIB],
    [32 * MIB + 1, 36 * MIB],
    [256 * MIB, 256 * MIB],
  ];
  for (const [size, good] of rounded) it(`an OS request of ${size} B becomes ${good}`, () => assert.equal(goodSize(size), good));

  it('a huge block of 2 MiB and a byte lies in a segment of 2.5 MiB', () => {
    assert.equal(hugeSegmentSize(goodSize(2 * MIB + 1)), 0x28_0000);
  });
});

describe('mimalloc: the worked example', () => {
  const calls: readonly (readonly [what: string, call: (h: ReturnType<typeof readyHeap>['heap']) => number, want: number])[] = [
    ['malloc 32', (h) => h.malloc(32), 0x1040_1100],
    ['malloc 8', (h) => h.malloc(8), 0x1041_0000],
    ['malloc 8', (h) => h.malloc(8), 0x1041_0008],
    ['malloc 9', (h) => h.malloc(9), 0x1042_0000],
    ['malloc 100', (h) => h.malloc(100), 0x1043_0000],
    ['malloc 100', (h) => h.malloc(100), 0x1043_0070],
    ['malloc 1024', (h) => h.malloc(1024), 0x1044_0000],
    ['malloc 1025', (h) => h.malloc(1025), 0x1045_0000],
    ['malloc 16384', (h) => h.malloc(16384), 0x1046_0000],
    ['malloc 16385', (h) => h.malloc(16385), 0x1080_1000],
    ['malloc 131072', (h) => h.malloc(131_072), 0x1088_0000],
    ['malloc 131073', (h) => h.malloc(131_073), 0x10c0_0100],
    ['malloc 2097152', (h) => h.malloc(2_097_152), 0x1100_0100],
    ['malloc 2097153', (h) => h.malloc(2_097_153), 0x1140_0100],
    ['calloc 10, 10', (h) => h.calloc(10, 10), 0x1043_00e0],
    ['memalign 64, 100', (h) => h.memalign(64, 100), 0x1047_0000],
    ['realloc 100 → 112', (h) => h.realloc(0x1043_0000, 112), 0x1043_0000],
    ['realloc → 113', (h) => h.realloc(0x1043_0000, 113), 0x1048_0000],
    ['realloc → 40', (h) => h.realloc(0x1048_0000, 40), 0x1049_0000],
  ];

  it('every address comes out', () => {
    const { heap, kernel } = readyHeap(0x3ff0_0000);
    heap.direct.early(1);
    const early = [64, 1500, 3, 8, 4096].map((size) => heap.malloc(size));
    assert.deepEqual(early, [0x11_f080, 0x11_f0c0, 0x11_f6a0, 0x11_f6a8, 0x11_f6b0]);
    heap.direct.early(0);
    for (const [what, call, want] of calls) assert.equal(call(heap), want, what);
    assert.equal(kernel.mem.ptr(BASE + 0x1078), 0x2052_06b0);
  });
});
