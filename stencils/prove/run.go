package prove

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/copyjit/copyjit/ops/meaning"
	"github.com/copyjit/copyjit/ops/meaning/bv"
	"github.com/copyjit/copyjit/stencils"
)

// Limits on what is executed; a stencil that exceeds them is not proved.
const (
	maxPaths = 256
	maxSteps = 4096
)

// An exitKind says how control leaves a stencil.
type exitKind uint8

const (
	toNext   exitKind = iota // to what is placed behind it
	toTarget                 // to where the operation goes
	toLeave                  // out of compiled code, through ctx.exit
	toCaller                 // to the return address of the frame
	toEntry                  // to the code of a place in the table of functions
	toLabel                  // to a label of the jump table
)

var exitNames = [...]string{"goes on", "goes to the target", "leaves", "returns", "calls through the table", "goes to a label"}

func (k exitKind) String() string { return exitNames[k] }

// An exit is the end of a path.
type exit struct {
	kind  exitKind
	at    place
	state *state
	label term // toLabel: where in the jump table, in bytes
}

// A requirement is what must hold at some point of a path: that memory is there,
// that an instruction does not fault.
type requirement struct {
	at   place
	path []term
	must term
	what string
}

// A run executes one stencil, on all paths.
type run struct {
	target *target
	set    *stencils.Set
	form   *form
	env    *env
	parts  [2]code // hot, cold

	exits    []exit
	requires []requirement
	taken    []place // addresses of code that have been taken
	steps    int
	fresh    int

	anyResult bool // d may be anything: see testedOnly
	lemmas    []*lemma

	// watch, if there is one, is told of each instruction that has been executed, what
	// the state was before it, and the exits that it made.
	watch func(i *inst, before *state, exits []exit)
}

// A code is a part with its registers filled in and its holes zero.
type code struct {
	bytes []byte
	holes []stencils.Hole
}

// fill makes the code of a part with given registers.
func fill(set *stencils.Set, p *stencils.Part, f *form) code {
	c := code{[]byte(set.Code[p.Code:][:int(p.Size)+stencils.Slack]), set.HolesOf(p)}
	for _, field := range set.FieldsOf(p) {
		at := c.bytes[field.Offset:]
		w := binary.LittleEndian.Uint64(at)
		w |= uint64(f.d.number)*field.D | uint64(f.l.number)*field.L | uint64(f.r.number)*field.R | uint64(f.s.number)*field.S
		binary.LittleEndian.PutUint64(at, w)
	}
	c.bytes = c.bytes[:p.Size]
	return c
}

// from executes from a place on until every path has ended.
func (r *run) from(at place, s *state) error {
	type work struct {
		at place
		s  *state
	}
	for todo := []work{{at, s}}; len(todo) > 0; {
		w := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for {
			if r.steps++; r.steps > maxSteps || len(r.exits)+len(todo) > maxPaths {
				return fmt.Errorf("%v: too many instructions or paths", w.at)
			}
			p := r.part(w.at.cold)
			if w.at.offset == len(p.bytes) && !w.at.cold {
				r.exits = append(r.exits, exit{kind: toNext, at: w.at, state: w.s})
				break
			}
			if w.at.offset < 0 || w.at.offset >= len(p.bytes) {
				return fmt.Errorf("%v: control leaves the code", w.at)
			}
			if w.s.seen[w.at] {
				return fmt.Errorf("%v: a loop", w.at)
			}
			w.s.seen[w.at] = true
			i := &inst{run: r, s: w.s, at: w.at}
			before, exits := w.s, len(r.exits)
			if r.watch != nil {
				before = w.s.clone()
			}
			if err := i.step(p); err != nil {
				return fmt.Errorf("%v: %w", w.at, err)
			}
			if r.watch != nil {
				r.watch(i, before, r.exits[exits:])
			}
			if i.other != nil {
				todo = append(todo, work{i.otherAt, i.other})
			}
			if i.ended {
				break
			}
			w.at = i.next
		}
	}
	return nil
}

func (r *run) part(cold bool) *code {
	if cold {
		return &r.parts[1]
	}
	return &r.parts[0]
}

// undefined returns a value that an instruction leaves open.
func (r *run) undefined(s *state, w uint8) term {
	r.fresh++
	return s.pool.Var(fmt.Sprintf("undefined%d", r.fresh), w)
}

// An inst is an instruction while it is executed: what the code for a target uses
// to say what it does.
type inst struct {
	*run
	s    *state
	at   place
	code []byte // the bytes from the instruction on, to the part's end

	size  int    // set by the target
	holes []hole // that lie in the instruction

	next    place // where control goes on
	ended   bool  // the path has ended instead
	other   *state
	otherAt place // where the other side of a branch goes on
}

// A hole is one of an instruction's. All must have been used when it is done.
type hole struct {
	stencils.Hole
	at   int // offset in the instruction
	used bool
}

// step executes one instruction.
func (i *inst) step(p *code) error {
	i.code = p.bytes[i.at.offset:]
	var err error
	if i.size, err = i.target.length(i.code); err != nil {
		return err
	}
	for _, h := range p.holes {
		at := int(h.Offset) - i.at.offset
		switch {
		case at+h.Kind.Width() <= 0 || at >= i.size:
		case at < 0 || at+h.Kind.Width() > i.size:
			return fmt.Errorf("a hole lies across the instruction's bounds")
		default:
			i.holes = append(i.holes, hole{Hole: h, at: at})
		}
	}
	i.code = i.code[:i.size]
	i.next = place{i.at.cold, i.at.offset + i.size}
	if err := i.target.execute(i); err != nil {
		return err
	}
	for _, h := range i.holes {
		if !h.used {
			return fmt.Errorf("the hole %s %s is in no operand that is known", h.Kind, h.Value)
		}
	}
	return nil
}

