package linker

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/copyjit/copyjit/stencils"
)

// A Pass makes code in one pass over operations, for sets that have a Book: it
// selects, lays out, copies and patches an operation before it looks at the next, so
// that no list of items is written and read. The code is the same, to the byte, as
// that of a Plan of all items, which is the way for all other targets and what a Pass
// is checked against.
//
//	Start ─▶ for each function: Begin ─▶ Run ⇄ Op ─▶ End ─▶ Finish
//
// Run takes operations up to one that is out of the ordinary, which Op takes. What
// control goes to is a pc or a function, since there are no items.
//
// A Pass is reusable, and then keeps its memory. It must not be used by two
// goroutines at once.
type Pass struct {
	book *Book
	loop loop
	buf  []byte
	err  error
	slow bool // Run does without assembly, for tests

	offsets []uint32   // per operation of the program: where it starts, its poll included
	fixes   []place    // of holes for the distance to the target of the function's operation at that pc
	colds   []coldNote // of the program
	items   []Item     // those of the colds that have no recipe
	labels  []uint32   // of all jump tables: pcs, then offsets
	open    int        // the first of the labels that is a pc
	calls   []call     // of functions of the program
	tables  []tableFix
	funcs   []passed
}

// passed is a function in a Pass.
type passed struct {
	entry uint32 // where it starts
	site  uint32
	first int // of its operations, in offsets
	cold  int // of its notes, in colds
}

// A loop is what Run needs. Assembly knows where everything is.
type loop struct {
	ops     unsafe.Pointer // the function's
	at      place          // of the next operation
	end     uint           // the pc where to stop
	base    unsafe.Pointer // of the code
	index   unsafe.Pointer // the Book's
	list    unsafe.Pointer // likewise
	words   unsafe.Pointer // likewise
	offsets unsafe.Pointer // of the function's operations
	fix     unsafe.Pointer // where the next one of the fixes goes
	cold    unsafe.Pointer // likewise
	numOps  uint           // of the function
}

// A place is the pc of an operation in its lower half and where the operation's code
// starts, from the start of all code, in its upper one: what the loop needs of both is
// often one instruction for the two.
type place uint64

func newPlace(pc, code uint) place { return place(code)<<32 | place(pc) }

func (p place) pc() uint   { return uint(uint32(p)) }
func (p place) code() uint { return uint(p >> 32) }

// A call is a hole for the distance to a function.
type call struct{ hole, function uint32 }

// A tableFix is a hole for the distance to a jump table, given its first label.
type tableFix struct {
	hole, label uint32
	addend      int32
}

// A coldNote is a cold part to be written.
type coldNote struct {
	place  place   // of the hot part, with the index of an item as pc if there is no recipe
	recipe *recipe // or nil
}

// Start begins code of so many functions and operations.
func (p *Pass) Start(book *Book, funcs, ops int) {
	p.book, p.err = book, nil
	p.offsets, p.fixes = room(p.offsets, ops+1), room(p.fixes, ops*book.targets+2)
	p.colds = room(p.colds, funcs+2*ops+2)
	p.funcs = room(p.funcs, funcs)[:0]
	p.items, p.labels, p.open, p.calls, p.tables = p.items[:0], p.labels[:0], 0, p.calls[:0], p.tables[:0]
	p.loop.at = 0
	p.loop.index, p.loop.list, p.loop.words = unsafe.Pointer(&book.index[0]), unsafe.Pointer(&book.list[0]), unsafe.Pointer(&book.words[0])
	p.loop.offsets, p.loop.numOps = unsafe.Pointer(&p.offsets[0]), 0
	p.loop.fix, p.loop.cold = unsafe.Pointer(&p.fixes[0]), unsafe.Pointer(&p.colds[0])
	p.grow(beyond)
}

// room returns a slice of that length, with the old memory if it suffices. What
// is in it means nothing.
func room[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n, max(64, n+n/4))
	}
	return s[:n]
}

