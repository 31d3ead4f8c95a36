// Operations of one operand.
#include "abi.h"

#define NEG(l) -l
#define NOT(l) ~l
#define POPCNT(l) POPCOUNT(l)
#define BSWAP(l) SWAP64(l)
#define BSWAP16(l) __builtin_bswap16((u16)l)
#define BSWAP32(l) __builtin_bswap32((u32)l)
#define SEXT8(l) (u64)(i8)l
#define SEXT16(l) (u64)(i16)l
#define SEXT32(l) (u64)(i32)l
#define ZEXT8(l) (u8)l
#define ZEXT16(l) (u16)l
#define ZEXT32(l) (u32)l

#define NEG32(l) (u32)-l
#define NOT32(l) (u32)~l
#define POPCNT32(l) POPCOUNT((u32)l)
#define SEXT8_32(l) (u32)(i8)l
#define SEXT16_32(l) (u32)(i16)l

FORMS_DL(neg,     NEG,     NEG)
FORMS_DL(not,     NOT,     NOT)
FORMS_DL(clz,     CLZ,     CLZ)
FORMS_DL(ctz,     CTZ,     CTZ)
FORMS_DL(popcnt,  POPCNT,  POPCNT)
FORMS_DL(bswap,   BSWAP,   BSWAP)
FORMS_DL(bswap16, BSWAP16, BSWAP16)
FORMS_DL(bswap32, BSWAP32, BSWAP32)
FORMS_DL(sext8,   SEXT8,   SEXT8)
FORMS_DL(sext16,  SEXT16,  SEXT16)
FORMS_DL(sext32,  SEXT32,  SEXT32)

// Clang would store no more than the zeros.
#define ZEXT8_S(l) ZEXT8(LOADED(l))
#define ZEXT16_S(l) ZEXT16(LOADED(l))
#define ZEXT32_S(l) ZEXT32(LOADED(l))

FORMS_DL(zext8,  ZEXT8,  ZEXT8_S)
FORMS_DL(zext16, ZEXT16, ZEXT16_S)
FORMS_DL(zext32, ZEXT32, ZEXT32_S)

FORMS_DL(neg32,     NEG32,     NEG32)
FORMS_DL(not32,     NOT32,     NOT32)
FORMS_DL(clz32,     CLZ32,     CLZ32)
FORMS_DL(ctz32,     CTZ32,     CTZ32)
FORMS_DL(popcnt32,  POPCNT32,  POPCNT32)
FORMS_DL(sext8_32,  SEXT8_32,  SEXT8_32)
FORMS_DL(sext16_32, SEXT16_32, SEXT16_32)
