// A template that calls.
// want: call.c: op_bad+0x: relocation type 283 for helper is unknown
#include "../../../../c/abi.h"
CONVENTION u64 helper(u64);
OP(bad, D = helper(L))
