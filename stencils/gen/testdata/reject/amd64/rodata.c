// A template that reads a table.
// want: rodata.c: op_bad+0x: it refers to section .rodata
#include "../../../../c/abi.h"
static const u64 table[] = {3, 1, 4, 1, 5, 9, 2, 6};
OP(bad, D = table[L & 7])
