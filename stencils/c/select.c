// Selects: if a condition holds of l and r, d becomes s, a register that may be any
// of the others too. d is written last.
#include "conditions.h"

// In the form dlr clang would know that d is 0 where the condition is that it is not, and
// compute a mask in d before it reads s.

// A slot is loaded whatever the condition is, so that there is no branch.
#define CHOOSE(d, c) d = (c) ? S : d
#define CHOOSE_IN(d, c) do { u64 kept = LOADED(d); d = (c) ? S : kept; } while (0)

// V is the condition, RR and RI that of two registers and that of a register and an
// immediate of 32 bits, I and W those of anything and an immediate.
#define FORMS_SELECT(op, V, RR, RI, I, W) \
	OP(op##_rrr,     CHOOSE(D, RR(L, R))) \
	OP(op##_rrr_dl,  CHOOSE(D, RR(D, R))) \
	OP(op##_rrr_dr,  CHOOSE(D, RR(L, D))) \
	OP(op##_rrr_dlr, u64 v = LOADED(D); CHOOSE(D, V(v, v))) \
	OP(op##_rrs,     CHOOSE(D, V(L, SR))) \
	OP(op##_rrs_dl,  CHOOSE(D, V(D, SR))) \
	OP(op##_rsr,     CHOOSE(D, V(SL, R))) \
	OP(op##_rsr_dr,  CHOOSE(D, V(SL, D))) \
	OP(op##_rss,     CHOOSE(D, V(SL, SR))) \
	OP(op##_srr,     CHOOSE_IN(SD, RR(L, R))) \
	OP(op##_srs,     CHOOSE_IN(SD, V(L, SR))) \
	OP(op##_srs_dr,  CHOOSE_IN(SD, V(L, SD))) \
	OP(op##_ssr,     CHOOSE_IN(SD, V(SL, R))) \
	OP(op##_ssr_dl,  CHOOSE_IN(SD, V(SD, R))) \
	OP(op##_sss,     CHOOSE_IN(SD, V(SL, SR))) \
	OP(op##_sss_dl,  CHOOSE_IN(SD, V(SD, SR))) \
	OP(op##_sss_dr,  CHOOSE_IN(SD, V(SL, SD))) \
	OP(op##_sss_dlr, CHOOSE_IN(SD, V(SD, SD))) \
	OP(op##_rri,     CHOOSE(D, RI(L, IMM))) \
	OP(op##_rri_dl,  CHOOSE(D, RI(D, IMM))) \
	OP(op##_rsi,     CHOOSE(D, I(SL, IMM))) \
	OP(op##_sri,     CHOOSE_IN(SD, RI(L, IMM))) \
	OP(op##_ssi,     CHOOSE_IN(SD, I(SL, IMM))) \
	OP(op##_ssi_dl,  CHOOSE_IN(SD, I(SD, IMM))) \
	OP(op##_rrw,     CHOOSE(D, I(L, W))) \
	OP(op##_rrw_dl,  CHOOSE(D, I(D, W))) \
	OP(op##_rsw,     CHOOSE(D, I(SL, W))) \
	OP(op##_srw,     CHOOSE_IN(SD, I(L, W))) \
	OP(op##_ssw,     CHOOSE_IN(SD, I(SL, W))) \
	OP(op##_ssw_dl,  CHOOSE_IN(SD, I(SD, W)))

#define FORMS_SELECT64(op, V, RR, RI) FORMS_SELECT(op, V, RR, RI, V, WIDE)
#define FORMS_SELECT32(op, V, I) FORMS_SELECT(op, V, V, I, I, IMM)

FORMS_SELECT64(seleq, EQ, EQ_RR, EQ_RI)
FORMS_SELECT64(selne, NE, NE_RR, NE_RI)
FORMS_SELECT64(sellt, LT, LT, LT)
FORMS_SELECT64(selle, LE, LE, LE)
FORMS_SELECT64(selgt, GT, GT, GT)
FORMS_SELECT64(selge, GE, GE, GE)
FORMS_SELECT64(selltu, LTU, LTU, LTU)
FORMS_SELECT64(selleu, LEU, LEU, LEU)
FORMS_SELECT64(selgtu, GTU, GTU, GTU)
FORMS_SELECT64(selgeu, GEU, GEU, GEU)
FORMS_SELECT64(selany, ANY, ANY, ANY)
FORMS_SELECT64(selnone, NONE, NONE, NONE)

FORMS_SELECT32(seleq32, EQ_32, EQ_32_I)
FORMS_SELECT32(selne32, NE_32, NE_32_I)
FORMS_SELECT32(sellt32, LT_32, LT_32_I)
FORMS_SELECT32(selle32, LE_32, LE_32_I)
FORMS_SELECT32(selgt32, GT_32, GT_32_I)
FORMS_SELECT32(selge32, GE_32, GE_32_I)
FORMS_SELECT32(selltu32, LTU_32, LTU_32_I)
FORMS_SELECT32(selleu32, LEU_32, LEU_32_I)
FORMS_SELECT32(selgtu32, GTU_32, GTU_32_I)
FORMS_SELECT32(selgeu32, GEU_32, GEU_32_I)
FORMS_SELECT32(selany32, ANY_32, ANY_32_I)
FORMS_SELECT32(selnone32, NONE_32, NONE_32_I)
