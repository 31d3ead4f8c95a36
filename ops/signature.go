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
	Int     Type = iota // a 64-bit integer: i in the text format
	Float               // a float64: f
	Float32             // a float32: f32
	numTypes
)

var typeNames = [numTypes]string{"i", "f", "f32"}

// String returns the type's name in the text format.
func (t Type) String() string {
	if t < numTypes {
		return typeNames[t]
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// A Signature identifies the types of a function's parameters and results, and
// where they are. Equal ones are equal in every program of the process. The zero
// Signature has neither parameters nor results.
//
// Parameters, and likewise results, go into a, x, y and o if they are integers,
// and into fa, fx, fy and fo if they are floats, both in this order; those that
// are left go into the callee's slots from slot 0 on. A signature of
// MakeSlotSignature has all of them in slots.
type Signature uint32

// MaxValues is the largest number of parameters, or of results.
const MaxValues = 1 << 10

type signature struct {
	params, results         []Type
	inSlots                 bool     // all of them
	paramPlaces             []Number // where the parameters are; slots as those of the callee
	resultPlaces            []Number
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
	signatures.byText = map[string]Signature{"()": 0}
	signatures.list.Store(&[]*signature{{}})
}

// MakeSignature returns the signature with these parameters and results. It
// panics if there are more than MaxValues of either or a type is none.
func MakeSignature(params, results []Type) Signature { return makeSignature(params, results, false) }

// MakeSlotSignature returns the signature with these parameters and results, all
// of them in slots. It panics as MakeSignature does.
func MakeSlotSignature(params, results []Type) Signature {
	return makeSignature(params, results, true)
}

func makeSignature(params, results []Type, inSlots bool) Signature {
	if len(params) > MaxValues || len(results) > MaxValues {
		panic(fmt.Sprintf("ops: a signature of %d parameters and %d results: at most %d of each", len(params), len(results), MaxValues))
	}
	sig := &signature{params: slices.Clone(params), results: slices.Clone(results), inSlots: inSlots && len(params)+len(results) > 0}
	text := sig.String()
	signatures.Lock()
	defer signatures.Unlock()
	if s, ok := signatures.byText[text]; ok {
		return s
	}
	sig.paramPlaces, sig.paramRegs, sig.paramSlots = places(params, inSlots)
	sig.resultPlaces, sig.resultRegs, sig.resultSlots = places(results, inSlots)
	// In place where there is room: readers never look beyond their own length.
	list := append(*signatures.list.Load(), sig)
	s := Signature(len(list) - 1)
	signatures.list.Store(&list)
	signatures.byText[text] = s
	return s
}

// places returns where values of these types are, which registers hold some and
// how many slots do.
func places(types []Type, inSlots bool) (list []Number, regs uint64, slots int) {
	next := [numTypes]Number{Int: FirstReg, Float: FirstFReg} // the next register
	for _, t := range types {
		bank := min(t, Float)
		switch {
		case t >= numTypes:
			panic("ops: no such type: " + t.String())
		case inSlots || bank == Int && next[Int] == FirstReg+NumRegs || bank == Float && next[Float] == FirstFReg+NumFRegs:
			list = append(list, Number(FirstSlot+slots))
			slots++
			continue
		}
		n := next[bank]
		next[bank]++
		if t == Float32 {
			n += FirstFReg32 - FirstFReg
		}
		list = append(list, n)
		regs |= 1 << n
	}
	return list, regs, slots
}

func (s Signature) info() *signature { return (*signatures.list.Load())[s] }

// Params returns the types of the parameters. It must not be modified.
func (s Signature) Params() []Type { return s.info().params }

// Results returns the types of the results. It must not be modified.
func (s Signature) Results() []Type { return s.info().results }

// ParamPlaces returns where the parameters are, in their order: registers and the
// callee's slots. It must not be modified.
func (s Signature) ParamPlaces() []Number { return s.info().paramPlaces }

// ResultPlaces returns where the results are, likewise.
func (s Signature) ResultPlaces() []Number { return s.info().resultPlaces }

// ParamSlots returns how many parameters travel in slots.
func (s Signature) ParamSlots() int { return s.info().paramSlots }

// ResultSlots returns how many results travel in slots.
func (s Signature) ResultSlots() int { return s.info().resultSlots }

// FloatRegs reports whether a parameter or a result is in a float register.
func (s Signature) FloatRegs() bool {
	sig := s.info()
	return (sig.paramRegs|sig.resultRegs)&fregMask != 0
}

// String returns the signature as the text format writes it: (i, f) (i), and
// "inslots" behind it if all parameters and results are in slots.
func (s Signature) String() string { return s.info().String() }

func (sig *signature) String() string {
	text := typeList(sig.params)
	if len(sig.results) != 0 {
		text += " " + typeList(sig.results)
	}
	if sig.inSlots {
		text += " " + inSlotsWord
	}
	return text
}

func typeList(types []Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.String()
	}
	return "(" + strings.Join(names, ", ") + ")"
}
