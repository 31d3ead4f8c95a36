// A function that is no template.
// want: function.c: helper: neither op_NAME nor after_NAME
#include "../../../../c/abi.h"
CONVENTION void helper(PARAMETERS) { GO(CONT); }
OP(bad, D = L)
