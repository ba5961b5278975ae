/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory regions of a small board, as the platform code of a port declares them (Unikraft 0.17 and later).
 *
 * The board has 64 MiB of RAM at 1 GiB. The first 2 MiB belong to the firmware, the last one to a frame buffer; the boot loader
 * puts an initial ramdisk right below it. Hover a descriptor to see what it means, or run "Simulate ukboot" to see which
 * region becomes the heap.
 */

#include <uk/essentials.h>
#include <uk/arch/paging.h>
#include <uk/plat/common/bootinfo.h>
#include <uk/plat/memory.h>

#define MIB(n)			((n) * 1024UL * 1024UL)

#define BOARD_RAM_BASE		0x40000000UL
#define BOARD_RAM_LEN		MIB(64)
#define BOARD_RAM_END		(BOARD_RAM_BASE + BOARD_RAM_LEN)
#define BOARD_FIRMWARE_LEN	MIB(2)
#define BOARD_IMAGE_LEN		MIB(4)
#define BOARD_FB_LEN		MIB(1)
#define BOARD_UART_BASE		0x09000000UL

#define BOARD_INITRD_START	(BOARD_RAM_END - BOARD_FB_LEN - MIB(2) + 0x200)
#define BOARD_INITRD_LEN	0x1ac400UL

/* What is where on every board, whatever the boot loader did. */
static const struct ukplat_memregion_desc board_regions[] = {
	{
		.pbase    = BOARD_UART_BASE,
		.vbase    = BOARD_UART_BASE,
		.pg_off   = 0,
		.len      = PAGE_SIZE,
		.pg_count = 1,
		.type     = UKPLAT_MEMRT_DEVICE,
		.flags    = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE,
#ifdef CONFIG_UKPLAT_MEMRNAME
		.name     = "uart",
#endif /* CONFIG_UKPLAT_MEMRNAME */
	},
	{
		.pbase    = BOARD_RAM_BASE,
		.vbase    = BOARD_RAM_BASE,
		.pg_off   = 0,
		.len      = BOARD_FIRMWARE_LEN,
		.pg_count = PAGE_COUNT(BOARD_FIRMWARE_LEN),
		.type     = UKPLAT_MEMRT_RESERVED,
		.flags    = UKPLAT_MEMRF_READ,
#ifdef CONFIG_UKPLAT_MEMRNAME
		.name     = "firmware",
#endif /* CONFIG_UKPLAT_MEMRNAME */
	},
	{
		.pbase    = BOARD_RAM_BASE + BOARD_FIRMWARE_LEN,
		.vbase    = BOARD_RAM_BASE + BOARD_FIRMWARE_LEN,
		.pg_off   = 0,
		.len      = BOARD_IMAGE_LEN,
		.pg_count = PAGE_COUNT(BOARD_IMAGE_LEN),
		.type     = UKPLAT_MEMRT_KERNEL,
		.flags    = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_EXECUTE,
#ifdef CONFIG_UKPLAT_MEMRNAME
		.name     = "image",
#endif /* CONFIG_UKPLAT_MEMRNAME */
	},
};

/* All RAM between the image and the initial ramdisk. */
static int board_add_free(struct ukplat_bootinfo *bi)
{
	struct ukplat_memregion_desc mrd = {0};

	mrd.pbase    = BOARD_RAM_BASE + BOARD_FIRMWARE_LEN + BOARD_IMAGE_LEN;
	mrd.vbase    = mrd.pbase; /* 1:1 mapping */
	mrd.len      = PAGE_ALIGN_DOWN(BOARD_INITRD_START) - mrd.pbase;
	mrd.pg_count = PAGE_COUNT(mrd.len);
	mrd.type     = UKPLAT_MEMRT_FREE;
	mrd.flags    = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE;
#ifdef CONFIG_UKPLAT_MEMRNAME
	strncpy(mrd.name, "ram", sizeof(mrd.name) - 1);
#endif /* CONFIG_UKPLAT_MEMRNAME */

	return ukplat_memregion_list_insert(&bi->mrds, &mrd);
}

/* The ramdisk starts inside its first page: pg_off says where. */
static int board_add_initrd(struct ukplat_bootinfo *bi)
{
	struct ukplat_memregion_desc mrd = {0};

	mrd.pbase    = PAGE_ALIGN_DOWN(BOARD_INITRD_START);
	mrd.vbase    = mrd.pbase;
	mrd.pg_off   = BOARD_INITRD_START - mrd.pbase;
	mrd.len      = BOARD_INITRD_LEN;
	mrd.pg_count = PAGE_COUNT(mrd.pg_off + mrd.len);
	mrd.type     = UKPLAT_MEMRT_INITRD;
	mrd.flags    = UKPLAT_MEMRF_READ;
#ifdef CONFIG_UKPLAT_MEMRNAME
	strncpy(mrd.name, "initrd", sizeof(mrd.name) - 1);
#endif /* CONFIG_UKPLAT_MEMRNAME */

	return ukplat_memregion_list_insert(&bi->mrds, &mrd);
}

int board_add_regions(struct ukplat_bootinfo *bi)
{
	int rc;

	for (__sz i = 0; i < ARRAY_SIZE(board_regions); i++) {
		rc = ukplat_memregion_list_insert(&bi->mrds, &board_regions[i]);
		if (unlikely(rc < 0))
			return rc;
	}

	rc = board_add_free(bi);
	if (unlikely(rc < 0))
		return rc;

	rc = board_add_initrd(bi);
	if (unlikely(rc < 0))
		return rc;

	/* The frame buffer is the driver's, if there is one, else memory like any other. */
	rc = ukplat_memregion_list_insert(&bi->mrds,
			&(struct ukplat_memregion_desc){
				.pbase    = BOARD_RAM_END - BOARD_FB_LEN,
				.vbase    = BOARD_RAM_END - BOARD_FB_LEN,
				.pg_off   = 0,
				.len      = BOARD_FB_LEN,
				.pg_count = PAGE_COUNT(BOARD_FB_LEN),
#if CONFIG_LIBBOARDFB
				.type     = UKPLAT_MEMRT_DEVICE,
				.flags    = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE,
#else /* !CONFIG_LIBBOARDFB */
				.type     = UKPLAT_MEMRT_FREE,
				.flags    = UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE,
#endif /* !CONFIG_LIBBOARDFB */
			});
	if (unlikely(rc < 0))
		return rc;

	ukplat_memregion_list_coalesce(&bi->mrds);
	return 0;
}