// grow makes room for so many bytes more, and for what is written behind them.
func (p *Pass) grow(n int) {
	end := int(p.loop.at.code())
	if need := end + n + 2*stencils.Slack; need > len(p.buf) {
		buf := make([]byte, max(4096, need, 2*len(p.buf)))
		copy(buf, p.buf[:end])
		p.buf = buf
	}
	p.loop.base = unsafe.Pointer(&p.buf[0])
}

// maxKept is how much code a Pass keeps memory for, in bytes.
const maxKept = 1 << 18

// Shrink drops memory that only a large program needed, and lets go of the program.
func (p *Pass) Shrink() {
	p.loop.ops = nil
	if len(p.buf) > maxKept {
		*p = Pass{}
	}
}

// Begin begins the next function, with an entry that checks for a frame of so many
// bytes. Its operations are ops, and its exits say site.
func (p *Pass) Begin(ops []Source, frame, site uint32) {
	l := &p.loop
	first := 0
	if n := len(p.funcs); n != 0 {
		first = p.funcs[n-1].first + int(l.numOps)
	}
	p.grow(beyond + EntryAlign)
	at := l.at.code()
	for ; at%EntryAlign != 0; at++ {
		p.buf[at] = p.book.set.Trap // never executed: what is before does not fall through
	}
	p.funcs = append(p.funcs, passed{uint32(at), site, first, p.numColds()})
	l.offsets = unsafe.Pointer(&p.offsets[first])
	l.ops, l.at, l.numOps = unsafe.Pointer(unsafe.SliceData(ops)), newPlace(0, at), uint(len(ops))
	l.follow(&p.book.list[entryRecipe], unsafe.Pointer(&line{Source: Source{Imm: int32(frame)}}))
	l.at-- // that was no operation
}

// numColds returns how many notes there are.
func (p *Pass) numColds() int {
	return int((uintptr(p.loop.cold) - uintptr(unsafe.Pointer(&p.colds[0]))) / unsafe.Sizeof(coldNote{}))
}

// numFixes returns how many fixes the function has.
func (p *Pass) numFixes() int {
	return int((uintptr(p.loop.fix) - uintptr(unsafe.Pointer(&p.fixes[0]))) / unsafe.Sizeof(place(0)))
}

// Run takes operations up to one that Op must take. It returns the pc of that, or the
// number of operations.
func (p *Pass) Run() int {
	l := &p.loop
	for pc := l.at.pc(); pc < l.numOps; pc = l.at.pc() {
		free := (uint(len(p.buf)) - stencils.Slack - l.at.code()) / (2 * beyond) // there may be polls
		if free == 0 {
			p.grow(2 * beyond * int(min(l.numOps-pc, 1024)))
			continue
		}
		l.end = min(l.numOps, pc+free)
		if p.slow {
			l.runGo()
		} else {
			l.run()
		}
		if l.at.pc() < l.end {
			break
		}
	}
	return int(l.at.pc())
}

// runGo is Run as long as there is room. It stops in front of an operation that has no
// recipe for Run, or has a value out of range.
//
// The usual implementation is in assembly, because what a Go compiler does with so
// many values that all want a register takes almost twice as many instructions.
func (l *loop) runGo() {
	for l.at.pc() != l.end {
		op := (*Source)(unsafe.Add(l.ops, l.at.pc()*uint(unsafe.Sizeof(Source{}))))
		*(*uint32)(unsafe.Add(l.offsets, 4*l.at.pc())) = uint32(l.at.code())
		key := uint(op.Key)<<stencils.CoincidenceBits | equal(op.D, op.L) | equal(op.L, op.R)<<1 | equal(op.D, op.R)<<2
		n := *(*int16)(unsafe.Add(l.index, 2*key))
		if n <= 0 {
			return
		}
		r := (*recipe)(unsafe.Add(l.list, uintptr(n)*unsafe.Sizeof(recipe{})))
		before := *l
		if uint(op.Target|uint32(int32(r.notBranch))) <= l.at.pc() {
			l.poll()
		}
		if !l.follow(r, unsafe.Pointer(op)) {
			*l = before
			return
		}
	}
}

