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
	places linker.Places
	items  []linker.Item
	itemOf []uint32 // per operation of the program: the first item of it
	entry  []uint32 // per function: its entry's item
	more   []uint32 // items of the function that need more than their operation says at once
	calls  []uint32 // items whose Target is an index in entry, for now
	labels []uint32 // of all jump tables: items

	numbers []uint16 // those of large frames
}

// run selects the stencils of a whole program and lays them out: for each function
// an entry, then for each operation its stencil, behind a poll if it is a
// back-edge.
func (s *selector) run(set *stencils.Set, p *ops.Program) error {
	funcs, n := p.NumFuncs(), p.Len()
	s.start(funcs, n)
	items, first := 0, 0
	for id := range ops.FuncID(funcs) {
		s.entry[id] = uint32(items)
		f := function{p: p, id: id, Func: p.Func(id), code: p.Ops(id), first: first}
		var err error
		if items, err = s.function(set, &f, items); err != nil {
			return err
		}
		first += len(f.code)
	}
	s.items = s.items[:items]
	for _, i := range s.calls {
		it := &s.items[i]
		it.Target = s.entry[it.Target]
	}
	if err := s.plan.Placed(set, s.items, &s.places); err != nil {
		return err
	}
	return s.plan.PlaceTables(s.labels)
}

// runFunc selects the stencils of one function, which calls others through links,
// and lays them out.
func (s *selector) runFunc(set *stencils.Set, p *ops.Program, id ops.FuncID) error {
	f := function{p: p, id: id, Func: p.Func(id), code: p.Ops(id)}
	s.start(1, len(f.code))
	items, err := s.function(set, &f, 0)
	if err != nil {
		return err
	}
	s.items, s.entry[0] = s.items[:items], 0
	for _, i := range s.calls {
		s.items[i].Stencil = set.Linked // whose Target is the function
	}
	if err := s.plan.Layout(set, s.items); err != nil {
		return err
	}
	return s.plan.PlaceTables(s.labels)
}

