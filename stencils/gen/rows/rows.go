// Package rows tells the generator of the operation table. It is the only place
// where the two meet.
package rows

import (
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils/gen"
)

// All returns a row for each operation; the index is the ops.Code.
func All() []gen.Row {
	rows := make([]gen.Row, ops.NumCodes)
	for _, c := range ops.Codes() {
		info := c.Info()
		rows[c] = gen.Row{Name: info.Name, D: kinds(info.D), L: kinds(info.L), R: kinds(info.R), S: info.Extra == ops.RegExtra}
	}
	return rows
}

func kinds(s ops.Kinds) gen.Kinds {
	var out gen.Kinds
	for k, bit := range map[ops.Kind]gen.Kinds{
		ops.KindNone: gen.Absent,
		ops.KindReg:  gen.Reg,
		ops.KindFReg: gen.FReg,
		ops.KindSlot: gen.Slot,
		ops.KindImm:  gen.Imm,
	} {
		if s.Has(k) {
			out |= bit
		}
	}
	return out
}
