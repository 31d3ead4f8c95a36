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
	jumps  []uint32 // items whose Target is an index in itemOf, for now
	calls  []uint32 // items whose Target is an index in entry, for now
	labels []uint32 // of all jump tables: items, but for now indices in itemOf
}

// plan selects the stencils of a whole program and lays them out.
func (s *selector) plan(set *stencils.Set, p *ops.Program) (linker.Plan, error) {
	if err := s.run(set, p); err != nil {
		return linker.Plan{}, err
	}
	return s.layout(set)
}

// planFunc does the same with one function, which calls others through links.
func (s *selector) planFunc(set *stencils.Set, p *ops.Program, id ops.FuncID) (linker.Plan, error) {
	if err := s.runFunc(set, p, id); err != nil {
		return linker.Plan{}, err
	}
	return s.layout(set)
}

func (s *selector) layout(set *stencils.Set) (linker.Plan, error) {
	plan, err := linker.Layout(set, s.items)
	if err == nil && len(s.labels) != 0 {
		err = plan.PlaceTables(s.labels)
	}
	return plan, err
}

// run selects the stencils of a whole program: for each function an entry, then
// for each operation its stencil, behind a poll if it is a back-edge.
func (s *selector) run(set *stencils.Set, p *ops.Program) error {
	funcs, n := p.NumFuncs(), p.Len()
	s.start(funcs, n)
	items, first := 0, 0
	for id := range ops.FuncID(funcs) {
		s.entry[id] = uint32(items)
		code := p.Ops(id)
		next, err := s.function(set, p, id, code, items, first)
		if err != nil {
			return err
		}
		items, first = next, first+len(code)
	}
	s.items = s.items[:items]
	s.resolve()
	for _, i := range s.calls {
		it := &s.items[i]
		it.Target = s.entry[it.Target]
	}
	return nil
}

// runFunc selects the stencils of one function, which calls others through links.
func (s *selector) runFunc(set *stencils.Set, p *ops.Program, id ops.FuncID) error {
	code := p.Ops(id)
	s.start(1, len(code))
	s.entry[0] = 0
	items, err := s.function(set, p, id, code, 0, 0)
	if err != nil {
		return err
	}
	s.items = s.items[:items]
	s.resolve()
	for _, i := range s.calls {
		s.items[i].Stencil = set.Linked // whose Target is the function
	}
	return nil
}

// start makes room for all that there can be, so that the loops need not look.
func (s *selector) start(funcs, n int) {
	s.items = room(s.items, funcs+2*n)
	s.itemOf, s.entry = room(s.itemOf, n), room(s.entry, funcs)
	s.jumps, s.calls = room(s.jumps, n)[:0], room(s.calls, n)[:0]
	s.labels = s.labels[:0]
}

// resolve makes items of the operations that jumps go to.
func (s *selector) resolve() {
	for _, i := range s.jumps {
		it := &s.items[i]
		it.Target = s.itemOf[it.Target]
	}
	for i, op := range s.labels {
		s.labels[i] = s.itemOf[op]
	}
}

// room returns a slice of that length, with the old memory if it suffices. What
// is in it means nothing.
func room[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n, max(64, n+n/4))
	}
	return s[:n]
}

// maxScratch is the number of items for which an engine keeps memory between
// compilations: a megabyte.
const maxScratch = 1 << 14

// shrink drops memory that only a large program needed.
func (s *selector) shrink() {
	if cap(s.items) > maxScratch {
		*s = selector{}
	}
}

// function selects the stencils of one function, whose items start at n and
// whose operations at first, and returns where the next function's items start.
func (s *selector) function(set *stencils.Set, p *ops.Program, id ops.FuncID, code []ops.Op, n, first int) (int, error) {
	f := p.Func(id)
	site := uint32(id) << siteShift
	items, itemOf, index := s.items, s.itemOf[first:][:len(code)], set.Index
	it := &items[n]
	it.Stencil, it.Target = set.Entry, 0
	it.Imm, it.Site, it.PC = uint64(8*f.FrameWords()), site, 0
	n++
	for pc := range code {
		op := &code[pc]
		itemOf[pc] = uint32(n)
		if op.Code().Flow() != ops.Next {
			n = s.control(set, f, op, pc, n, first, site)
		} else {
			items[n].Target = op.Target // of loads and the like
		}
		key := uint(op.Form)<<stencils.CoincidenceBits | coincidence(op)
		if key >= uint(len(index)) || index[key] == 0 {
			return 0, missing(f, pc, op, key)
		}
		it := &items[n]
		n++
		it.Stencil = index[key] - 1
		it.D, it.L, it.R = place(op.D), place(op.L), place(op.R)
		it.Site, it.PC = site, uint32(pc)
		if op.Form.Wide() || op.Code() == ops.Call {
			it.Imm = immediate(p, f, op)
		} else {
			it.Imm = uint64(int64(op.Imm))
		}
	}
	return n, nil
}

// control prepares the item n of an operation that goes elsewhere, behind a poll
// if it is a back-edge, and returns the item's index.
func (s *selector) control(set *stencils.Set, f *ops.Func, op *ops.Op, pc, n, first int, site uint32) int {
	switch op.Code().Flow() {
	case ops.Branch, ops.Goto:
		if int(op.Target) <= pc {
			it := &s.items[n]
			it.Stencil, it.Target = set.Poll, 0
			it.Site, it.PC = site, uint32(pc)
			n++
		}
		s.items[n].Target = uint32(first) + op.Target
		s.jumps = append(s.jumps, uint32(n))
	case ops.Invoke:
		s.items[n].Target = op.Target
		s.calls = append(s.calls, uint32(n))
	default:
		s.items[n].Target = 0
	}
	return n
}

// immediate returns the immediate of operations that have no simple one: 64
// bits, or the size of a call's own frame up to the outgoing area.
func immediate(p *ops.Program, f *ops.Func, op *ops.Op) uint64 {
	if op.Code() == ops.Call {
		return uint64(8 * (ops.HeaderWords + f.Slots))
	}
	return p.Imm(op)
}

func missing(f *ops.Func, pc int, op *ops.Op, key uint) error {
	return fmt.Errorf("jit: function %s, pc %d: no stencil for %s (key %#x)", f.Name, pc, op.Code(), key)
}

// coincidence returns which operands are the same place, as bits of a key. A
// Number has 16 bits, so that the sign of a difference minus one tells equality
// without a branch.
func coincidence(op *ops.Op) uint {
	d, l, r := uint32(op.D), uint32(op.L), uint32(op.R)
	return uint((d^l-1)>>31*stencils.SameDL | (d^r-1)>>31*stencils.SameDR | (l^r-1)>>31*stencils.SameLR)
}

// slotBias makes offsets of Numbers: the slot with Number n is n + slotBias words
// from the frame pointer.
const slotBias = ops.HeaderWords - ops.FirstSlot

// places is what items hold for the first Numbers: a register's number in the
// target's encoding, a slot's offset from the frame pointer in words.
var places = func() (v [64]uint16) {
	for n := ops.FirstSlot; n < len(v); n++ {
		v[n] = uint16(n + slotBias)
	}
	if nativeSet != nil {
		for i, r := range nativeSet.Regs {
			v[ops.FirstReg+i] = uint16(r)
		}
	}
	return v
}()

// place returns what an item holds for a Number.
func place(n ops.Number) uint16 {
	if n < ops.Number(len(places)) {
		return places[n]
	}
	return uint16(int(n) + slotBias)
}
