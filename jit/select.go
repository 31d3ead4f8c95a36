package jit

import (
	"fmt"

	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// A selector turns operations into items for the linker. Its memory is reused.
type selector struct {
	items  []linker.Item
	itemOf []uint32 // per operation of the program: the first item of it
	entry  []uint32 // per function: its entry's item
	jumps  []fixup  // items whose target is not known yet
}

// A fixup is an item that goes to an operation, or a function, whose item is
// known only later.
type fixup struct {
	item uint32
	to   uint32 // index in itemOf, or in entry
	call bool
}

// Places of a slot: the offset of the slot with Number n from the frame pointer
// is 8n + slotBias.
const slotBias = 8*ops.HeaderWords - 8*ops.FirstSlot

// run selects the stencils of a whole program: for each function an entry, then
// for each operation its stencil, behind a poll if it is a back-edge.
func (s *selector) run(set *stencils.Set, p *ops.Program) error {
	s.items, s.itemOf, s.entry, s.jumps = s.items[:0], s.itemOf[:0], s.entry[:0], s.jumps[:0]
	for id := range ops.FuncID(p.NumFuncs()) {
		if err := s.function(set, p, id); err != nil {
			return err
		}
	}
	for _, f := range s.jumps {
		if f.call {
			s.items[f.item].Target = s.entry[f.to]
		} else {
			s.items[f.item].Target = s.itemOf[f.to]
		}
	}
	return nil
}

func (s *selector) function(set *stencils.Set, p *ops.Program, id ops.FuncID) error {
	f := p.Func(id)
	code := p.Ops(id)
	first := uint32(len(s.itemOf))
	s.entry = append(s.entry, uint32(len(s.items)))
	site := uint32(id) << siteShift
	it := s.add()
	it.Stencil, it.Imm, it.Site, it.PC = uint32(set.Entry), uint64(8*f.FrameWords()), site, 0
	for pc := range code {
		op := &code[pc]
		s.itemOf = append(s.itemOf, uint32(len(s.items)))
		key := uint32(op.Form)<<stencils.CoincidenceBits | coincidence(op)
		if int(key) >= len(set.Index) || set.Index[key] == 0 {
			return fmt.Errorf("jit: function %s, pc %d: no stencil for %s (key %#x)", f.Name, pc, op.Code(), key)
		}
		switch op.Code().Flow() {
		case ops.Branch, ops.Goto:
			if int(op.Target) <= pc {
				it := s.add()
				it.Stencil, it.Site, it.PC = uint32(set.Poll), site, uint32(pc)
			}
			s.jumps = append(s.jumps, fixup{item: uint32(len(s.items)), to: first + op.Target})
		case ops.Invoke:
			s.jumps = append(s.jumps, fixup{item: uint32(len(s.items)), to: op.Target, call: true})
		}
		it := s.add()
		it.Stencil = uint32(set.Index[key] - 1)
		it.D, it.L, it.R = place(op.D), place(op.L), place(op.R)
		it.Imm = p.Imm(op)
		it.Site, it.PC = site, uint32(pc)
		if op.Code() == ops.Call {
			it.Imm = uint64(8 * (ops.HeaderWords + f.Slots))
		}
	}
	return nil
}

// add appends an item, whose fields the caller sets: they may hold an old one's.
func (s *selector) add() *linker.Item {
	n := len(s.items)
	if n == cap(s.items) {
		s.items = append(make([]linker.Item, 0, max(64, 2*n)), s.items...)
	}
	s.items = s.items[:n+1]
	return &s.items[n]
}

// coincidence returns which operands are the same place, as bits of a key. A
// Number is at most 16 bits, so that the sign of a difference minus one tells
// equality without a branch.
func coincidence(op *ops.Op) uint32 {
	d, l, r := uint32(op.D), uint32(op.L), uint32(op.R)
	return (d^l-1)>>31*stencils.SameDL | (d^r-1)>>31*stencils.SameDR | (l^r-1)>>31*stencils.SameLR
}

// regNumbers are the numbers of the registers in the target's encoding, by
// Number.
var regNumbers = func() (n [ops.FirstSlot]uint8) {
	if nativeSet != nil {
		copy(n[ops.FirstReg:], nativeSet.Regs)
	}
	return n
}()

// place returns what an item holds for a Number: a register's number in the
// target's encoding, a slot's offset from the frame pointer.
func place(n ops.Number) uint32 {
	if n < ops.FirstSlot {
		return uint32(regNumbers[n])
	}
	return uint32(8*int32(n) + slotBias)
}
