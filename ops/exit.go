package ops

import "fmt"

// An Exit says why execution left a program, for the time being or for good. It
// is the same enumeration in every tier and in the C templates
// (stencils/c/abi.h).
type Exit uint8

// The exits.
const (
	ExitReturn    Exit = iota // the function that was called returned
	ExitTrap                  // see the Reason; the call is over
	ExitEntry                 // safepoint at a function's entry, before pc 0
	ExitSafepoint             // safepoint at a back-edge, before its operation
	ExitHostCall              // at a host call; execution goes on behind it
	ExitNoCode                // at a call of a function that is not compiled, which is still to be made
	numExits
)

var exitNames = [numExits]string{"return", "trap", "entry safepoint", "safepoint", "host call", "call without code"}

// String names the exit.
func (e Exit) String() string {
	if int(e) < len(exitNames) {
		return exitNames[e]
	}
	return fmt.Sprintf("Exit(%d)", uint8(e))
}

// A Reason says why a trap ended a call.
type Reason uint8

// The reasons for a trap.
const (
	_                       Reason = iota
	ReasonExplicit                 // the operation trap
	ReasonStackOverflow            // a function's frame does not fit on the stack
	ReasonDivideByZero             // a division or remainder by 0
	ReasonIntegerOverflow          // the quotient of a signed division, or the integer of a conversion, is out of range
	ReasonInvalidConversion        // NaN was to become an integer
	ReasonOutOfBounds              // an access of memory that is not all within it
	ReasonTableIndex               // an indirect call with an index outside the table of functions
	ReasonTableEmpty               // an indirect call of a place of the table where there is no function
	ReasonSignature                // an indirect call of a function of another signature
	ReasonOutOfFuel                // more safepoints than the host allows: no operation's, but at an entry or a back-edge
	numReasons
)

var reasonNames = [numReasons]string{"no trap", "trap", "stack overflow", "division by zero", "integer overflow", "invalid conversion to integer", "memory access out of bounds",
	"table index out of range", "no function in the table", "indirect call of another signature", "out of fuel"}

// String names the reason.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// Error names the reason: a Reason is an error where that is all that is said of a
// trap.
func (r Reason) Error() string { return r.String() }
