package ops

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// A Type is the type of a parameter or a result.
type Type uint8

// The types.
const (
	Int Type = iota // a 64-bit integer: i in the text format
)

// String returns the type's letter in the text format.
func (t Type) String() string {
	if t == Int {
		return "i"
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// A Signature identifies the types of a function's parameters and results.
// Equal lists give equal signatures, in every program of the process. The zero
// Signature has neither parameters nor results.
//
// Parameters, and likewise results, go into a, x, y and o in this order, and
// those that are left into the callee's slots from slot 0 on.
type Signature uint32

// MaxValues is the largest number of parameters, or of results.
const MaxValues = 1 << 10

type signature struct {
	params, results         []Type
	paramRegs, resultRegs   uint64 // bit n: the register with Number n holds one
	paramSlots, resultSlots int    // how many slots, from slot 0, hold one
}

// signatures grows only. Readers take no lock; their number is bounded by the
// distinct shapes of functions that a process ever declares.
var signatures struct {
	sync.Mutex
	byText map[string]Signature
	list   atomic.Pointer[[]*signature]
}

func init() {
	signatures.byText = map[string]Signature{"() ()": 0}
	signatures.list.Store(&[]*signature{{}})
}

// MakeSignature returns the signature with these parameters and results. It
// panics if there are more than MaxValues of either or a type is none.
func MakeSignature(params, results []Type) Signature {
	if len(params) > MaxValues || len(results) > MaxValues {
		panic(fmt.Sprintf("ops: a signature of %d parameters and %d results: at most %d of each", len(params), len(results), MaxValues))
	}
	text := typeList(params) + " " + typeList(results)
	signatures.Lock()
	defer signatures.Unlock()
	if s, ok := signatures.byText[text]; ok {
		return s
	}
	sig := &signature{params: slices.Clone(params), results: slices.Clone(results)}
	sig.paramRegs, sig.paramSlots = places(params)
	sig.resultRegs, sig.resultSlots = places(results)
	// In place where there is room: readers never look beyond their own length.
	list := append(*signatures.list.Load(), sig)
	s := Signature(len(list) - 1)
	signatures.list.Store(&list)
	signatures.byText[text] = s
	return s
}

// places returns which registers hold the values and how many slots the rest takes.
func places(types []Type) (regs uint64, slots int) {
	n := min(len(types), NumRegs)
	for _, t := range types {
		if t != Int {
			panic("ops: no such type: " + t.String())
		}
	}
	return (1<<n - 1) << FirstReg, len(types) - n
}

func (s Signature) info() *signature { return (*signatures.list.Load())[s] }

// Params returns the types of the parameters. It must not be modified.
func (s Signature) Params() []Type { return s.info().params }

// Results returns the types of the results. It must not be modified.
func (s Signature) Results() []Type { return s.info().results }

// ParamSlots returns how many parameters travel in slots.
func (s Signature) ParamSlots() int { return s.info().paramSlots }

// ResultSlots returns how many results travel in slots.
func (s Signature) ResultSlots() int { return s.info().resultSlots }

// String returns the signature as the text format writes it: (i, i) (i).
func (s Signature) String() string {
	sig := s.info()
	if len(sig.results) == 0 {
		return typeList(sig.params)
	}
	return typeList(sig.params) + " " + typeList(sig.results)
}

func typeList(types []Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.String()
	}
	return "(" + strings.Join(names, ", ") + ")"
}