// poll writes a poll before a back-edge.
func (l *loop) poll() {
	var nothing line
	l.follow((*recipe)(unsafe.Add(l.list, pollRecipe*unsafe.Sizeof(recipe{}))), unsafe.Pointer(&nothing))
	l.at-- // that was no operation
}

func equal(a, b uint16) uint {
	if a == b {
		return 1
	}
	return 0
}

// follow writes the hot part of an operation, whose line or Source that is, and notes
// what else is to be written. It reports whether its values fit.
func (l *loop) follow(r *recipe, src unsafe.Pointer) bool {
	dst := unsafe.Add(l.base, l.at.code())
	*(*[beyond]byte)(dst) = r.code
	word := func(at uint8) uint64 { return uint64(*(*uint16)(unsafe.Add(src, at))) }
	put64(dst, r.off1, r.word1+r.d*word(atD)+r.l*word(atL)+r.r*word(atR))
	put64(dst, r.off2, r.word2+r.mask2*word(r.item2))
	if r.more != 0 {
		words := (*moreWords)(unsafe.Add(l.words, uintptr(r.more)*unsafe.Sizeof(moreWords{})))
		for k := range words {
			w := &words[k]
			put64(dst, uint8(w.off), w.word+w.d*word(atD)+w.l*word(atL)+w.r*word(atR)+w.s*word(atTarget))
		}
	}
	put32(dst, r.offImm, *(*uint32)(unsafe.Add(src, atImm)))
	third := *(*uint32)(unsafe.Add(src, r.item3)) & r.and3
	if third > r.max3 {
		return false
	}
	put32(dst, r.off3, r.add3+r.mul3*third)
	*(*place)(l.fix) = l.at + newPlace(0, uint(r.fixAt))
	l.fix = unsafe.Add(l.fix, r.fixStep)
	*(*coldNote)(l.cold) = coldNote{l.at, r}
	l.cold = unsafe.Add(l.cold, r.coldStep)
	l.at += newPlace(1, uint(r.size))
	return true
}

// Op takes the next operation, of which the item says all that a Plan's would; but
// its Target is the pc of a label, or a function. Back-edges are polled. Run says that
// Run may take operations of that key from now on.
func (p *Pass) Op(key uint, it *Item, backEdge, run bool) {
	l := &p.loop
	s := &p.book.set.Stencils[it.Stencil]
	op := (*Source)(unsafe.Add(l.ops, l.at.pc()*uint(unsafe.Sizeof(Source{}))))
	p.grow(2*beyond + int(s.Hot.Size))
	*(*uint32)(unsafe.Add(l.offsets, 4*l.at.pc())) = uint32(l.at.code())
	if backEdge {
		l.poll()
	}
	r, asked := p.book.lookup(key)
	if !asked {
		r = p.book.learn(key, it, op, run)
	}
	ln := line{Source: *op, pc: it.PC, high: uint32(it.Imm >> 32)}
	ln.Imm = int32(it.Imm)
	narrow := it.Imm == uint64(int64(ln.Imm))
	if r == nil || !narrow && p.book.narrow(r) || !l.follow(r, unsafe.Pointer(&ln)) {
		p.generic(it, s)
	}
}

