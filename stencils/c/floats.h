// Forms of operations with float registers, and what these operations share. A file
// that defines SINGLE has operations on float32, with the same bodies: NAME makes
// their names.
#ifndef COPYJIT_FLOATS_H
#define COPYJIT_FLOATS_H

#include "abi.h"

#ifdef SINGLE
#define NAME(op) op##32
typedef u32 word; // the bits of a float
#define FIMM BITS_FLOAT(LOW)
#define FWIDE FIMM
#else
#define NAME(op) op
typedef u64 word;
#define FIMM BITS_FLOAT(IMM)
#define FWIDE BITS_FLOAT(WIDE)
#endif

typedef union {
	word bits;
	FLOAT number;
} either;
#define FLOAT_BITS(v) ((either){.number = (v)}).bits
#define BITS_FLOAT(v) ((either){.bits = (word)(v)}).number

// Operands by their bank, I or F: registers, slots and what is put into them. The
// generator defines FD, FL and FR as float registers. A float32 in a slot has zeros
// above it.
#define IL L
#define IR R
#define SIL SL
#define SIR SR
#define SFL (*(FLOAT *)&SL)
#define SFR (*(FLOAT *)&SR)
#define PUT_IR(v) D = v
#define PUT_IS(v) SD = v
#define PUT_FR(v) FD = v
#define PUT_FS(v) SD = FLOAT_BITS(v)

// OP_ is OP of a name that is to be expanded first.
#define OP_(op, form, ...) OP_NAMED(op, form, __VA_ARGS__)
#define OP_NAMED(op, form, ...) OP(op##_##form, __VA_ARGS__)

// The forms of an operation whose operands d, l and r, or d and l, are of these
// banks, as FORMS_PLACES has them. Operands that are the same slot get no code of
// their own.
#define FORMS_SLOTS(op, d, l, r, V) \
	OP(op##_rrr,     PUT_##d##R(V(l##L, r##R))) \
	OP(op##_rrs,     PUT_##d##R(V(l##L, S##r##R))) \
	OP(op##_rsr,     PUT_##d##R(V(S##l##L, r##R))) \
	OP(op##_rss,     PUT_##d##R(V(S##l##L, S##r##R))) \
	OP(op##_srr,     PUT_##d##S(V(l##L, r##R))) \
	OP(op##_srs,     PUT_##d##S(V(l##L, S##r##R))) \
	OP(op##_srs_dr,  PUT_##d##S(V(l##L, S##r##R))) \
	OP(op##_ssr,     PUT_##d##S(V(S##l##L, r##R))) \
	OP(op##_ssr_dl,  PUT_##d##S(V(S##l##L, r##R))) \
	OP(op##_sss,     PUT_##d##S(V(S##l##L, S##r##R))) \
	OP(op##_sss_dl,  PUT_##d##S(V(S##l##L, S##r##R))) \
	OP(op##_sss_dr,  PUT_##d##S(V(S##l##L, S##r##R))) \
	OP(op##_sss_dlr, PUT_##d##S(V(S##l##L, S##r##R))) \
	OP(op##_rri,     PUT_##d##R(V(l##L, FIMM))) \
	OP(op##_rrw,     PUT_##d##R(V(l##L, FWIDE))) \
	OP(op##_rsi,     PUT_##d##R(V(S##l##L, FIMM))) \
	OP(op##_rsw,     PUT_##d##R(V(S##l##L, FWIDE))) \
	OP(op##_sri,     PUT_##d##S(V(l##L, FIMM))) \
	OP(op##_srw,     PUT_##d##S(V(l##L, FWIDE))) \
	OP(op##_ssi,     PUT_##d##S(V(S##l##L, FIMM))) \
	OP(op##_ssi_dl,  PUT_##d##S(V(S##l##L, FIMM))) \
	OP(op##_ssw,     PUT_##d##S(V(S##l##L, FWIDE))) \
	OP(op##_ssw_dl,  PUT_##d##S(V(S##l##L, FWIDE)))
#define FORMS_FFF(op, V) FORMS_SLOTS(op, F, F, F, V) FORMS_FLOATS(op, V)
#define FORMS_FLOATS(op, V) \
	OP(op##_rrr_dl,  FD = V(FD, FR)) \
	OP(op##_rrr_dr,  FD = V(FL, FD)) \
	OP(op##_rrr_dlr, FD = V(FD, FD)) \
	OP(op##_rrs_dl,  FD = V(FD, SFR)) \
	OP(op##_rsr_dr,  FD = V(SFL, FD)) \
	OP(op##_rri_dl,  FD = V(FD, FIMM)) \
	OP(op##_rrw_dl,  FD = V(FD, FWIDE))
#define FORMS_IFF(op, V) FORMS_SLOTS(op, I, F, F, V)

#define FORMS_UNARY(op, d, l, V) \
	OP(op##_rr,    PUT_##d##R(V(l##L))) \
	OP(op##_rs,    PUT_##d##R(V(S##l##L))) \
	OP(op##_sr,    PUT_##d##S(V(l##L))) \
	OP(op##_ss,    PUT_##d##S(V(S##l##L))) \
	OP(op##_ss_dl, PUT_##d##S(V(S##l##L)))
#define FORMS_FF(op, V) FORMS_UNARY(op, F, F, V) OP_(op, rr_dl, FD = V(FD))
#define FORMS_FI(op, V) FORMS_UNARY(op, F, I, V)
#define FORMS_IF(op, V) FORMS_UNARY(op, I, F, V)

#endif
