package tiertest

import "github.com/copyjit/copyjit/ops"

// AllForms returns the forms that the table allows. A float32 is no immediate of
// 64 bits.
func AllForms() []ops.Form {
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
