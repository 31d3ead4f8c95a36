// A jump to an address out of nowhere.
// want: indirect.c: op_bad+0x: an indirect jump that is neither an exit
#include "../../../../c/abi.h"
OP(bad, LEAVE(*(u64 *)(fp + 8)))
