package tiertest

import (
	"math/rand/v2"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// TestRandomCoverage checks that random programs have every operation of the table,
// so that a new one that they would never have is noticed, with every kind of each
// operand.
func TestRandomCoverage(t *testing.T) {
	const programs = 5000
	var count [ops.NumCodes]int
	forms := map[ops.Form]int{}
	ends := map[ops.Reason]int{}
	for seed := range uint64(programs) {
		p := Random(rand.New(rand.NewPCG(seed, 0)))
		for id := range p.NumFuncs() {
			for _, op := range p.Ops(ops.FuncID(id)) {
				count[op.Code()]++
				forms[op.Form]++
			}
		}
		for i := range p.Cases {
			ends[p.Cases[i].Interpret(p.Program).Trap]++
		}
	}
	for _, c := range ops.Codes() {
		if count[c] == 0 {
			t.Errorf("%d random programs have no %s", programs, c)
		}
	}
	for r := ops.Reason(0); r <= ops.ReasonSignature; r++ {
		if ends[r] == 0 && r != ops.ReasonStackOverflow {
			t.Errorf("no case of %d random programs ends with %s", programs, r)
		}
	}
	for _, f := range OperandForms() {
		if forms[f] == 0 {
			d, l, r := f.Kinds()
			t.Errorf("%d random programs have no %s with operands of kinds %d, %d, %d", programs, f.Code(), d, l, r)
		}
	}
	t.Logf("%d operations in %d forms; ends %v", ops.NumCodes-1, len(forms), ends)
}
