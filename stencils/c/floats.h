// Forms of operations with float registers, and what these operations share. A file
// that defines SINGLE has operations on float32, with the same bodies: NAME makes
// their names.
#ifndef COPYJIT_FLOATS_H
#define COPYJIT_FLOATS_H

#include "abi.h"

#ifdef SINGLE
#define NAME(op) op##32
#define BUILTIN(name) __builtin_##name##f
typedef u32 word; // the bits of a float
enum { FRACTION = 23, BIAS = 127 };
#define IMM_BITS LOW
#define WIDE_BITS LOW
#else
#define NAME(op) op
#define BUILTIN(name) __builtin_##name
typedef u64 word;
enum { FRACTION = 52, BIAS = 1023 };
#define IMM_BITS IMM
#define WIDE_BITS WIDE
#endif

typedef union {
	word bits;
	FLOAT number;
} either;
#define FLOAT_BITS(v) ((either){.number = (v)}).bits
#define BITS_FLOAT(v) ((either){.bits = (word)(v)}).number

// Clang may compute with a float's bits, but the float comes to be in a register of
// its kind.
#define IN_FLOAT(v) ({ FLOAT in = v; asm("" : "+" FLOAT_REGISTER(in)); in; })

#define FIMM IN_FLOAT(BITS_FLOAT(IMM_BITS))
#define FWIDE IN_FLOAT(BITS_FLOAT(WIDE_BITS))

// A power of 2. As a constant of C it would be in memory.
#define POWER(n) BITS_FLOAT(HIDDEN((word)(BIAS + n) << FRACTION))
#define LEAST_I64 ((i64)1 << 63)

// What is particular to a target. Each file defines
//
//	FLOAT_REGISTER                        asm's letter for it
//	ABS(l) NEG(l) SQRT(l) COPYSIGN(l, r)
//	MIN(l, r) MAX(l, r)                   NaN if either is, −0 less than 0
//	FLOOR(l) CEIL(l) TRUNC(l) NEAREST(l)
//	FROM_U64(l)                           an unsigned number of 64 bits
//	PROMOTE(l) DEMOTE(l)                  float32 in the lower half of a double to float64, and back
//	FROM_I64(l)                           and a signed one
//
// and either TRUNC_… and SAT_…, see fconvert.h, or
//
//	TRUNCATED(from)                       a signed number of 64 bits
//	LOST_I64(from, to)                    whether that may be another than from: out of range, or the least
//	LOST_U64(from, to)                    out of range or too large for TRUNCATED
#if defined(__x86_64__)
#include "floats_amd64.h"
#elif defined(__aarch64__)
#include "floats_arm64.h"
#else
#include "floats_riscv64.h"
#endif

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
#ifndef SINGLE
#define PUT_FS(v) *(double *)&SD = v
#elif !defined(PUT_FS)
#define PUT_FS(v) SD = FLOAT_BITS(v)
#endif
#ifndef PUT_BITS
#define PUT_BITS(v) SD = v
#endif

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

// V is the condition under which control goes to TARGET.
#define FORMS_FBRANCH(op, V) FORMS_FTEST(op, V)
#define FORMS_FTEST(op, V) \
	OP(op##_rr, if (V(FL, FR)) GO(TARGET)) \
	OP(op##_rs, if (V(FL, SFR)) GO(TARGET)) \
	OP(op##_ri, if (V(FL, FIMM)) GO(TARGET)) \
	OP(op##_rw, if (V(FL, FWIDE)) GO(TARGET)) \
	OP(op##_sr, if (V(SFL, FR)) GO(TARGET)) \
	OP(op##_ss, if (V(SFL, SFR)) GO(TARGET)) \
	OP(op##_si, if (V(SFL, FIMM)) GO(TARGET)) \
	OP(op##_sw, if (V(SFL, FWIDE)) GO(TARGET))

// V is the condition, of an integer, under which d becomes r.
#define FORMS_FSELECT(op, V) FORMS_FPICK(op, V)
#define FORMS_FPICK(op, V) \
	OP(op##_rrr,     if (V(L)) FD = FR) \
	OP(op##_rrr_dr) \
	OP(op##_rrs,     if (V(L)) FD = SFR) \
	OP(op##_rri,     if (V(L)) FD = FIMM) \
	OP(op##_rrw,     if (V(L)) FD = FWIDE) \
	OP(op##_rsr,     if (V(SL)) FD = FR) \
	OP(op##_rsr_dr) \
	OP(op##_rss,     if (V(SL)) FD = SFR) \
	OP(op##_rsi,     if (V(SL)) FD = FIMM) \
	OP(op##_rsw,     if (V(SL)) FD = FWIDE) \
	OP(op##_srr,     if (V(L)) PUT_FS(FR)) \
	OP(op##_srs,     if (V(L)) PUT_FS(SFR)) \
	OP(op##_srs_dr,  if (V(L)) PUT_FS(SFR)) \
	OP(op##_sri,     if (V(L)) PUT_FS(FIMM)) \
	OP(op##_srw,     if (V(L)) PUT_FS(FWIDE)) \
	OP(op##_ssr,     if (V(SL)) PUT_FS(FR)) \
	OP(op##_ssr_dl,  if (V(SL)) PUT_FS(FR)) \
	OP(op##_sss,     if (V(SL)) PUT_FS(SFR)) \
	OP(op##_sss_dl,  if (V(SL)) PUT_FS(SFR)) \
	OP(op##_sss_dr,  if (V(SL)) PUT_FS(SFR)) \
	OP(op##_sss_dlr, if (V(SL)) PUT_FS(SFR)) \
	OP(op##_ssi,     if (V(SL)) PUT_FS(FIMM)) \
	OP(op##_ssi_dl,  if (V(SL)) PUT_FS(FIMM)) \
	OP(op##_ssw,     if (V(SL)) PUT_FS(FWIDE)) \
	OP(op##_ssw_dl,  if (V(SL)) PUT_FS(FWIDE))

#endif