// generic writes an operation by the fields and holes of its stencil.
func (p *Pass) generic(it *Item, s *stencils.Stencil) {
	set, l := p.book.set, &p.loop
	it.hot = uint32(l.at.code())
	p.write(it, &s.Hot, p.buf[it.hot:])
	for _, h := range set.HolesOf(&s.Hot) {
		at := uint(h.Offset)
		switch h.Value {
		case stencils.ValTarget:
			*(*place)(l.fix) = l.at + newPlace(0, at)
			l.fix = unsafe.Add(l.fix, unsafe.Sizeof(place(0)))
			if h.Kind != stencils.X86PC32 || h.Addend != -4 {
				p.fail(it, &h)
			}
		case stencils.ValTable:
			p.tables = append(p.tables, tableFix{it.hot + uint32(at), it.Target, h.Addend})
		case stencils.ValCold: // when it is there
		default:
			if !p.patch(it, &h, uint(it.hot), 0) {
				p.fail(it, &h)
			}
		}
	}
	if s.Cold.Size != 0 {
		*(*coldNote)(l.cold) = coldNote{newPlace(uint(len(p.items)), uint(it.hot)), nil}
		l.cold = unsafe.Add(l.cold, unsafe.Sizeof(coldNote{}))
		p.items = append(p.items, *it)
	}
	l.at += newPlace(1, uint(s.Hot.Size))
}

// write copies a part and sets its fields.
func (p *Pass) write(it *Item, part *stencils.Part, code []byte) {
	set := p.book.set
	copy(code, set.Code[part.Code:][:part.Size])
	for _, f := range set.FieldsOf(part) {
		word := binary.LittleEndian.Uint64(code[f.Offset:])
		word |= uint64(it.D)*f.D | uint64(it.L)*f.L | uint64(it.R)*f.R | uint64(it.Target)*f.S
		binary.LittleEndian.PutUint64(code[f.Offset:], word)
	}
}

// patch fills a hole in a part that starts at an offset; cold is where the item's cold
// part is.
func (p *Pass) patch(it *Item, h *stencils.Hole, part, cold uint) bool {
	v, ok := it.value(h.Value)
	switch h.Value {
	case stencils.ValHot:
		v, ok = int64(it.hot), true
	case stencils.ValCold:
		v, ok = int64(cold), true
	}
	at := part + uint(h.Offset)
	v += int64(h.Addend)
	if h.Kind.Relative() {
		v -= int64(at)
	}
	return ok && patch(h.Kind, (*[8]byte)(p.buf[at:]), v)
}

// fail notes that an item cannot be written.
func (p *Pass) fail(it *Item, h *stencils.Hole) {
	if p.err == nil {
		p.err = fmt.Errorf("linker: the operation at pc %d does not fit into a pass: hole at %d (%s %s)", it.PC, h.Offset, h.Kind, h.Value)
	}
}

// Table adds a jump table whose labels are pcs of the function. It returns what the
// operation that jumps through it has as Target.
func (p *Pass) Table(labels []uint32) uint32 {
	n := len(p.labels)
	p.labels = append(p.labels, labels...)
	return uint32(n)
}

// End ends the function, all of whose operations have been taken.
func (p *Pass) End() {
	offsets := p.offsets[p.funcs[len(p.funcs)-1].first:]
	for _, f := range p.fixes[:p.numFixes()] {
		op := (*Source)(unsafe.Add(p.loop.ops, f.pc()*uint(unsafe.Sizeof(Source{}))))
		if op.Key == p.book.call {
			p.calls = append(p.calls, call{uint32(f.code()), op.Target})
			continue
		}
		p.distance(uint32(f.code()), offsets[op.Target])
	}
	p.loop.fix = unsafe.Pointer(&p.fixes[0])
	for i, pc := range p.labels[p.open:] {
		p.labels[p.open+i] = offsets[pc]
	}
	p.open = len(p.labels)
}

// distance fills in how far something is that has its place now. The hole is the end
// of its instruction.
func (p *Pass) distance(hole, to uint32) {
	*(*uint32)(unsafe.Add(p.loop.base, hole)) = to - hole - 4
}

// Finish returns the code, which is the Pass's own memory: exits behind everything
// else, then jump tables. An error says that what is wrong is for a Plan to find out.
func (p *Pass) Finish() ([]byte, error) {
	for _, c := range p.calls {
		p.distance(c.hole, p.funcs[c.function].entry)
	}
	if n := p.numColds(); n != 0 {
		p.exits(n)
	}
	if len(p.labels) != 0 {
		p.jumpTables()
	}
	at := p.loop.at.code()
	if at > MaxSize && p.err == nil {
		p.err = fmt.Errorf("linker: %d bytes of code, at most %d are possible", at, MaxSize)
	}
	return p.buf[:at], p.err
}

