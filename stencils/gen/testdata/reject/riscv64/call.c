// A template that calls.
// want: call.c: op_bad+0x: auipc ra, but not in front of
#include "../../../../c/abi.h"
CONVENTION u64 helper(u64);
OP(bad, D = helper(L))
