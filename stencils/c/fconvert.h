// Conversions between floats, of either size, and integers.
#include "floats.h"

#ifdef SINGLE
#define CONVERSION(op) op##_f32
#else
#define CONVERSION(op) op
#endif

// Conversions that trap. What is in range is known after the fraction is gone.
#define NO_NUMBER(from) do { \
		if (from != from) EXIT(EXIT_TRAP, REASON_INVALID_CONVERSION); \
		EXIT(EXIT_TRAP, REASON_INTEGER_OVERFLOW); \
	} while (0)

#ifndef TRUNC_I64
#define TRUNC_I64(l) ({ \
		FLOAT from = l; \
		i64 to = TRUNCATED(from); \
		if (UNLIKELY(LOST_I64(from, to)) && !(to < 0 && FROM_I64(to) == from)) NO_NUMBER(from); \
		(u64)to; \
	})
#define TRUNC_U64(l) ({ \
		FLOAT from = l; \
		i64 to = TRUNCATED(from); \
		if (UNLIKELY(LOST_U64(from, to))) { \
			FLOAT less = from - POWER(63); \
			to = TRUNCATED(less); \
			if (!(less >= 0) || LOST_I64(less, to)) NO_NUMBER(from); \
			to ^= LEAST_I64; \
		} \
		(u64)to; \
	})
#define TRUNC_I32(l) ({ \
		FLOAT from = l; \
		i64 to = TRUNCATED(from); \
		if (UNLIKELY(to != (i32)to)) NO_NUMBER(from); \
		(u32)to; \
	})
#define TRUNC_U32(l) ({ \
		FLOAT from = l; \
		i64 to = TRUNCATED(from); \
		if (UNLIKELY(to != (u32)to)) NO_NUMBER(from); \
		(u32)to; \
	})
#endif

FORMS_IF(CONVERSION(trunci64), TRUNC_I64)
FORMS_IF(CONVERSION(truncu64), TRUNC_U64)
FORMS_IF(CONVERSION(trunci32), TRUNC_I32)
FORMS_IF(CONVERSION(truncu32), TRUNC_U32)

// Conversions that give the nearest number there is.
#ifndef SAT_I64
#define SAT_I64(l) ({ \
		FLOAT from = l; \
		i64 to = TRUNCATED(from); \
		if (UNLIKELY(LOST_I64(from, to))) to = from > 0 ? ~LEAST_I64 : from < 0 ? LEAST_I64 : 0; \
		(u64)to; \
	})
#define SAT_U64(l) ({ \
		FLOAT from = l; \
		i64 to = TRUNCATED(from); \
		if (UNLIKELY(LOST_U64(from, to))) { \
			FLOAT less = from - POWER(63); \
			to = TRUNCATED(less); \
			to = !(less >= 0) ? 0 : LOST_I64(less, to) ? -1 : to ^ LEAST_I64; \
		} \
		(u64)to; \
	})
#define SAT_I32(l) ({ \
		FLOAT from = l; \
		i64 whole = TRUNCATED(from); \
		u32 to = whole; \
		if (UNLIKELY(whole != (i32)whole)) to = from > 0 ? 0x7fffffff : from < 0 ? 0x80000000 : 0; \
		to; \
	})
#define SAT_U32(l) ({ \
		FLOAT from = l; \
		i64 whole = TRUNCATED(from); \
		u32 to = whole; \
		if (UNLIKELY(whole != (u32)whole)) to = from > 0 ? ~0U : 0; \
		to; \
	})
#endif

FORMS_IF(CONVERSION(sati64), SAT_I64)
FORMS_IF(CONVERSION(satu64), SAT_U64)
FORMS_IF(CONVERSION(sati32), SAT_I32)
FORMS_IF(CONVERSION(satu32), SAT_U32)

#ifndef FROM_I32
#define FROM_I32(l) FROM_I64((i64)(i32)(l))
#define FROM_U32(l) FROM_I64((u64)(u32)(l))
#endif

FORMS_FI(CONVERSION(floati64), FROM_I64)
FORMS_FI(CONVERSION(floatu64), FROM_U64)
FORMS_FI(CONVERSION(floati32), FROM_I32)
FORMS_FI(CONVERSION(floatu32), FROM_U32)

FORMS_IF(NAME(fbits), FLOAT_BITS)
FORMS_FI(NAME(ffrombits), BITS_FLOAT)
