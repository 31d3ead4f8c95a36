package meaning

import (
	"fmt"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/ops/meaning/bv"
)

// Inputs are what an operation may read. Values have 64 bits; of a float32 the
// lower 32 count. What an operation does not read may be nil.
type Inputs struct {
	Pool *bv.Pool

	D, L, R *bv.Term // operands; d where it is read too
	S       *bv.Term // the register that Op.Target names
	Offset  *bv.Term // OffsetExtra: of an address, zero-extended

	Memory  *bv.Term // linear memory from address 0 on
	MemSize *bv.Term // its length in bytes
	Global  *bv.Term // the global that the operation names
	Counter *bv.Term // the counter that it names

	TableSize      *bv.Term // places in the table of functions
	EntrySignature *bv.Term // of the place with the index l, 32 bits; NoSignature if nothing is there
	Signature      *bv.Term // that the operation names, 32 bits
}

// NoSignature is the signature of a place in the table where no function is.
const NoSignature = 1<<32 - 1

// An Effect is what an operation does. If none of Traps holds, everything that is
// not nil happens; otherwise control leaves and nothing else does.
type Effect struct {
	Traps []Trap // in the order in which they are asked for

	D       *bv.Term // the new value of d; of a float32 the lower 32 bits count
	AnyNaN  *bv.Term // a bit: if it is 1, d is some quiet NaN instead
	Global  *bv.Term // the new value of the global
	Counter *bv.Term // the new value of the counter
	Memory  *bv.Term // the new memory
	Access  *Access  // the access of memory, for which Traps has a check

	Taken *bv.Term // of a branch, a bit: whether control goes to the label
	Index *bv.Term // of a switch or an indirect call: which label or function, unsigned
}

// A Trap is a reason why an operation ends the call, and the bit that says whether.
type Trap struct {
	If     *bv.Term
	Reason ops.Reason
}

// An Access is the memory that an operation reads or writes.
type Access struct {
	Addr *bv.Term
	Size uint8 // in bytes
}

// Of returns the effect of an operation. It is an error if nobody has said what it
// means.
//
// Where control goes is the row's Flow; of a branch Taken says whether.
func Of(code ops.Code, in *Inputs) (*Effect, error) {
	f := meanings[code]
	if f == nil {
		return nil, fmt.Errorf("meaning: nobody has said what %s means", code)
	}
	e := new(Effect)
	f(in, e)
	return e, nil
}

// Known reports whether the operation has a meaning.
func Known(code ops.Code) bool { return meanings[code] != nil }

// A meaning fills in the effect of an operation.
type meaning func(in *Inputs, e *Effect)

// meanings are those of all operations.
var meanings = merge(integers, conditions, floats, conversions, memories, controls)

func merge(tables ...map[ops.Code]meaning) map[ops.Code]meaning {
	all := make(map[ops.Code]meaning)
	for _, t := range tables {
		for code, f := range t {
			if all[code] != nil {
				panic("meaning: two of " + code.String())
			}
			all[code] = f
		}
	}
	return all
}

// Shapes of meanings.

// unary is d = f(l).
func unary(f func(l *bv.Term) *bv.Term) meaning {
	return func(in *Inputs, e *Effect) { e.D = f(in.L) }
}

// binary is d = f(l, r).
func binary(f func(l, r *bv.Term) *bv.Term) meaning {
	return func(in *Inputs, e *Effect) { e.D = f(in.L, in.R) }
}

// low is the same of lower halves; zeros come above the result.
func low(f func(l, r *bv.Term) *bv.Term) meaning {
	return binary(func(l, r *bv.Term) *bv.Term { return f(half(l), half(r)).Zext(64) })
}

func low1(f func(l *bv.Term) *bv.Term) meaning {
	return unary(func(l *bv.Term) *bv.Term { return f(half(l)).Zext(64) })
}

// half returns the lower half.
func half(x *bv.Term) *bv.Term { return x.Extract(0, 32) }
