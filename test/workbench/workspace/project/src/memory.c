#include <uk/plat/memory.h>

static struct ukplat_memregion_desc mrds[] = {
	{ .pbase = 0x100000, .vbase = 0x100000, .pg_off = 0, .len = 0x700000, .pg_count = 0x700,
	  .type = UKPLAT_MEMRT_FREE, .flags = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE },
};
