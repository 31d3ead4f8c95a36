package generated_test

import (
	"fmt"
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/ops/meaning"
	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen"
)

// TestCoverage checks for every target that each operation, and each form of its
// operands, has a template for all ways in which they coincide, cases that the
// interpreter gets right, a meaning and a program in testdata.
func TestCoverage(t *testing.T) {
	forms, keys := tiertest.OperandForms(), keysOf()
	interpreted, corpus := tiertest.Interpreted(t), tiertest.InCorpus(t)
	for _, name := range gen.Targets() {
		index := targets[name].set.Index
		columns := []struct {
			name string
			has  func(ops.Form) bool
		}{
			{"template", func(f ops.Form) bool {
				for k := range keys[f] {
					if index[k] == 0 {
						return false
					}
				}
				return len(keys[f]) > 0
			}},
			{"case that the interpreter gets right", func(f ops.Form) bool { return interpreted[f] > 0 }},
			{"meaning", func(f ops.Form) bool { return meaning.Known(f.Code()) }},
			{"program in testdata", func(f ops.Form) bool { return corpus[f.Code()] > 0 }},
		}
		line := fmt.Sprintf("%s: %d operations, %d operand forms", name, len(ops.Codes()), len(forms))
		for _, c := range columns {
			n := 0
			for _, f := range forms {
				if c.has(f) {
					n++
				} else {
					d, l, r := f.Kinds()
					t.Errorf("%s: %s with operands of kinds %d, %d, %d has no %s", name, f.Code(), d, l, r, c.name)
				}
			}
			line += fmt.Sprintf("; %d with a %s", n, c.name)
		}
		t.Log(line)
	}
}

// keysOf returns the keys that the operands of each form can give.
func keysOf() map[ops.Form]map[int]bool {
	keys := map[ops.Form]map[int]bool{}
	for _, code := range ops.Codes() {
		info := code.Info()
		for _, d := range operands(info.D) {
			for _, l := range operands(info.L) {
				for _, r := range operands(info.R) {
					k := key(code, d, l, r)
					f := ops.Form(k >> stencils.CoincidenceBits)
					if keys[f] == nil {
						keys[f] = map[int]bool{}
					}
					keys[f][k] = true
				}
			}
		}
	}
	return keys
}
