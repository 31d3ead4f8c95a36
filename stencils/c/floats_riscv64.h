// Floats on riscv64: see floats.h.

#define FLOAT_REGISTER "f"

#ifdef SINGLE
#define SIZED(insn) insn ".s"
#define PUT_FS(v) PUT_HALVES(float, v)
#define PUT_BITS(v) PUT_HALVES(u32, v)
#define PUT_HALVES(type, v) do { \
		u32 *halves = (u32 *)&SD; \
		*(type *)halves = v; \
		halves[1] = 0; \
	} while (0)
#else
#define SIZED(insn) insn ".d"
#endif

#define ABS(l) BUILTIN(fabs)(l)
#define NEG(l) -(l)
#define SQRT(l) BUILTIN(sqrt)(l)
#define COPYSIGN(l, r) BUILTIN(copysign)(l, r)

// The instructions prefer a number to NaN.
#define LESSER(insn, l, r) ({ \
		FLOAT u = l, v = r; \
		if (UNLIKELY(__builtin_isunordered(u, v))) \
			u += v; \
		else \
			asm(SIZED(insn) " %0, %0, %1" : "+f"(u) : "f"(v)); \
		u; \
	})
#define MIN(l, r) LESSER("fmin", l, r)
#define MAX(l, r) LESSER("fmax", l, r)

#define FROM_I64(l) (FLOAT)(i64)(l)
#define FROM_U64(l) (FLOAT)(u64)(l)
#define FROM_I32(l) (FLOAT)(i32)(l)
#define FROM_U32(l) (FLOAT)(u32)(l)
#define PROMOTE(l) ({ double wide; asm("fcvt.d.s %0, %1" : "=f"(wide) : "f"(l)); wide; })
#define DEMOTE(l) ({ double narrow; asm("fcvt.s.d %0, %1" : "=f"(narrow) : "f"(l)); narrow; })

// The instructions saturate, and take NaN for the greatest number. No float becomes
// exactly the greatest one.
#define CONVERTED(insn, from, rounding) ({ i64 to; asm(SIZED(insn) " %0, %1, " rounding : "=r"(to) : "f"(from)); to; })
#define TRUNCATED(from) CONVERTED("fcvt.l", from, "rtz")
#define LOST_I64(from, to) ((i64)((to ^ to >> 63) + 1) < 0)
#define LOST_U64(from, to) ((to | (to + 1)) < 0)

#define SATURATED(insn, l) ({ FLOAT from = l; CONVERTED(insn, from, "rtz") & -(i64)(from == from); })
#define SAT_I64(l) (u64)SATURATED("fcvt.l", l)
#define SAT_U64(l) (u64)SATURATED("fcvt.lu", l)
#define SAT_I32(l) (u32)SATURATED("fcvt.w", l)
#define SAT_U32(l) (u32)SATURATED("fcvt.wu", l)

// Whatever has no fraction, be it too large for an integer, stays as it is, and a
// result of 0 keeps the sign.
#define ROUNDED(l, rounding) ({ \
		FLOAT from = l, to; \
		i64 whole = CONVERTED("fcvt.l", from, rounding); \
		if (UNLIKELY(LOST_I64(from, whole))) \
			to = from + 0; \
		else \
			to = BUILTIN(copysign)((FLOAT)whole, from); \
		to; \
	})
#define FLOOR(l) ROUNDED(l, "rdn")
#define CEIL(l) ROUNDED(l, "rup")
#define TRUNC(l) ROUNDED(l, "rtz")
#define NEAREST(l) ROUNDED(l, "rne")
