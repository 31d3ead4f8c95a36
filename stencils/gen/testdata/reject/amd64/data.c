// Data that no template refers to.
// want: data.c: section .data
#include "../../../../c/abi.h"
u64 counter = 1;
OP(bad, D = L)
