#pragma once

#define MIB(n) ((n) << 20)
#define BOARD_RAM_BASE 0x40000000UL
#define BOARD_RAM_SIZE MIB(128)
