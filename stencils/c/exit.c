// Operations that always leave compiled code.
#include "abi.h"

OP(trap, EXIT(EXIT_TRAP, REASON_EXPLICIT))