// start makes room for all that there can be, so that the loops need not look.
func (s *selector) start(funcs, n int) {
	s.items = room(s.items, funcs+2*n)
	s.itemOf, s.entry = room(s.itemOf, n), room(s.entry, funcs)
	s.more, s.calls, s.labels = room(s.more, n+1), room(s.calls, n)[:0], s.labels[:0]
	s.places = linker.Places{Colds: s.plan.Room(len(s.items))}
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

// shrink drops memory that only a large program needed.
func (s *selector) shrink() {
	if cap(s.items) > maxScratch {
		*s = selector{}
	}
}

// A function is one whose operations are selected.
type function struct {
	*ops.Func
	p     *ops.Program
	id    ops.FuncID
	code  []ops.Op
	first int // index of its first operation in the program
}

// site returns what items of the function have as Site.
func (f *function) site() uint32 { return uint32(f.id) << siteShift }

// function selects the stencils of a function, whose items start at n, and returns
// where the next function's items start.
func (s *selector) function(set *stencils.Set, f *function, n int) (int, error) {
	s.places.Align()
	s.items[n] = linker.Item{Stencil: set.Entry, Imm: uint64(8 * f.FrameWords()), Site: f.site()}
	s.places.Place(&s.items[n], n, &set.Stencils[set.Entry])
	if len(f.code) == 0 {
		return n + 1, nil // not in a verified program
	}
	u := usual{
		index: unsafe.Pointer(unsafe.SliceData(set.Index)), numKeys: uint(len(set.Index)),
		list: unsafe.Pointer(unsafe.SliceData(set.Stencils)), stencils: uint(len(set.Stencils)),
		code: unsafe.Pointer(&f.code[0]), numOps: uint(len(f.code)),
		items: unsafe.Pointer(&s.items[0]), itemOf: unsafe.Pointer(&s.itemOf[f.first]), noted: unsafe.Pointer(&s.more[0]),
		site: f.site(), numbers: unsafe.Pointer(&s.numbersOf(f)[0]), n: uint(n + 1), places: s.places,
	}
	for pc := u.run(0); pc < u.numOps; pc = u.run(pc + 1) {
		op := &f.code[pc]
		key := keyOf(op)
		if key >= uint(len(set.Index)) || set.Index[key] == 0 {
			return 0, missing(f.Func, int(pc), op, key)
		}
		s.itemOf[f.first+int(pc)] = uint32(u.n)
		if f.p.BackEdge(op, int(pc)) {
			s.items[u.n] = linker.Item{Stencil: set.Poll, Site: f.site(), PC: uint32(pc)}
			u.places.Place(&s.items[u.n], int(u.n), &set.Stencils[set.Poll])
			u.n++
		}
		it := &s.items[u.n]
		it.Imm, it.Target, it.PC, it.Site = f.p.Imm(op), op.Target, uint32(pc), f.site()
		it.D, it.L, it.R, it.Stencil = u.number(op.D), u.number(op.L), u.number(op.R), set.Index[key]-1
		u.places.Place(it, int(u.n), &set.Stencils[it.Stencil])
		s.more[u.more] = uint32(u.n)
		u.more += uint(rows[op.Form>>ops.FormBits].more)
		u.n++
	}
	s.complete(f, s.more[:u.more])
	s.places = u.places
	return int(u.n), nil
}

// A usual is what selecting the usual operations of a function needs. It is in
// memory because there are not enough registers for it: instructions take it from
// there, whereas local variables are kept in registers around the loop and spilled
// within.
type usual struct {
	index    unsafe.Pointer // set.Index
	numKeys  uint
	list     unsafe.Pointer // set.Stencils
	stencils uint
	code     unsafe.Pointer // the function's operations
	numOps   uint
	items    unsafe.Pointer
	itemOf   unsafe.Pointer // of the function's first operation
	noted    unsafe.Pointer // selector.more
	site     uint32

	numbers unsafe.Pointer // what items hold for each Number of the function

	n, more uint // how many items and notes there are
	places  linker.Places
}

// run selects stencils from pc on up to an operation that is out of the ordinary: a
// back-edge, a switch, one with an immediate of 64 bits, one without a stencil. It
// returns the pc of that.
//
// As in the linker, what this costs are branches that cannot be predicted. So what
// many operations need is done for all of them, or they are noted, which takes no
// branch, and completed later.
//
// The program is verified: no Number is behind the frame.
func (u *usual) run(pc uint) uint {
	n, more := u.n, u.more
	op := (*ops.Op)(unsafe.Add(u.code, pc*uint(unsafe.Sizeof(ops.Op{}))))
	it := (*linker.Item)(unsafe.Add(u.items, n*uint(unsafe.Sizeof(linker.Item{}))))
	for ; pc < u.numOps; pc++ {
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
	noLabel uint32 // 0 if it is, or if it is a jump table, otherwise all ones
	more    uint32 // 1 if complete has something to do
}) {
	for i := range rows {
		code := ops.Code(i)
		rows[i].noLabel = ^uint32(0)
		switch code.Info().Extra {
		case ops.LabelExtra:
			rows[i].label, rows[i].noLabel, rows[i].more = ^uint32(0), 0, 1
		case ops.TableExtra:
			rows[i].noLabel, rows[i].more = 0, 1
		case ops.FuncExtra, ops.SignatureExtra:
			rows[i].more = 1
		}
	}
	return rows
}()

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
	itemOf := s.itemOf[f.first:][:len(f.code)]
	for _, i := range noted {
		it := &s.items[i]
		op := &f.code[it.PC]
		if rows[op.Form>>ops.FormBits].label != 0 {
			it.Target = itemOf[it.Target]
			continue
		}
		switch op.Code() {
		case ops.Call:
			s.calls = append(s.calls, i)
			fallthrough
		case ops.CallI:
			it.Imm = uint64(8 * (ops.HeaderWords + f.Slots)) // its own frame up to the outgoing area
		case ops.Switch:
			jumps := f.p.Jumps(op)
			it.Target, it.Imm = uint32(len(s.labels)), uint64(len(jumps)-1)
			for _, pc := range jumps {
				s.labels = append(s.labels, itemOf[pc])
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
