// Loads and stores of integers. (On riscv64 one that is not aligned may take long:
// Linux promises that it works.)
#include "memory.h"

// For either kind of address: LOAD says what is loaded from it, and how many bytes.
#define LOAD8U(at, l) (u64)*(u8 *)at(BYTES_1, l)
#define LOAD8S(at, l) (u64)*(i8 *)at(BYTES_1, l)
#define LOAD16U(at, l) (u64)*(u16 *)at(BYTES_2, l)
#define LOAD16S(at, l) (u64)*(i16 *)at(BYTES_2, l)
#define LOAD32U(at, l) (u64)*(u32 *)at(BYTES_4, l)
#define LOAD32S(at, l) (u64)*(i32 *)at(BYTES_4, l)
#define LOAD64(at, l) *(u64 *)at(BYTES_8, l)
#define LOAD8S_32(at, l) (u64)(u32)*(i8 *)at(BYTES_1, l)
#define LOAD16S_32(at, l) (u64)(u32)*(i16 *)at(BYTES_2, l)
#define LOADSW16(at, l) (u64)__builtin_bswap16(*(u16 *)at(BYTES_2, l))
#define LOADSW32(at, l) (u64)__builtin_bswap32(*(u32 *)at(BYTES_4, l))
#define LOADSW64(at, l) SWAP64(*(u64 *)at(BYTES_8, l))

// Where d and l are one slot, they are addressed as two: clang would keep the address
// of one in a register.
#define FORMS_LOAD(op, V, at) \
	OP(op##_rr,    D = V(at, L)) \
	OP(op##_rr_dl, D = V(at, D)) \
	OP(op##_rs,    D = V(at, SL)) \
	OP(op##_sr,    SD = V(at, L)) \
	OP(op##_ss,    SD = V(at, SL)) \
	OP(op##_ss_dl, SD = V(at, SL))
#define LOADS(op, V) \
	FORMS_LOAD(op, V, ADDRESS) \
	FORMS_LOAD(op##_a32, V, ADDRESS32)

LOADS(load8u, LOAD8U)
LOADS(load8s, LOAD8S)
LOADS(load16u, LOAD16U)
LOADS(load16s, LOAD16S)
LOADS(load32u, LOAD32U)
LOADS(load32s, LOAD32S)
LOADS(load64, LOAD64)
LOADS(load8s_32, LOAD8S_32)
LOADS(load16s_32, LOAD16S_32)
LOADS(loadsw16, LOADSW16)
LOADS(loadsw32, LOADSW32)
LOADS(loadsw64, LOADSW64)

// A store of a part needs no more of an immediate than that: I and W are those of
// 32 and 64 bits.
#define STORE(type, bytes, at, l, v) *(type *)at(bytes, l) = (type)(v)
#define FORMS_STORE(op, type, bytes, at, I, W) \
	OP(op##_rr, STORE(type, bytes, at, L, R)) \
	OP(op##_rs, STORE(type, bytes, at, L, SR)) \
	OP(op##_ri, STORE(type, bytes, at, L, I)) \
	OP(op##_rw, STORE(type, bytes, at, L, W)) \
	OP(op##_sr, STORE(type, bytes, at, SL, R)) \
	OP(op##_ss, STORE(type, bytes, at, SL, SR)) \
	OP(op##_si, STORE(type, bytes, at, SL, I)) \
	OP(op##_sw, STORE(type, bytes, at, SL, W))
#define STORES(op, type, bytes, I, W) \
	FORMS_STORE(op, type, bytes, ADDRESS, I, W) \
	FORMS_STORE(op##_a32, type, bytes, ADDRESS32, I, W)

STORES(store8, u8, BYTES_1, LOW, LOW)
STORES(store16, u16, BYTES_2, LOW, LOW)
STORES(store32, u32, BYTES_4, LOW, LOW)
STORES(store64, u64, BYTES_8, IMM, WIDE)

OP(memsize_r, D = ctx->mem_size)
OP(memsize_s, SD = ctx->mem_size)
