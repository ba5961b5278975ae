#include <uk/plat/memory.h>
#include "board.h"

static const struct ukplat_memregion_desc board_mrds[] = {
	{
		.pbase = BOARD_RAM_BASE,
		.vbase = BOARD_RAM_BASE,
		.len = BOARD_RAM_SIZE,
		.pg_count = BOARD_RAM_SIZE / 4096,
		.type = UKPLAT_MEMRT_FREE,
		.flags = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE,
	},
	{
		.pbase = 0x48000000,
		.vbase = 0x48000000,
		.len = 0x1234,
		.pg_count = 2,
		.type = UKPLAT_MEMRT_FREE,
		.flags = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE,
	},
};
