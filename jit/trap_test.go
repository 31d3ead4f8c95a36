package jit

import (
	"context"
	"errors"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// traps has a function for each reason of a trap.
const traps = `memory 8
table explicit, []

func explicit ()
	trap 7
func overflows ()
	call overflows
	return
func divides ()
	mov a, 1
	mov x, 0
	divu a, a, x
	return
func quotient ()
	mov a, 0x8000000000000000
	div a, a, -1
	return
func converts ()
	fmov fa, nan
	trunci64 a, fa
	return
func loads ()
	mov a, 0
	load8u a, a+8
	return
func outside ()
	mov a, 2
	calli a, ()
	return
func empty ()
	mov a, 1
	calli a, ()
	return
func mistaken ()
	mov a, 0
	calli a, () (i)
	return
`

// TestTrapMessages reads what a trap of each reason says.
func TestTrapMessages(t *testing.T) {
	p := mustParse(t, traps)
	want := map[ops.Reason]string{
		ops.ReasonExplicit:          "trap 7 in function explicit, pc 0, line 6",
		ops.ReasonStackOverflow:     "stack overflow in function overflows, pc 0, line 8",
		ops.ReasonDivideByZero:      "division by zero in function divides, pc 2, line 13",
		ops.ReasonIntegerOverflow:   "integer overflow in function quotient, pc 1, line 17",
		ops.ReasonInvalidConversion: "invalid conversion to integer in function converts, pc 1, line 21",
		ops.ReasonOutOfBounds:       "memory access out of bounds in function loads, pc 1, line 25",
		ops.ReasonTableIndex:        "table index out of range in function outside, pc 1, line 29",
		ops.ReasonTableEmpty:        "no function in the table in function empty, pc 1, line 33",
		ops.ReasonSignature:         "indirect call of another signature in function mistaken, pc 1, line 37",
	}
	eachTier(t, func(t *testing.T, e *Engine) {
		in := mustInstance(t, mustCompile(t, e, p), InstanceConfig{})
		for id := range p.NumFuncs() {
			err := in.Call(context.Background(), ops.FuncID(id), &ops.State{})
			var trap *Trap
			if !errors.As(err, &trap) || trap.Error() != want[trap.Reason] || trap.Func != p.Func(ops.FuncID(id)).Name {
				t.Errorf("%s: %v", p.Func(ops.FuncID(id)).Name, err)
			}
		}
	})
}
