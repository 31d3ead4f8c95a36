package prove

import (
	"fmt"

	"github.com/copyjit/copyjit/ops"
)

// A target is what the prover knows of an instruction set.
type target struct {
	name     string
	ctx      int // registers, by their numbers
	fp       int
	mem      int
	zero     int    // the register that is always 0, or −1
	scratch  uint64 // integer registers that stencils may change, a bit each
	fscratch uint64 // the same of float registers
	boxes    bool   // a float32 in a register has ones above it
	halves   bool   // an immediate of 64 bits is made of two halves

	// register returns the number of an operand's register.
	register func(o *operand) int
	regName  func(n int) string
	fregName func(n int) string

	// length returns how many bytes the first instruction has.
	length func(code []byte) (int, error)
	// execute does what an instruction does.
	execute func(i *inst) error
	// text returns the first instruction for a human reader.
	text func(code []byte) string
}

// targets are those whose stencils can be proved.
var targets = map[string]*target{"amd64": &targetAMD64, "arm64": &targetARM64, "riscv64": &targetRISCV64}

// Targets returns their names.
func Targets() []string { return []string{"amd64", "arm64", "riscv64"} }

func lookup(name string) (*target, error) {
	t := targets[name]
	if t == nil {
		return nil, fmt.Errorf("prove: no target %q: there are %q", name, Targets())
	}
	return t, nil
}

// bits returns a set of registers.
func set(list ...int) (s uint64) {
	for _, n := range list {
		s |= 1 << n
	}
	return s
}

func isFloat(o *operand) bool { return o.kind == ops.KindFReg }