// load reads memory.
func (i *inst) load(addr term, bits uint8) (term, error) {
	if bits > 64 {
		return nil, fmt.Errorf("a load of %d bits", bits)
	}
	addr = i.env.absolute(addr)
	r, offset, err := i.s.address(addr)
	if err != nil {
		return nil, err
	}
	if r == inMemory {
		i.access(offset, bits)
		return i.s.memory.Load(offset, bits), nil
	}
	switch r {
	case inJumps:
		return i.s.pool.Memory("jumps").Load(offset, bits), nil
	case inTable:
		if i.env.tableIndex == nil {
			return nil, fmt.Errorf("it reads the table of functions")
		}
		i.require(i.env.tableIndex.Ult(i.env.tableSize), "an access of the table of functions that is not there")
	}
	c, low, err := i.s.cell(addr, bits/8)
	if err != nil {
		return nil, err
	}
	v, ok := i.s.cells[c]
	if !ok {
		if v, err = i.env.initial(c); err != nil {
			return nil, err
		}
	}
	return v.Extract(low, bits), nil
}

// store writes memory.
func (i *inst) store(addr, v term) error {
	r, offset, err := i.s.address(addr)
	if err != nil {
		return err
	}
	if r == inMemory {
		i.access(offset, v.Width)
		i.s.memory = i.s.memory.Store(offset, v)
		return nil
	}
	c, low, err := i.s.cell(addr, v.Width/8)
	if err != nil {
		return err
	}
	old, ok := i.s.cells[c]
	if !ok {
		old = i.env.anything(c)
	}
	if low > 0 {
		v = v.Concat(old.Extract(0, low))
	}
	if v.Width < 64 {
		v = old.Extract(v.Width, 64-v.Width).Concat(v)
	}
	i.s.cells[c] = v
	return nil
}

// access requires that bytes of linear memory are there.
func (i *inst) access(offset term, bits uint8) {
	i.require(offset.Ult(meaning.MemEnd(i.env.memSize, bits/8)), "an access of linear memory that is not there")
}

// require says what must hold here.
func (i *inst) require(must term, what string) {
	if !i.s.know(must).True() {
		i.requires = append(i.requires, requirement{i.at, slices.Clone(i.s.path), must, what})
	}
}

// fork goes on at a place if the bit is 1 and behind the instruction otherwise.
func (i *inst) fork(bit term, to place) {
	bit = i.s.know(bit)
	switch {
	case bit.True():
		i.next = to
	case bit.False():
	default:
		i.other, i.otherAt = i.s.clone(), to
		i.other.assume(bit)
		i.s.assume(bit.Not())
	}
}

// end ends the path.
func (i *inst) end(kind exitKind) {
	i.exits = append(i.exits, exit{kind: kind, at: i.at, state: i.s})
	i.ended = true
}

// jump goes so far from the instruction's start, if the bit is 1, or where the
// hole says.
func (i *inst) jump(bit term, distance int) error {
	if len(i.holes) == 0 {
		i.fork(bit, place{i.at.cold, i.at.offset + distance})
		return nil
	}
	h := &i.holes[0]
	if len(i.holes) > 1 || !h.Kind.Relative() {
		return fmt.Errorf("a jump with the hole %s %s", h.Kind, h.Value)
	}
	h.used = true
	// S + A − P, from the instruction's start, is S + A less where the hole is, plus
	// the distance that is in the code without it.
	to := int(h.Addend) + distance - h.at
	switch h.Value {
	case stencils.ValTarget:
		if to != 0 {
			return fmt.Errorf("a jump to %+d bytes from the target", to)
		}
		return i.forkExit(bit, toTarget)
	case stencils.ValCold:
		i.fork(bit, place{true, to})
	case stencils.ValHot:
		i.fork(bit, place{false, to})
	default:
		return fmt.Errorf("a jump to %s", h.Value)
	}
	return nil
}

// forkExit ends the path if the bit is 1 and goes on behind the instruction
// otherwise.
func (i *inst) forkExit(bit term, kind exitKind) error {
	bit = i.s.know(bit)
	switch {
	case bit.False():
	case bit.True():
		i.end(kind)
	default:
		s := i.s.clone()
		s.assume(bit)
		i.exits = append(i.exits, exit{kind: kind, at: i.at, state: s})
		i.s.assume(bit.Not())
	}
	return nil
}

// jumpTo ends the path with a jump to an address.
func (i *inst) jumpTo(addr term) error {
	addr = i.env.absolute(addr)
	kind, ok := i.env.places[addr]
	if label := i.label(addr); label != nil {
		i.exits = append(i.exits, exit{kind: toLabel, at: i.at, state: i.s, label: label})
		i.ended = true
		return nil
	}
	if !ok {
		return fmt.Errorf("a jump to %s, of which nothing is known", addr)
	}
	i.end(kind)
	return nil
}

// addressOf returns the address of code, so far from the instruction's start.
func (i *inst) addressOf(distance int) term {
	at := place{i.at.cold, i.at.offset + distance}
	if !slices.Contains(i.taken, at) {
		i.taken = append(i.taken, at)
	}
	return i.env.codeAddress(at)
}

// label returns which word of the jump table an address has been made of: it is as far
// from the word as the word says.
func (i *inst) label(addr term) term {
	table := i.s.pool.Var(inJumps.String(), 64)
	for _, a := range addr.Args {
		if a.Op != bv.Sext || a.Width != table.Width || a.Args[0].Op != bv.Load || a.Args[0].Width != 32 {
			continue
		}
		if at := a.Args[0].Args[1]; addr == table.Add(at).Add(a) {
			return at
		}
	}
	return nil
}
