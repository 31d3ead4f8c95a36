// Globals and counters: words beside the frame.
#include "abi.h"

#define GLOBAL (*AT_EXTRA8(ctx->globals))

OP(gget_r, D = GLOBAL)
OP(gget_s, SD = GLOBAL)
OP(gset_r, GLOBAL = L)
OP(gset_s, GLOBAL = SL)
OP(gset_i, GLOBAL = IMM)
OP(gset_w, GLOBAL = WIDE)

OP(count, ++*AT_EXTRA8(ctx->counters))
