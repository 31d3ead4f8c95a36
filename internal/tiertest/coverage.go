package tiertest

import (
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// OperandForms returns the forms that the table of operations allows. A float32 is no
// immediate of 64 bits.
func OperandForms() []ops.Form {
	var list []ops.Form
	kinds := func(k ops.Kinds, single bool) (forms []int) {
		if k == ops.None || k.Has(ops.KindReg) || k.Has(ops.KindFReg) {
			forms = append(forms, ops.FormReg)
		}
		if k.Has(ops.KindSlot) {
			forms = append(forms, ops.FormSlot)
		}
		if k.Has(ops.KindImm) {
			if forms = append(forms, ops.FormImm32); !single {
				forms = append(forms, ops.FormImm64)
			}
		}
		return forms
	}
	for _, c := range ops.Codes() {
		row := c.Info()
		for _, d := range kinds(row.D, false) {
			for _, l := range kinds(row.L, row.Single&ops.OperandL != 0) {
				for _, r := range kinds(row.R, row.Single&ops.OperandR != 0) {
					list = append(list, ops.Form(int(c)<<ops.FormBits|d<<4|l<<2|r))
				}
			}
		}
	}
	return list
}

// Interpreted returns for each form in how many cases of Forms the interpreter
// executes it and does what the case wants.
func Interpreted(t testing.TB) map[ops.Form]int {
	right := map[ops.Form]int{}
	for _, p := range Forms(t) {
		for i := range p.Cases {
			c := &p.Cases[i]
			if c.Diff(p.Program, c.Interpret(p.Program)) != "" {
				continue
			}
			for _, op := range p.Ops(c.ID) {
				right[op.Form]++
			}
		}
	}
	return right
}

// InCorpus returns in how many functions of the corpus each operation is.
func InCorpus(t testing.TB) map[ops.Code]int {
	functions := map[ops.Code]int{}
	for _, p := range Corpus(t) {
		for id := range p.NumFuncs() {
			here := map[ops.Code]bool{}
			for _, op := range p.Ops(ops.FuncID(id)) {
				here[op.Form.Code()] = true
			}
			for code := range here {
				functions[code]++
			}
		}
	}
	return functions
}
