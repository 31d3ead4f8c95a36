// What Go must know of the structures in abi.h. The generator reads the values
// from the object file and writes them as constants beside the table.
#include "abi.h"

#define FACT(name, value) \
	const u64 fact_##name __attribute__((section("facts"), used)) = (value);

FACT(ContextExit, __builtin_offsetof(struct context, exit))
FACT(ContextSite, __builtin_offsetof(struct context, site))
FACT(ContextPC, __builtin_offsetof(struct context, pc))
FACT(ContextPoll, __builtin_offsetof(struct context, poll))
FACT(ContextLimit, __builtin_offsetof(struct context, limit))
FACT(ContextSaved, __builtin_offsetof(struct context, saved))

FACT(FrameReturn, FRAME_RETURN)
FACT(FrameSlots, FRAME_SLOTS)

FACT(ExitReturn, EXIT_RETURN)
FACT(ExitTrap, EXIT_TRAP)
FACT(ExitEntry, EXIT_ENTRY)
FACT(ExitSafepoint, EXIT_SAFEPOINT)

FACT(ReasonNone, REASON_NONE)
FACT(ReasonExplicit, REASON_EXPLICIT)
FACT(ReasonStackOverflow, REASON_STACK_OVERFLOW)
FACT(ReasonDivideByZero, REASON_DIVIDE_BY_ZERO)
FACT(ReasonIntegerOverflow, REASON_INTEGER_OVERFLOW)

FACT(SiteReasonShift, SITE_REASON_SHIFT)
FACT(SiteFunctionShift, SITE_FUNCTION_SHIFT)
