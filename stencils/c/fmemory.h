// Loads, stores and globals that are floats, of either size.
#include "floats.h"
#include "memory.h"

#ifdef SINGLE
#define BYTES BYTES_4
#else
#define BYTES BYTES_8
#endif

// A slot gets the bits, a float32's with zeros above.
#define FORMS_FLOAD(op, at) \
	OP_(op, rr,    FD = *(FLOAT *)at(BYTES, L)) \
	OP_(op, rs,    FD = *(FLOAT *)at(BYTES, SL)) \
	OP_(op, sr,    SD = *(word *)at(BYTES, L)) \
	OP_(op, ss,    SD = *(word *)at(BYTES, SL)) \
	OP_(op, ss_dl, SD = *(word *)at(BYTES, SL))
#define FORMS_FSTORE(op, at) \
	OP_(op, rr, *(FLOAT *)at(BYTES, L) = FR) \
	OP_(op, rs, *(word *)at(BYTES, L) = (word)SR) \
	OP_(op, ri, *(word *)at(BYTES, L) = (word)IMM_BITS) \
	OP_(op, rw, *(word *)at(BYTES, L) = (word)WIDE_BITS) \
	OP_(op, sr, *(FLOAT *)at(BYTES, SL) = FR) \
	OP_(op, ss, *(word *)at(BYTES, SL) = (word)SR) \
	OP_(op, si, *(word *)at(BYTES, SL) = (word)IMM_BITS) \
	OP_(op, sw, *(word *)at(BYTES, SL) = (word)WIDE_BITS)

#define A32(op) A32_(op)
#define A32_(op) op##_a32

FORMS_FLOAD(NAME(fload), ADDRESS)
FORMS_FLOAD(A32(NAME(fload)), ADDRESS32)
FORMS_FSTORE(NAME(fstore), ADDRESS)
FORMS_FSTORE(A32(NAME(fstore)), ADDRESS32)

#define GLOBAL AT_EXTRA8(ctx->globals)

OP_(NAME(fgget), r, FD = *(FLOAT *)GLOBAL)
OP_(NAME(fgget), s, SD = (word)*GLOBAL)
#ifdef SINGLE
OP_(NAME(fgset), r, *GLOBAL = FLOAT_BITS(FL))
#else
OP_(NAME(fgset), r, *(FLOAT *)GLOBAL = FL)
#endif
OP_(NAME(fgset), s, *GLOBAL = (word)SL)
OP_(NAME(fgset), i, *GLOBAL = (word)IMM_BITS)
OP_(NAME(fgset), w, *GLOBAL = (word)WIDE_BITS)
