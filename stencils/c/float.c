// Operations on float64, and those that turn it into float32 and back.
#include "farith.h"
#include "fcompare.h"
#include "fconvert.h"
#include "fmemory.h"

// A float32 is in the lower half of the parameter.
#define SINGLE_BITS(l) (u64)((union { float number; u32 bits; }){.number = (l)}).bits

OP(fpromote_rr,    FD = PROMOTE(FL))
OP(fpromote_rr_dl, FD = PROMOTE(FD))
OP(fpromote_rs,    FD = (double)*(float *)&SL)
OP(fpromote_sr,    PUT_FS(PROMOTE(FL)))
OP(fpromote_ss,    PUT_FS((double)*(float *)&SL))
OP(fpromote_ss_dl, PUT_FS((double)*(float *)&SL))

OP(fdemote_rr,    FD = DEMOTE(FL))
OP(fdemote_rr_dl, FD = DEMOTE(FD))
OP(fdemote_rs,    FD = DEMOTE(SFL))
OP(fdemote_sr,    SD = SINGLE_BITS((float)FL))
OP(fdemote_ss,    SD = SINGLE_BITS((float)SFL))
OP(fdemote_ss_dl, SD = SINGLE_BITS((float)SFL))
