package jit

import (
	"sync"
	"unsafe"

	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
)

// nativeBook is what one pass over a program needs, nil on targets where it takes
// two: a selector then makes a plan. In apartBook calls go through links.
var (
	nativeBook = sync.OnceValue(func() *linker.Book { return newBook(ops.Call) })
	apartBook  = sync.OnceValue(func() *linker.Book { return newBook(0) })
)

// newBook returns a Book, given the operation that goes to a function.
func newBook(call ops.Code) *linker.Book {
	if nativeSet == nil {
		return nil
	}
	return linker.NewBook(nativeSet, uint16(call)<<ops.FormBits)
}

// An ops.Op is a linker.Source.
const (
	_ = -(unsafe.Sizeof(ops.Op{}) ^ unsafe.Sizeof(linker.Source{}))
	_ = -(unsafe.Offsetof(ops.Op{}.Form) ^ unsafe.Offsetof(linker.Source{}.Key))
	_ = -(unsafe.Offsetof(ops.Op{}.D) ^ unsafe.Offsetof(linker.Source{}.D))
	_ = -(unsafe.Offsetof(ops.Op{}.L) ^ unsafe.Offsetof(linker.Source{}.L))
	_ = -(unsafe.Offsetof(ops.Op{}.R) ^ unsafe.Offsetof(linker.Source{}.R))
	_ = -(unsafe.Offsetof(ops.Op{}.Imm) ^ unsafe.Offsetof(linker.Source{}.Imm))
	_ = -(unsafe.Offsetof(ops.Op{}.Target) ^ unsafe.Offsetof(linker.Source{}.Target))
)

// onePass makes the code of a whole program. It is in the pass's memory.
func onePass(pass *linker.Pass, book *linker.Book, p *ops.Program) ([]byte, error) {
	pass.Start(book, p.NumFuncs(), p.Len())
	for id := range ops.FuncID(p.NumFuncs()) {
		if err := passFunc(pass, p, id, false); err != nil {
			return nil, err
		}
	}
	return pass.Finish()
}

// onePassFunc does the same with one function, which calls others through links.
func onePassFunc(pass *linker.Pass, book *linker.Book, p *ops.Program, id ops.FuncID) ([]byte, error) {
	pass.Start(book, 1, p.Func(id).Len())
	if err := passFunc(pass, p, id, true); err != nil {
		return nil, err
	}
	return pass.Finish()
}

// passFunc takes a function. Calls are linked to functions, or go through links.
func passFunc(pass *linker.Pass, p *ops.Program, id ops.FuncID, linked bool) error {
	f, code := p.Func(id), p.Ops(id)
	sources := unsafe.Slice((*linker.Source)(unsafe.Pointer(unsafe.SliceData(code))), len(code))
	pass.Begin(sources, uint32(8*f.FrameWords()), uint32(id)<<siteShift)
	for pc := pass.Run(); pc < len(code); pc = pass.Run() {
		op := &code[pc]
		key := rareKeyOf(op)
		if key >= uint(len(nativeSet.Index)) || nativeSet.Index[key] == 0 {
			return missing(f, pc, op, key)
		}
		it := linker.Item{
			Imm: p.Imm(op), Target: op.Target, PC: uint32(pc), Site: uint32(id) << siteShift,
			D: numberOf(op.D), L: numberOf(op.L), R: numberOf(op.R), Stencil: nativeSet.Index[key] - 1,
		}
		run := !op.Form.Wide() && !mixesWidths(op.Code())
		switch op.Code().Info().Extra {
		case ops.RegExtra:
			it.Target = uint32(numbers[op.Target])
		case ops.FuncExtra:
			if linked {
				it.Stencil = nativeSet.Linked
			}
		case ops.TableExtra:
			jumps := p.Jumps(op)
			it.Target, it.Imm, run = pass.Table(jumps), uint64(len(jumps)-1), false
		}
		pass.Op(key, &it, p.BackEdge(op, pc), run)
	}
	pass.End()
	return nil
}

// numberOf returns what an item holds for a Number.
func numberOf(n ops.Number) uint16 {
	if n < ops.FirstSlot {
		return numbers[n]
	}
	return uint16(int(n) + slotBias)
}
