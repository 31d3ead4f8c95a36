// Jumps through tables.
#include "abi.h"

// A table holds for each label, and then for the default, how far it is from that
// very word of 32 bits. HOLE_IMM is the number of labels.
#define SWITCH(l) do { \
		u64 index = (l), last = IMM; \
		if (index > last) index = last; \
		char *at = TABLE + 4 * index; \
		u64 to = (u64)(at + *(i32 *)at); \
		GO((code *)to); \
	} while (0)

OP(switch_r, SWITCH(L))
OP(switch_s, SWITCH(SL))