// jumpTables writes the jump tables, and into the code how far away these are.
func (p *Pass) jumpTables() {
	p.grow(labelSize * (len(p.labels) + 1))
	at := uint32(p.loop.at.code())
	for ; at%labelSize != 0; at++ {
		p.buf[at] = p.book.set.Trap
	}
	for _, t := range p.tables {
		binary.LittleEndian.PutUint32(p.buf[t.hole:], at+labelSize*t.label+uint32(t.addend)-t.hole)
	}
	for _, to := range p.labels {
		binary.LittleEndian.PutUint32(p.buf[at:], to-at)
		at += labelSize
	}
	p.loop.at = newPlace(0, uint(at))
}

// exits writes the n cold parts, and into the hot ones how far away these are.
func (p *Pass) exits(n int) {
	l, set := &p.loop, p.book.set
	size := coldGap + beyond*n
	for i := range p.items {
		size += int(set.Stencils[p.items[i].Stencil].Cold.Size)
	}
	p.grow(size)
	at := l.at.code()
	*(*[coldGap]byte)(unsafe.Add(l.base, at)) = p.book.traps
	at += coldGap
	next := 0
	for i := range p.funcs {
		f, end := &p.funcs[i], n
		if i+1 < len(p.funcs) {
			end = p.funcs[i+1].cold
		}
		for ; next < end; next++ {
			at = p.exit(&p.colds[next], at, f.site)
		}
	}
	l.at = newPlace(0, at)
}

// exit writes a cold part and returns its end.
func (p *Pass) exit(note *coldNote, at uint, site uint32) uint {
	if note.recipe == nil {
		return at + p.genericExit(note, at)
	}
	base := p.loop.base
	r := (*rareRecipe)(unsafe.Add(unsafe.Pointer(&p.book.rares[0]), p.book.number(note.recipe)*unsafe.Sizeof(rareRecipe{})))
	hot, pc := uint32(note.place>>32), uint32(note.place)
	from, to := unsafe.Add(base, hot), unsafe.Add(base, at)
	distance := uint32(at) - hot
	*(*[beyond]byte)(to) = r.code
	put32(from, r.off[0], distance+uint32(int32(r.add[0])))
	put32(to, r.pc[0], pc)
	put32(to, r.site[0], site+uint32(r.addSite[0]))
	if r.two { // as entries have, so that it is easy to guess
		put32(from, r.off[1], distance+uint32(int32(r.add[1])))
		put32(to, r.pc[1], pc)
		put32(to, r.site[1], site+uint32(r.addSite[1]))
	}
	return at + uint(r.size)
}

// genericExit writes the cold part of an item by its fields and holes, and returns its
// size.
func (p *Pass) genericExit(note *coldNote, at uint) uint {
	set, it := p.book.set, &p.items[note.place.pc()]
	s := &set.Stencils[it.Stencil]
	for _, h := range set.HolesOf(&s.Hot) {
		if h.Value == stencils.ValCold && !p.patch(it, &h, uint(it.hot), at) {
			p.fail(it, &h)
		}
	}
	p.write(it, &s.Cold, p.buf[at:])
	for _, h := range set.HolesOf(&s.Cold) {
		if !p.patch(it, &h, at, at) {
			p.fail(it, &h)
		}
	}
	return uint(s.Cold.Size)
}

// Entry returns where a function starts.
func (p *Pass) Entry(fn int) uint32 { return p.funcs[fn].entry }

// littleEndian reports whether the lower half of a number is the first.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

func put64(p unsafe.Pointer, at uint8, v uint64) {
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(p, at))[:], v)
}

func put32(p unsafe.Pointer, at uint8, v uint32) {
	binary.LittleEndian.PutUint32((*[4]byte)(unsafe.Add(p, at))[:], v)
}
