package jit

import (
	"fmt"
	"unsafe"

	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// A selector turns operations into items for the linker, and places them. Its
// memory is reused.
type selector struct {
	plan   linker.Plan
	items  []linker.Item
	itemOf []uint32 // per operation of the program: the first item of it
	entry  []uint32 // per function: its entry's item
	noted  []uint32 // items of the function that need more than their operation says at once
	calls  []uint32 // items whose Target is an index in entry, for now
	labels []uint32 // of all jump tables: items

	numbers []uint16 // those of large frames
	usual   usual
	counts  bool // behind each poll stands a count: see fuel
}

// run selects the stencils of a whole program and lays them out: for each function
// an entry, then for each operation its stencil, behind a poll if it is a
// back-edge.
func (s *selector) run(set *stencils.Set, p *ops.Program) error {
	funcs, n := p.NumFuncs(), p.Len()
	s.start(set, funcs, n)
	first := 0
	for id := range ops.FuncID(funcs) {
		f := function{p: p, id: id, Func: p.Func(id), code: p.Ops(id), itemOf: s.itemOf[first:], entry: s.entry[id:]}
		if err := s.function(set, &f); err != nil {
			return err
		}
		first += len(f.code)
	}
	s.items = s.items[:s.usual.n]
	for _, i := range s.calls {
		it := &s.items[i]
		it.Target = s.entry[it.Target]
	}
	if err := s.plan.Placed(set, s.items, &s.usual.places); err != nil {
		return err
	}
	return s.plan.PlaceTables(s.labels)
}

// runFunc selects the stencils of one function, which calls others through links,
// and lays them out.
func (s *selector) runFunc(set *stencils.Set, p *ops.Program, id ops.FuncID) error {
	f := function{p: p, id: id, Func: p.Func(id), code: p.Ops(id)}
	s.start(set, 1, len(f.code))
	f.itemOf, f.entry = s.itemOf, s.entry
	if err := s.function(set, &f); err != nil {
		return err
	}
	s.items = s.items[:s.usual.n]
	for _, i := range s.calls {
		s.items[i].Stencil = set.Linked // whose Target is the function
	}
	if err := s.plan.Layout(set, s.items); err != nil {
		return err
	}
	return s.plan.PlaceTables(s.labels)
}

// start makes room for all that there can be, so that the loops need not look.
func (s *selector) start(set *stencils.Set, funcs, n int) {
	most := funcs + 2*n
	if s.counts {
		most += funcs + n
	}
	s.items = room(s.items, most)
	s.itemOf, s.entry = room(s.itemOf, n), room(s.entry, funcs)
	s.noted, s.calls, s.labels = room(s.noted, n+1), room(s.calls, n)[:0], s.labels[:0]
	s.usual.start(set, s)
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
// compilations: half a megabyte.
const maxScratch = 1 << 14

// shrink drops memory that only a large program needed, and lets go of the program.
func (s *selector) shrink() {
	s.usual.code = nil
	if cap(s.items) > maxScratch {
		*s = selector{counts: s.counts}
	}
}

// A function is one whose operations are selected.
type function struct {
	*ops.Func
	p      *ops.Program
	id     ops.FuncID
	code   []ops.Op
	itemOf []uint32 // per operation: its first item
	entry  []uint32 // its own entry's item, and those of others
}

// site returns what items of the function have as Site.
func (f *function) site() uint32 { return uint32(f.id) << siteShift }

// function selects the stencils of a function.
func (s *selector) function(set *stencils.Set, f *function) error {
	u := &s.usual
	u.places.Align()
	f.entry[0] = uint32(u.n)
	it := u.append(s, set.Entry, f.site(), 0)
	it.Imm = uint64(8 * f.FrameWords())
	if s.counts {
		s.count(f, 0)
	}
	if len(f.code) == 0 {
		return nil // not in a verified program
	}
	u.begin(s, f)
	for pc := u.run(0); pc < u.numOps; pc = u.run(pc + 1) {
		op := &f.code[pc]
		key := rareKeyOf(op)
		if key >= uint(len(set.Index)) || set.Index[key] == 0 {
			return missing(f.Func, int(pc), op, key)
		}
		f.itemOf[pc] = uint32(u.n)
		if f.p.BackEdge(op, int(pc)) {
			u.append(s, set.Poll, f.site(), uint32(pc))
			if s.counts {
				s.count(f, uint32(pc))
			}
		}
		s.noted[u.more] = uint32(u.n)
		u.more += uint(rows[op.Form>>ops.FormBits].more)
		it := u.append(s, set.Index[key]-1, f.site(), uint32(pc))
		it.Imm, it.Target = f.p.Imm(op), op.Target
		it.D, it.L, it.R = u.number(op.D), u.number(op.L), u.number(op.R)
	}
	s.complete(f, s.noted[:u.more])
	return nil
}

// count appends what counts a safepoint.
func (s *selector) count(f *function, pc uint32) {
	s.usual.append(s, countStencil(), f.site(), pc).Target = uint32(f.p.Counters())
}

// A usual is what selecting the usual operations needs. It is in memory because
// there are not enough registers for it: instructions take it from there, whereas
// local variables are kept in registers around the loop and spilled within.
type usual struct {
	index    unsafe.Pointer // set.Index
	list     unsafe.Pointer // set.Stencils
	items    unsafe.Pointer
	noted    unsafe.Pointer // selector.noted
	numKeys  uint
	stencils uint

	// Of the function:
	code    unsafe.Pointer // its operations
	itemOf  unsafe.Pointer // of its first operation
	numbers unsafe.Pointer // what items hold for each Number
	numOps  uint
	site    uint32

	n, more uint // how many items and notes there are
	places  linker.Places
	set     *stencils.Set
}

// start begins a program.
func (u *usual) start(set *stencils.Set, s *selector) {
	if u.set != set {
		u.set = set
		u.index, u.numKeys = unsafe.Pointer(unsafe.SliceData(set.Index)), uint(len(set.Index))
		u.list, u.stencils = unsafe.Pointer(unsafe.SliceData(set.Stencils)), uint(len(set.Stencils))
	}
	u.items, u.noted = unsafe.Pointer(unsafe.SliceData(s.items)), unsafe.Pointer(unsafe.SliceData(s.noted))
	u.places = linker.Places{Colds: s.plan.Room(len(s.items))}
	u.n = 0
}

// begin begins a function.
func (u *usual) begin(s *selector, f *function) {
	u.code, u.numOps = unsafe.Pointer(&f.code[0]), uint(len(f.code))
	u.itemOf, u.numbers = unsafe.Pointer(&f.itemOf[0]), unsafe.Pointer(&s.numbersOf(f)[0])
	u.site, u.more = f.site(), 0
}

// append appends an item of a stencil that exists.
func (u *usual) append(s *selector, stencil uint16, site, pc uint32) *linker.Item {
	it := &s.items[u.n]
	it.Imm, it.Target, it.PC, it.Site = 0, 0, pc, site
	it.D, it.L, it.R, it.Stencil = 0, 0, 0, stencil
	u.places.Place(it, int(u.n), &u.set.Stencils[stencil])
	u.n++
	return it
}

// run selects stencils from pc on up to an operation that is out of the ordinary: a
// back-edge, a switch, one with an immediate of 64 bits or with floats of both
// widths, one without a stencil. It returns the pc of that.
//
// As in the linker, what this costs are branches that cannot be predicted. So what
// many operations need is done for all of them, or they are noted, which takes no
// branch, and completed later.
//
// The program is verified: no Number is behind the frame.
func (u *usual) run(pc uint) uint {
	if pc >= u.numOps {
		return pc
	}
	n, more := u.n, u.more
	op := (*ops.Op)(unsafe.Add(u.code, pc*uint(unsafe.Sizeof(ops.Op{}))))
	it := (*linker.Item)(unsafe.Add(u.items, n*uint(unsafe.Sizeof(linker.Item{}))))
	for {
		row := &rows[op.Form>>ops.FormBits]
		if uint32(pc) >= op.Target&row.label|row.noLabel || wideForms>>(op.Form%(1<<ops.FormBits))&1 != 0 {
			break
		}
		key := keyOf(op)
		if key >= u.numKeys {
			break
		}
		stencil := *(*uint16)(unsafe.Add(u.index, 2*key)) - 1
		if uint(stencil) >= u.stencils {
			break
		}
		it.Imm, it.Target, it.PC, it.Site = uint64(int64(op.Imm)), op.Target, uint32(pc), u.site
		it.D, it.L, it.R, it.Stencil = u.number(op.D), u.number(op.L), u.number(op.R), stencil
		u.places.Place(it, int(n), (*stencils.Stencil)(unsafe.Add(u.list, uintptr(stencil)*unsafe.Sizeof(stencils.Stencil{}))))
		*(*uint32)(unsafe.Add(u.itemOf, 4*pc)) = uint32(n)
		*(*uint32)(unsafe.Add(u.noted, 4*more)) = uint32(n)
		more += uint(row.more)
		n++
		if pc++; pc == u.numOps {
			break // before pointers leave what they point into
		}
		op = (*ops.Op)(unsafe.Add(unsafe.Pointer(op), unsafe.Sizeof(ops.Op{})))
		it = (*linker.Item)(unsafe.Add(unsafe.Pointer(it), unsafe.Sizeof(linker.Item{})))
	}
	u.n, u.more = n, more
	return pc
}

func (u *usual) number(n ops.Number) uint16 { return *(*uint16)(unsafe.Add(u.numbers, 2*uint(n))) }

// rows says of each operation what usual must know.
var rows = func() (rows [1 << (16 - ops.FormBits)]struct {
	label   uint32 // all ones if Target is a label, otherwise 0
	noLabel uint32 // 0 if it is, or if the operation is out of the ordinary, otherwise all ones
	more    uint32 // 1 if complete has something to do
	_       uint32
}) {
	for i := range rows {
		code := ops.Code(i)
		rows[i].noLabel = ^uint32(0)
		if mixesWidths(code) {
			rows[i].noLabel = 0
		}
		switch code.Info().Extra {
		case ops.LabelExtra:
			rows[i].label, rows[i].noLabel, rows[i].more = ^uint32(0), 0, 1
		case ops.TableExtra:
			rows[i].noLabel, rows[i].more = 0, 1
		case ops.FuncExtra, ops.RegExtra:
			rows[i].more = 1
		}
	}
	return rows
}()

// mixesWidths reports whether an operation has float registers of both widths: one
// register is then the same place under two Numbers.
func mixesWidths(code ops.Code) bool { return code == ops.FPromote || code == ops.FDemote }

// rareKeyOf returns the key of an operation that may be out of the ordinary.
func rareKeyOf(op *ops.Op) uint {
	key := keyOf(op)
	if mixesWidths(op.Code()) && op.Form&(1<<ops.FormBits-1) == 0 && (op.D-op.L)%ops.NumFRegs == 0 {
		key |= stencils.SameDL
	}
	return key
}

// wideForms has a one for each combination of kinds of operands in which there is
// an immediate of 64 bits.
var wideForms = func() (set uint32) {
	for form := range ops.Form(1 << ops.FormBits) {
		if form.Wide() {
			set |= 1 << form
		}
	}
	return set
}()

// complete gives items what usual leaves out.
func (s *selector) complete(f *function, noted []uint32) {
	for _, i := range noted {
		it := &s.items[i]
		op := &f.code[it.PC]
		if rows[op.Form>>ops.FormBits].label != 0 {
			it.Target = f.itemOf[it.Target]
			continue
		}
		if op.Code().Info().Extra == ops.RegExtra {
			it.Target = uint32(numbers[op.Target])
			continue
		}
		switch op.Code() {
		case ops.Call:
			s.calls = append(s.calls, i)
		case ops.Switch:
			jumps := f.p.Jumps(op)
			it.Target, it.Imm = uint32(len(s.labels)), uint64(len(jumps)-1)
			for _, pc := range jumps {
				s.labels = append(s.labels, f.itemOf[pc])
			}
		}
	}
}

// keyOf returns the key of an operation's stencil.
func keyOf(op *ops.Op) uint { return uint(op.Form)<<stencils.CoincidenceBits | coincidence(op) }

func missing(f *ops.Func, pc int, op *ops.Op, key uint) error {
	return fmt.Errorf("jit: function %s, pc %d: no stencil for %s (key %#x)", f.Name, pc, op.Code(), key)
}

// coincidence returns which operands are the same place, as bits of a key.
func coincidence(op *ops.Op) uint {
	return stencils.SameDL*bit(op.D == op.L) + stencils.SameDR*bit(op.D == op.R) + stencils.SameLR*bit(op.L == op.R)
}

// bit makes a number of a truth: an instruction, not a branch.
func bit(b bool) uint {
	if b {
		return 1
	}
	return 0
}

// slotBias makes offsets of Numbers: the slot with Number n is n + slotBias words
// from the frame pointer.
const slotBias = ops.HeaderWords - ops.FirstSlot

// numbers are what items hold for the first Numbers: a register's number in the
// target's encoding, a slot's offset from the frame pointer in words.
var numbers = makeNumbers(256)

func makeNumbers(n int) []uint16 {
	v := make([]uint16, n)
	for i := ops.FirstSlot; i < n; i++ {
		v[i] = uint16(i + slotBias)
	}
	if nativeSet != nil {
		for i, r := range nativeSet.Regs {
			v[ops.FirstReg+i] = uint16(r)
		}
	}
	return v
}

// numbersOf returns the same, of at least all Numbers of a function.
func (s *selector) numbersOf(f *function) []uint16 {
	n := ops.FirstSlot + int(f.Slots+f.Out)
	if n <= len(numbers) {
		return numbers
	}
	if n > len(s.numbers) {
		s.numbers = makeNumbers(n + n/4)
	}
	return s.numbers
}
