// The convention between stencils, in one place: types, the signature that all
// templates share, holes, and the macros that make a template of each form of an
// operation out of one body.
//
// A template is a C function that ends in a tail call of the next one. All
// arguments travel in registers, so the call is one jump, and a jump to whatever
// is placed behind needs no instruction at all. The generator (stencils/gen)
// makes a stencil of each function op_NAME.
#ifndef COPYJIT_ABI_H
#define COPYJIT_ABI_H

typedef unsigned long u64;
typedef long i64;
typedef unsigned int u32;
typedef int i32;
typedef unsigned short u16;
typedef short i16;
typedef unsigned char u8;
typedef signed char i8;

// Everything that stencils share with Go while they run, reached through ctx.
// The Go mirror is in package jit; facts.c hands the offsets to its test.
struct context {
	u64 exit;            // where exits go: a code address
	u32 site;            // an exit's function, reason and code, see EXIT
	u32 pc;              // the operation at which it left
	volatile i64 *poll;  // the word that is negative when someone wants compiled code to stop
	char *limit;         // the end of the stack: frames end here at the latest

	u64 mem_end[4];      // of accesses of 1 2 4 8 bytes: the first address that is out of bounds
	u64 mem_size;        // of the memory in bytes
	u64 *globals;
	u64 *counters;
	struct entry *table; // of functions,
	u64 table_size;      // and how many entries it has
	u64 *links;          // of functions compiled apart: the address of each
	u64 behind;          // where execution goes on behind a host call: a code address

	u64 saved[8];        // a x y o fa fx fy fo, saved by the entry and exit code
};

// An entry of the table of functions.
struct entry {
	u64 code;      // where the function starts
	u32 signature; // NO_SIGNATURE if there is none
	u32 function;  // its index
};
enum { NO_SIGNATURE = -1 };

// Why compiled code exits: ops.Exit and ops.Reason.
enum {
	EXIT_RETURN,
	EXIT_TRAP,
	EXIT_ENTRY,
	EXIT_SAFEPOINT,
	EXIT_HOST_CALL,
	EXIT_NO_CODE,
};
enum {
	REASON_NONE,
	REASON_EXPLICIT,
	REASON_STACK_OVERFLOW,
	REASON_DIVIDE_BY_ZERO,
	REASON_INTEGER_OVERFLOW,
	REASON_INVALID_CONVERSION,
	REASON_OUT_OF_BOUNDS,
	REASON_TABLE_INDEX,
	REASON_TABLE_EMPTY,
	REASON_SIGNATURE,
};

// What a site holds:
//
//	31            12 11       4 3     0
//	├─ function ─────┼─ reason ─┼─ exit ┤
enum {
	SITE_REASON_SHIFT = 4,
	SITE_FUNCTION_SHIFT = 12,
};

// Where the words of a frame are, counted in bytes from fp. The word between the
// return address and slot 0 belongs to the interpreter.
enum {
	FRAME_RETURN = 0,
	FRAME_SLOTS = 16,
};

// Holes. Their addresses are the values that the linker writes; there is nothing
// at these addresses.
extern char HOLE_D[], HOLE_L[], HOLE_R[];    // offsets of slots from fp in bytes,
extern char WORD_D[], WORD_L[], WORD_R[];    // and in words
extern char HOLE_IMM[];                      // the immediate,
extern char HOLE_IMM_HIGH[], HOLE_IMM_LOW[]; // and as (i32)high << 32 + (i32)low
extern char HOLE_EXTRA[], HOLE_EXTRA8[];     // what it takes besides, and eight times that
extern char HOLE_TABLE[];                    // the item's jump table, see control.c
extern char HOLE_SITE[];                     // function << SITE_FUNCTION_SHIFT
extern char HOLE_PC[];                       // the operation's pc

// Float registers hold float64, or float32 in their lower halves. To the processor
// the signature is the same with either type, and a template touches no registers
// but those of its operands: one that defines SINGLE has operands of float32.
#ifdef SINGLE
#define FLOAT float
#else
#define FLOAT double
#endif

