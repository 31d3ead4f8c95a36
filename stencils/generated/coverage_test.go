package generated_test

import (
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/ops/meaning"
)

// TestCoverage counts what the operation table asks for and fails on what is not
// there: a meaning of every operation, and of every form of it a test, which the
// interpreter passes (here and in package ops) and compiled code (in package jit), and
// on every target a template for each way in which operands can coincide.
func TestCoverage(t *testing.T) {
	forms := tiertest.AllForms()
	known := 0
	for _, c := range ops.Codes() {
		if meaning.Known(c) {
			known++
		} else {
			t.Errorf("nobody has said what %s means", c)
		}
	}
	tested, cases := testedForms(t)
	for _, f := range forms {
		if tested[f] == 0 {
			t.Errorf("no test of %s", describe(f))
		}
	}
	all := ops.NumCodes - 1
	t.Logf("%d operations, %d with a meaning; %d forms, %d with a test, %d cases", all, known, len(forms), len(tested), cases)
	for name, tg := range targets {
		complete, keys := 0, 0
		for _, f := range forms {
			missing := 0
			for k := range formKeys(f) {
				keys++
				if tg.set.Index[k] == 0 {
					missing++
				}
			}
			if missing > 0 {
				t.Errorf("%s: no template of %s for %d coincidences of its operands", name, describe(f), missing)
			} else {
				complete++
			}
		}
		t.Logf("%s: %d of %d forms with templates, for %d coincidences of operands; %d stencils", name, complete, len(forms), keys, len(tg.set.Stencils))
	}
}

// testedForms returns how many functions test each form, after the interpreter has
// passed one case of each function; package ops runs all of them.
func testedForms(t *testing.T) (functions map[ops.Form]int, cases int) {
	functions = map[ops.Form]int{}
	for _, p := range tiertest.Forms(t) {
		for i := range p.Cases {
			c := &p.Cases[i]
			if i > 0 && p.Cases[i-1].ID == c.ID {
				continue
			}
			if diff := c.Diff(p.Program, c.Interpret(p.Program)); diff != "" {
				t.Error(diff)
			}
			for _, op := range p.Ops(c.ID) {
				functions[op.Form]++
			}
		}
		cases += len(p.Cases)
	}
	return functions, cases
}

// formKeys returns the keys of a form's stencils: one for each way in which its
// operands can coincide.
func formKeys(f ops.Form) map[int]bool {
	row := f.Code().Info()
	d, l, r := f.Kinds()
	of := func(kinds ops.Kinds, kind int) (list []operand) {
		for _, o := range operands(kinds) {
			if o.kind == kind {
				list = append(list, o)
			}
		}
		return list
	}
	keys := map[int]bool{}
	for _, d := range of(row.D, d) {
		for _, l := range of(row.L, l) {
			for _, r := range of(row.R, r) {
				keys[key(f.Code(), d, l, r)] = true
			}
		}
	}
	return keys
}

func describe(f ops.Form) string {
	d, l, r := f.Kinds()
	text := f.Code().String()
	row := f.Code().Info()
	for _, o := range []struct {
		name  string
		kinds ops.Kinds
		kind  int
	}{{"d", row.D, d}, {"l", row.L, l}, {"r", row.R, r}} {
		if o.kinds != ops.None {
			text += ", " + o.name + " " + [...]string{"register", "slot", "immediate", "immediate of 64 bits"}[o.kind]
		}
	}
	return text
}
