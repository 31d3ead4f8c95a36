// A template that changes the context pointer.
// want: ctx.c: op_bad+0x: it writes rdi, which must stay as it is
#include "../../../../c/abi.h"
OP(bad, ctx = (struct context *)L)