// What is particular to a target: the signature, holes as operands, and what C
// cannot say or clang would say worse. Each file defines
//
//	CONVENTION, PARAMETERS, ARGUMENTS   how templates are called
//	LEAVE(place)                        jumps to the code address in a place in memory
//	CODE_ADDRESS(f)                     the address of a code symbol
//	TABLE                               the address of the jump table
//	EXTRA                               HOLE_EXTRA, an unsigned number of 32 bits
//	AT_EXTRA8(base)                     the word that HOLE_EXTRA8 is the offset of
//	EQUAL_EXTRA(word)                   whether a word of 32 bits in memory is HOLE_EXTRA
//	IMM, WIDE                           the immediate, of 32 bits sign-extended, of 64
//	SLOT(S)                             the slot that the operand S is, D L or R
//	STORE32(place, value)               stores a site or a pc, which are 32-bit holes
//
// and these, which need not be more than what C says:
//
//	LOW, COUNT                          the lower half of an immediate, its lowest bits, whatever size it has
//	REG64 REG32(V, insn, l, r)          the value V of two registers, which the amd64 instruction makes
//	IMM64(V, insn, l)                   of a register and the immediate of 32 bits
//	IMM32(V, insn, l)                   the same of 32 bits; IMM32 takes immediates of either size,
//	COUNT64 COUNT32(V, insn, l)         as do these, for which it is a count
//	ADD_IMM(l) SUB_IMM(l) MUL_IMM(l)    with the immediate of 32 bits
//	MUL32_IMM(l)                        with the lower half of an immediate
//	COMPARE32_IMM(V, cc, l)             the condition V of a register and an immediate, of 32 bits, cc to amd64
//	TEST32_IMM(V, cc, l)                the same of the bits that they have in common
//	CLZ(l) CTZ(l) CLZ32(l) CTZ32(l)     zeros above and below all ones
//	SWAP64(l)                           its bytes in opposite order
//	EQUAL(l, r) EQUAL_IMM(l)            whether a register equals another, or the immediate
//	IS_ZERO(l) IS_ZERO32(l)                   whether a register, or its lower half, is 0
#if defined(__x86_64__)
#include "abi_amd64.h"
#elif defined(__aarch64__)
#include "abi_arm64.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "abi_riscv64.h"
#else
#error "stencils/c/abi.h does not know this target"
#endif

typedef CONVENTION void code(PARAMETERS);

extern code CONT;   // what is placed behind the stencil
extern code HERE;   // the very instruction
extern code TARGET; // where the operation goes: a branch's label, a call's function

// GO ends a template. The undefined argument costs no instruction.
#define GO(f) do { \
		u64 undefined __attribute__((unused)); \
		__attribute__((musttail)) return (f)(ARGUMENTS); \
	} while (0)

// OP makes a template of statements that say what the operation does; control
// then goes on behind it.
#define OP(name, ...) \
	CONVENTION void op_##name(PARAMETERS) { __VA_ARGS__; GO(CONT); }

// AFTER makes the part of a template that control comes back to: the generator
// places it behind op_NAME, so that it is CONT there.
#define AFTER(name, ...) \
	CONVENTION void after_##name(PARAMETERS) { __VA_ARGS__; GO(CONT); }

// EXIT leaves compiled code. Site is one hole with an addend, so that it is one
// store.
#define EXIT(code, reason) do { \
		STORE32(ctx->site, HOLE_SITE + ((reason) << SITE_REASON_SHIFT | (code))); \
		STORE32(ctx->pc, HOLE_PC); \
		LEAVE(ctx->exit); \
	} while (0)

#define UNLIKELY(c) __builtin_expect((c), 0)

// Operands. The generator defines D, L and R as machine registers, in several
// ways, and takes the one under which the code is right for all registers.
#define SD SLOT(D)
#define SL SLOT(L)
#define SR SLOT(R)

// LOADED makes clang forget where a value came from. Where it knows that half of a
// slot does not change, it stores the other half only, and who loads the slot next
// has to wait for both stores.
#define LOADED(v) ({ u64 loaded = (v); asm("" : "+r"(loaded)); loaded; })

// POPCOUNT counts ones: of two bits, of four, of eight, then of all bytes. Clang
// must not see what it is, or it takes vector registers or a table.
#define POPCOUNT(l) ({ \
		u64 twos = HIDDEN(0x5555555555555555), fours = HIDDEN(0x3333333333333333); \
		u64 v = (l); \
		v -= v >> 1 & twos; \
		v = (v & fours) + (v >> 2 & fours); \
		v = (v + (v >> 4)) & HIDDEN(0x0f0f0f0f0f0f0f0f); \
		v * HIDDEN(0x0101010101010101) >> 56; \
	})
#define HIDDEN(constant) LOADED((u64)constant)

