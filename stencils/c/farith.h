// Operations on floats that move values and compute, of either size.
#include "floats.h"

#define MOVE(l) l
#define ADD(l, r) l + r
#define SUB(l, r) l - r
#define MUL(l, r) l * r
#define DIV(l, r) l / r

FORMS_FF(NAME(fmov), MOVE)
OP_(NAME(fmov), ri, FD = FIMM)
OP_(NAME(fmov), rw, FD = FWIDE)
OP_(NAME(fmov), si, PUT_BITS(IMM_BITS))
OP_(NAME(fmov), sw, PUT_BITS(WIDE_BITS))

FORMS_FFF(NAME(fadd), ADD)
FORMS_FFF(NAME(fsub), SUB)
FORMS_FFF(NAME(fmul), MUL)
FORMS_FFF(NAME(fdiv), DIV)

FORMS_FFF(NAME(fmin), MIN)
FORMS_FFF(NAME(fmax), MAX)
FORMS_FFF(NAME(fcopysign), COPYSIGN)
FORMS_FF(NAME(fsqrt), SQRT)
FORMS_FF(NAME(fabs), ABS)
FORMS_FF(NAME(fneg), NEG)

FORMS_FF(NAME(ffloor), FLOOR)
FORMS_FF(NAME(fceil), CEIL)
FORMS_FF(NAME(ftrunc), TRUNC)
FORMS_FF(NAME(fnearest), NEAREST)
