package jit

import (
	"slices"
	"sort"

	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
)

// A codeMap tells what lies where in the code of a program, or of one function.
//
// It is made when first asked for: selection and layout are deterministic, so doing
// them again costs less than keeping their result of all code.
type codeMap struct {
	offsets []uint32   // per item, in order
	sites   []codeSite // the operations that the items belong to
	itemOf  []uint32   // per operation: its first item
	first   []uint32   // per function: index in itemOf of its pc 0; nil if there is but one function
	counts  uint32     // 1 if behind each poll stands a count, otherwise 0
}

// A codeSite is an ops.Site in half of its size.
type codeSite struct{ fn, pc uint32 }

// layout returns the map of a program that was compiled as a whole.
func (c *Code) layout(p *ops.Program) *codeMap {
	if m := c.shared.layout.Load(); m != nil {
		return m
	}
	plan, itemOf := mapCode(p, c.engine.counts)
	m := newCodeMap(plan, itemOf, c.engine.counts)
	n := uint32(0)
	for id := range ops.FuncID(p.NumFuncs()) {
		m.first = append(m.first, n)
		n += uint32(p.Func(id).Len())
	}
	c.shared.layout.Store(m)
	return m
}

// codeMap returns the map of a function that was compiled apart.
func (u *unit) codeMap(p *ops.Program, counts bool) *codeMap {
	if m := u.layout.Load(); m != nil {
		return m
	}
	plan, itemOf := mapFunc(p, u.id, counts)
	m := newCodeMap(plan, itemOf, counts)
	u.layout.Store(m)
	return m
}

func newCodeMap(plan *linker.Plan, itemOf []uint32, counts bool) *codeMap {
	n := len(plan.Items)
	m := &codeMap{offsets: make([]uint32, n), sites: make([]codeSite, n), itemOf: slices.Clone(itemOf)}
	m.counts = uint32(bit(counts))
	for i := range plan.Items {
		s := siteOf(&plan.Items[i])
		m.offsets[i], m.sites[i] = uint32(plan.Offset(i)), codeSite{uint32(s.Func), uint32(s.PC)}
	}
	return m
}

// mapCode selects and lays out a program again that has been compiled.
func mapCode(p *ops.Program, counts bool) (plan *linker.Plan, itemOf []uint32) {
	sel := selector{counts: counts}
	again(sel.run(nativeSet, p))
	return &sel.plan, sel.itemOf
}

// mapFunc does the same with a function that has been compiled apart.
func mapFunc(p *ops.Program, id ops.FuncID, counts bool) (plan *linker.Plan, itemOf []uint32) {
	sel := selector{counts: counts}
	again(sel.runFunc(nativeSet, p, id))
	return &sel.plan, sel.itemOf
}

func again(err error) {
	if err != nil {
		panic("jit: what was compiled cannot be laid out again: " + err.Error())
	}
}

// item returns the first item of an operation.
func (m *codeMap) item(s ops.Site) uint32 {
	i := s.PC
	if m.first != nil {
		i += int(m.first[s.Func])
	}
	return m.itemOf[i]
}

// entry returns the offset of a function's entry.
func (m *codeMap) entry(fn ops.FuncID) uintptr {
	return uintptr(m.offsets[m.item(ops.Site{Func: fn})-m.counts-1])
}

// behindEntry returns the offset of what stands behind a function's entry: the count
// of its safepoint, if it is counted, and pc 0 with its poll, if it has one.
func (m *codeMap) behindEntry(fn ops.FuncID) uintptr {
	return uintptr(m.offsets[m.item(ops.Site{Func: fn})-m.counts])
}

// behindPoll returns the offset of what stands behind a back-edge's poll: its
// count, if it is counted, and the operation.
func (m *codeMap) behindPoll(s ops.Site) uintptr { return uintptr(m.offsets[m.item(s)+1]) }

// site returns the operation to which the hot code at an offset belongs.
func (m *codeMap) site(offset uintptr) ops.Site {
	i := sort.Search(len(m.offsets), func(i int) bool { return uintptr(m.offsets[i]) > offset }) - 1
	return ops.Site{Func: ops.FuncID(m.sites[i].fn), PC: int(m.sites[i].pc)}
}

// siteOf returns the operation to which an item belongs.
func siteOf(it *linker.Item) ops.Site {
	return ops.Site{Func: ops.FuncID(it.Site >> siteShift), PC: int(it.PC)}
}
