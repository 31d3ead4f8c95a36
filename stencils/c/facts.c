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
FACT(ContextMemEnd, __builtin_offsetof(struct context, mem_end))
FACT(ContextMemSize, __builtin_offsetof(struct context, mem_size))
FACT(ContextGlobals, __builtin_offsetof(struct context, globals))
FACT(ContextCounters, __builtin_offsetof(struct context, counters))
FACT(ContextTable, __builtin_offsetof(struct context, table))
FACT(ContextTableSize, __builtin_offsetof(struct context, table_size))
FACT(ContextLinks, __builtin_offsetof(struct context, links))
FACT(ContextBehind, __builtin_offsetof(struct context, behind))
FACT(ContextSaved, __builtin_offsetof(struct context, saved))

FACT(EntryCode, __builtin_offsetof(struct entry, code))
FACT(EntrySignature, __builtin_offsetof(struct entry, signature))
FACT(EntryFunction, __builtin_offsetof(struct entry, function))
FACT(EntrySize, sizeof(struct entry))

FACT(FrameReturn, FRAME_RETURN)
FACT(FrameSlots, FRAME_SLOTS)

FACT(ExitReturn, EXIT_RETURN)
FACT(ExitTrap, EXIT_TRAP)
FACT(ExitEntry, EXIT_ENTRY)
FACT(ExitSafepoint, EXIT_SAFEPOINT)
FACT(ExitHostCall, EXIT_HOST_CALL)
FACT(ExitNoCode, EXIT_NO_CODE)

FACT(ReasonNone, REASON_NONE)
FACT(ReasonExplicit, REASON_EXPLICIT)
FACT(ReasonStackOverflow, REASON_STACK_OVERFLOW)
FACT(ReasonDivideByZero, REASON_DIVIDE_BY_ZERO)
FACT(ReasonIntegerOverflow, REASON_INTEGER_OVERFLOW)
FACT(ReasonInvalidConversion, REASON_INVALID_CONVERSION)
FACT(ReasonOutOfBounds, REASON_OUT_OF_BOUNDS)
FACT(ReasonTableIndex, REASON_TABLE_INDEX)
FACT(ReasonTableEmpty, REASON_TABLE_EMPTY)
FACT(ReasonSignature, REASON_SIGNATURE)

FACT(SiteReasonShift, SITE_REASON_SHIFT)
FACT(SiteFunctionShift, SITE_FUNCTION_SHIFT)
