package jit

import (
	"fmt"
	"slices"

	"github.com/copyjit/copyjit/ops"
)

// initTable fills the table of functions as the program says.
func (in *Instance) initTable() {
	in.table = make([]tableEntry, len(in.program.Table()))
	for i, fn := range in.program.Table() {
		in.table[i] = in.entry(fn)
	}
	in.ctx.table, in.ctx.tableSize = address(in.table), uint64(len(in.table))
	in.interp.Table = slices.Clone(in.program.Table())
}

// entry returns the table's entry for a function, or for none.
func (in *Instance) entry(fn ops.FuncID) tableEntry {
	if fn == ops.NoFunc {
		return tableEntry{signature: noSignature}
	}
	return tableEntry{in.codeOf(fn), uint32(in.program.Func(fn).Sig), uint32(fn)}
}

// TableSize returns how many entries the instance's table of functions has.
func (in *Instance) TableSize() int { return len(in.table) }

// TableFunc returns the function at an index of the table, and whether there is one.
func (in *Instance) TableFunc(i int) (fn ops.FuncID, ok bool) {
	if uint(i) >= uint(len(in.table)) || in.table[i].signature == noSignature {
		return 0, false
	}
	return ops.FuncID(in.table[i].function), true
}

// SetTableFunc puts a function at an index of the table. It may be called while no
// call is in progress, and by host functions.
func (in *Instance) SetTableFunc(i int, fn ops.FuncID) error {
	if int(fn) >= in.program.NumFuncs() {
		return fmt.Errorf("jit: function %d for the table: the program has %d", fn, in.program.NumFuncs())
	}
	return in.setTable(i, fn)
}

// ClearTableFunc takes away the function at an index of the table, as SetTableFunc
// puts one there.
func (in *Instance) ClearTableFunc(i int) error {
	return in.setTable(i, ops.NoFunc)
}

func (in *Instance) setTable(i int, fn ops.FuncID) error {
	if uint(i) >= uint(len(in.table)) {
		return fmt.Errorf("jit: index %d of the table: it has %d entries", i, len(in.table))
	}
	in.table[i], in.interp.Table[i] = in.entry(fn), fn
	return nil
}

// codeOf returns where a function starts, or its stub; 0 if it is interpreted.
func (in *Instance) codeOf(fn ops.FuncID) uintptr {
	if !in.native() {
		return 0
	}
	return in.entryOf(fn)
}

// relinkTable leads indirect calls of a function, which has now been compiled, past
// its stub.
func (in *Instance) relinkTable(fn ops.FuncID, addr uintptr) {
	for i := range in.table {
		if e := &in.table[i]; e.function == uint32(fn) && e.signature != noSignature {
			e.code = addr
		}
	}
}
