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
OP_(NAME(fmov), si, SD = FLOAT_BITS(FIMM))
OP_(NAME(fmov), sw, SD = FLOAT_BITS(FWIDE))

FORMS_FFF(NAME(fadd), ADD)
FORMS_FFF(NAME(fsub), SUB)
FORMS_FFF(NAME(fmul), MUL)
FORMS_FFF(NAME(fdiv), DIV)