// The forms of an operation. A name says what the operands are, in the order
// d l r: r a register, s a slot, i an immediate of 32 bits, w one of 64. Behind
// it stand the operands that are the same place. Where that is l and r alone
// there is no form of its own: both are only read, so the form of different
// places serves. V is the value that d becomes, RR that of two registers that stay as
// they are.
#define FORMS_PLACES(op, V, RR) \
	OP(op##_rrr,     D = RR(L, R)) \
	OP(op##_rrr_dl,  D = V(D, R)) \
	OP(op##_rrr_dr,  D = V(L, D)) \
	OP(op##_rrr_dlr, D = V(D, D)) \
	OP(op##_rrs,     D = V(L, SR)) \
	OP(op##_rrs_dl,  D = V(D, SR)) \
	OP(op##_rsr,     D = V(SL, R)) \
	OP(op##_rsr_dr,  D = V(SL, D)) \
	OP(op##_rss,     D = V(SL, SR)) \
	OP(op##_srr,     SD = RR(L, R)) \
	OP(op##_srs,     SD = V(L, SR)) \
	OP(op##_srs_dr,  SD = V(L, SD)) \
	OP(op##_ssr,     SD = V(SL, R)) \
	OP(op##_ssr_dl,  SD = V(SD, R)) \
	OP(op##_sss,     SD = V(SL, SR)) \
	OP(op##_sss_dl,  SD = V(SD, SR)) \
	OP(op##_sss_dr,  SD = V(SL, SD)) \
	OP(op##_sss_dlr, u64 v = LOADED(SD); SD = V(v, v))

// The same with an immediate of 32 bits as r. For what changes a register or a slot
// in place a target may have a shorter instruction.
#define FORMS_IMM(op, V, IN_REG, IN_SLOT) \
	OP(op##_rri,    D = V(L, IMM)) \
	OP(op##_rri_dl, D = IN_REG(D, IMM)) \
	OP(op##_rsi,    D = V(SL, IMM)) \
	OP(op##_sri,    SD = V(L, IMM)) \
	OP(op##_ssi,    SD = V(SL, IMM)) \
	OP(op##_ssi_dl, SD = IN_SLOT(SD, IMM))

// The same with one of 64 bits, which is the value W.
#define FORMS_WIDE(op, V, W) \
	OP(op##_rrw,    D = V(L, W)) \
	OP(op##_rrw_dl, D = V(D, W)) \
	OP(op##_rsw,    D = V(SL, W)) \
	OP(op##_srw,    SD = V(L, W)) \
	OP(op##_ssw,    SD = V(SL, W)) \
	OP(op##_ssw_dl, SD = V(SD, W))

// All forms of an operation that needs the whole of an immediate, and of one that
// needs no more of it than its lower half or, as a count, its lowest bits. I and
// IN_SLOT are the values with an immediate.
#define FORMS_DLR(op, V, RR, I, IN_REG, IN_SLOT) \
	FORMS_PLACES(op, V, RR) FORMS_IMM(op, I, IN_REG, IN_SLOT) FORMS_WIDE(op, V, WIDE)
#define FORMS_LOW(op, V, RR, I) \
	FORMS_PLACES(op, V, RR) FORMS_IMM(op, I, I, I) FORMS_WIDE(op, I, IMM)

#define FORMS_DL(op, V, IN_SLOT) \
	OP(op##_rr,    D = V(L)) \
	OP(op##_rr_dl, D = V(D)) \
	OP(op##_rs,    D = V(SL)) \
	OP(op##_sr,    SD = V(L)) \
	OP(op##_ss,    SD = V(SL)) \
	OP(op##_ss_dl, SD = IN_SLOT(SD))

// The forms that only a move has.
#define FORMS_DI(op, V) \
	OP(op##_ri,    D = V(IMM)) \
	OP(op##_rw,    D = V(WIDE)) \
	OP(op##_si,    SD = V(IMM)) \
	OP(op##_sw,    SD = V(WIDE))

// BODY is the condition under which control goes to TARGET. RR and RI are the
// same for two registers, and for a register and an immediate of 32 bits.
#define FORMS_BRANCH(op, BODY, RR, RI) \
	OP(op##_rr, if (RR(L, R)) GO(TARGET)) \
	OP(op##_rs, if (BODY(L, SR)) GO(TARGET)) \
	OP(op##_ri, if (RI(L, IMM)) GO(TARGET)) \
	OP(op##_rw, if (BODY(L, WIDE)) GO(TARGET)) \
	OP(op##_sr, if (BODY(SL, R)) GO(TARGET)) \
	OP(op##_ss, if (BODY(SL, SR)) GO(TARGET)) \
	OP(op##_si, if (BODY(SL, IMM)) GO(TARGET)) \
	OP(op##_sw, if (BODY(SL, WIDE)) GO(TARGET))

// The same of an operation that needs no more of an immediate than its lower half.
#define FORMS_BRANCH32(op, V, I) \
	OP(op##_rr, if (V(L, R)) GO(TARGET)) \
	OP(op##_rs, if (V(L, SR)) GO(TARGET)) \
	OP(op##_ri, if (I(L, IMM)) GO(TARGET)) \
	OP(op##_rw, if (I(L, IMM)) GO(TARGET)) \
	OP(op##_sr, if (V(SL, R)) GO(TARGET)) \
	OP(op##_ss, if (V(SL, SR)) GO(TARGET)) \
	OP(op##_si, if (I(SL, IMM)) GO(TARGET)) \
	OP(op##_sw, if (I(SL, IMM)) GO(TARGET))

#endif
