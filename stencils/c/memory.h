// Checked addresses of linear memory.
#ifndef COPYJIT_MEMORY_H
#define COPYJIT_MEMORY_H

#include "abi.h"

// Which of ctx->mem_end an access of a size asks.
enum { BYTES_1, BYTES_2, BYTES_4, BYTES_8 };

// The address in C of the memory at l + HOLE_EXTRA, where all bytes of the access are
// within the memory; otherwise control leaves. ADDRESS32 takes the lower half of l,
// with which the sum cannot be too large.
#define ADDRESS(bytes, l) ({ \
		u64 at; \
		if (UNLIKELY(__builtin_add_overflow((u64)(l), EXTRA, &at) || at >= ctx->mem_end[bytes])) \
			EXIT(EXIT_TRAP, REASON_OUT_OF_BOUNDS); \
		mem + at; \
	})
#define ADDRESS32(bytes, l) ({ \
		u64 at = (u64)(u32)(l) + EXTRA; \
		if (UNLIKELY(at >= ctx->mem_end[bytes])) \
			EXIT(EXIT_TRAP, REASON_OUT_OF_BOUNDS); \
		mem + at; \
	})

#endif
