package prove

import (
	"fmt"
	"slices"

	"github.com/copyjit/copyjit/stencils"
)

// A mutant that is proved is right, or the prover is wrong: it may not look at the
// bit. So each survivor needs a reason, which must hold for all forms that use the
// stencil, and is found in another way than the proof:
//
// An instruction that is the same to the disassembler, or to the model in every state,
// must have a bit that the manual says is ignored: ignoredBits, by hand.
//
// Any other instruction does something else than the one before, in some state. Then
// either it does not in the states that come up there, or the bits in which the results
// differ are not read: that is found out by giving these bits values of which nothing
// is known, and proving the stencil, the one without the flipped bit, once more.
const (
	sameHere = "the same in every state that comes up there"
	notRead  = "what differs is not read"
)

// survivor describes a mutant that is proved.
func (m *mutator) survivor(u uses, p *stencils.Part, cold bool, bit int) mutation {
	at := place{cold, 0}
	code := fill(m.set, p, u[0])
	for {
		n, err := m.target.length(code.bytes[at.offset:])
		if err != nil || at.offset+n > bit/8 {
			break
		}
		at.offset += n
	}
	mu := mutation{form: u[0].title(), at: fmt.Sprintf("%v, bit %d", at, bit-8*at.offset), from: m.target.text(code.bytes[at.offset:])}
	code.bytes[bit/8] ^= 1 << (bit % 8)
	mu.to = m.target.text(code.bytes[at.offset:])
	for _, f := range u {
		if mu.why = m.explain(f, p, at, bit); mu.why == "" {
			break
		}
	}
	return mu
}

// explain returns why the mutant is right, "" if there is no reason.
func (m *mutator) explain(f *form, p *stencils.Part, at place, bit int) string {
	r, err := m.run(f)
	if err != nil {
		return ""
	}
	m.flip(p, bit)
	flipped := fill(m.set, p, f)
	m.flip(p, bit)
	mutant := *r
	mutant.parts[0], mutant.parts[1] = r.parts[0], r.parts[1]
	*mutant.part(at.cold) = flipped

	from, to := r.part(at.cold).bytes[at.offset:], flipped.bytes[at.offset:]
	if m.target.text(from) == m.target.text(to) || sameEverywhere(r, &mutant, at) {
		n, err := m.target.length(from)
		if err != nil {
			return ""
		}
		return ignoredBits(m.target, from[:n], bit-8*at.offset)
	}
	var states []*state
	r.watch = func(i *inst, before *state) {
		if i.at == at {
			states = append(states, before)
		}
	}
	if m.checked(r) != Proved {
		return ""
	}
	last, same := at, true
	for _, s := range states {
		a, b, err := both(r, &mutant, at, s)
		if err != nil {
			return ""
		}
		if last != at && last != a.last || !m.sameWays(r, s, a.ways, b.ways) {
			return ""
		}
		last = a.last
		for n := range a.ways {
			if a.ways[n].s.memory != b.ways[n].s.memory {
				return ""
			}
			same = same && m.equal(r, a.ways[n].s, b.ways[n].s)
		}
	}
	switch {
	case same:
		return sameHere
	case m.unread(f, at, last, flipped):
		return notRead
	}
	return ""
}

// checked proves a run.
func (m *mutator) checked(r *run) Verdict {
	res := r.form.result()
	m.prover.check(r, &res)
	return res.Verdict
}

// unread reports whether the form is proved whatever the bits are in which the mutant's
// results differ, behind the last of the instructions that are not the same.
func (m *mutator) unread(f *form, at, last place, flipped code) bool {
	r, err := m.run(f)
	if err != nil {
		return false
	}
	mutant := *r
	*mutant.part(at.cold) = flipped
	var from *state
	r.watch = func(i *inst, before *state) {
		if i.at == at {
			from = before
		}
		if i.at != last || from == nil {
			return // or it was jumped to
		}
		a, b, err := both(r, &mutant, at, from)
		from = nil
		if err != nil || len(a.ways) != len(b.ways) {
			panic("prove: what was executed before is not any more") // explain has done it
		}
		ends := []*state{i.s}
		if i.other != nil {
			ends = append(ends, i.other)
		}
		for n := range i.exits {
			if i.exits[n].at == last && i.exits[n].state != i.s {
				ends = append(ends, i.exits[n].state)
			}
		}
		for _, s := range ends {
			r.spoil(s, b.ways[0].s)
		}
	}
	return m.checked(r) == Proved
}

// A way is how an instruction may go on: where, under which condition, and with what.
type way struct {
	to   string
	when term
	s    *state
}

// steps are the ways of one or more instructions, and where the last of them is.
type steps struct {
	ways []way
	next place // if there is but one way, and it is to go on
	last place
}

// step1 executes one instruction.
func (r *run) step1(at place, s *state) (*steps, error) {
	q := *r
	q.exits, q.requires, q.watch = nil, nil, nil
	q.taken = slices.Clone(r.taken)
	i := &inst{run: &q, s: s.clone(), at: at}
	if at.offset >= len(q.part(at.cold).bytes) {
		return nil, fmt.Errorf("%v: the end", at)
	}
	if err := i.step(q.part(at.cold)); err != nil {
		return nil, err
	}
	result := &steps{last: at}
	add := func(to string, end *state) {
		when := s.pool.Bool(true)
		for _, b := range end.path[len(s.path):] {
			when = when.And(b)
		}
		result.ways = append(result.ways, way{to, when, end})
	}
	for _, x := range q.exits {
		to := x.kind.String()
		if x.label != nil {
			to += x.label.String()
		}
		add(to, x.state)
	}
	if i.other != nil {
		add(i.otherAt.String(), i.other)
	}
	if !i.ended {
		add(i.next.String(), i.s)
		result.next = i.next
	}
	return result, nil
}

// both executes an instruction and its mutant, and, where they are not of the same
// length, what is behind them until they meet.
func both(r, mutant *run, at place, s *state) (a, b *steps, err error) {
	if a, err = r.step1(at, s); err != nil {
		return nil, nil, err
	}
	if b, err = mutant.step1(at, s); err != nil {
		return nil, nil, err
	}
	for len(a.ways) == 1 && len(b.ways) == 1 && a.next != b.next && a.next.cold == b.next.cold && a.next.offset > 0 && b.next.offset > 0 {
		if a.next.offset < b.next.offset {
			a, err = r.step1(a.next, a.ways[0].s)
		} else {
			b, err = mutant.step1(b.next, b.ways[0].s)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return a, b, nil
}

// sameEverywhere reports whether two instructions do the same in any state, as far as
// terms show it.
func sameEverywhere(r, mutant *run, at place) bool {
	s := r.start()
	p := s.pool
	s.flags = flags{kind: ofBits, bits: [4]term{p.Var("n", 1), p.Var("z", 1), p.Var("c", 1), p.Var("v", 1)}, x: p.Var("x", 64), y: p.Var("y", 64)}
	a, err := r.step1(at, s)
	if err != nil {
		return false
	}
	b, err := mutant.step1(at, s)
	if err != nil || len(a.ways) != len(b.ways) {
		return false
	}
	for n := range a.ways {
		x, y := a.ways[n], b.ways[n]
		if x.to != y.to || x.when != y.when || len(locations(x.s, y.s)) > 0 || x.s.memory != y.s.memory {
			return false
		}
	}
	return true
}

// sameWays reports whether two lists of ways from a state go to the same places under
// the same conditions.
func (m *mutator) sameWays(r *run, s *state, a, b []way) bool {
	if len(a) != len(b) {
		return false
	}
	for n := range a {
		if a[n].to != b[n].to || !m.always(r, s, a[n].when.Eq(b[n].when)) {
			return false
		}
	}
	return true
}

// always reports whether a bit is 1 in a state, whatever it holds.
func (m *mutator) always(r *run, s *state, bit term) bool {
	if bit = s.know(bit); bit.IsConst() {
		return bit.True()
	}
	var res Result
	return m.impossible(r, &res, append(slices.Clone(s.path), bit.Not()), nil) == nil
}

// A location is something that an instruction can write, 64 bits of it.
type location struct {
	kind locationKind
	n    int // which register, and half
	cell cell
}

type locationKind uint8

const (
	inReg locationKind = iota
	inFReg
	inFlags
	inCell
)

// locations returns where two states may differ, outside of linear memory.
func locations(a, b *state) (list []location) {
	for n := range a.regs {
		if a.regs[n] != b.regs[n] {
			list = append(list, location{kind: inReg, n: n})
		}
		for k := range 2 {
			if a.fregs[n][k] != b.fregs[n][k] {
				list = append(list, location{kind: inFReg, n: 2*n + k})
			}
		}
	}
	if a.flags != b.flags {
		list = append(list, location{kind: inFlags})
	}
	for _, s := range []*state{a, b} {
		for c := range s.cells {
			if l := (location{kind: inCell, cell: c}); a.cells[c] != b.cells[c] && !slices.Contains(list, l) {
				list = append(list, l)
			}
		}
	}
	return list
}

// at returns what is at a location.
func (r *run) value(s *state, l location) term {
	switch l.kind {
	case inReg:
		return s.regs[l.n]
	case inFReg:
		return s.fregs[l.n/2][l.n%2]
	}
	if v, ok := s.cells[l.cell]; ok {
		return v
	}
	return r.env.anything(l.cell)
}

// equal reports whether two states that belong together are.
func (m *mutator) equal(r *run, a, b *state) bool {
	for _, l := range locations(a, b) {
		if l.kind != inFlags {
			if !m.always(r, a, r.value(a, l).Eq(r.value(b, l))) {
				return false
			}
			continue
		}
		x, y := a.flags.each(r.target), b.flags.each(r.target)
		for n := range x {
			if x[n] == nil || y[n] == nil || !m.always(r, a, x[n].Eq(y[n])) {
				return false
			}
		}
	}
	return true
}

// each returns the four flags, nil for those that are not known.
func (f *flags) each(t *target) (bits [4]term) {
	switch {
	case f.kind == ofNothing:
		return bits
	case t == &targetAMD64:
		return [4]term{f.holds(ifS), f.holds(ifE), f.holds(ifB), f.holds(ifO)}
	}
	return f.nzcv()
}

// spoil gives the bits in which a state differs from another values of which nothing is
// known.
func (r *run) spoil(s, other *state) {
	mix := func(a, b term) term { return a.Xor(a.Xor(b).And(r.undefined(s, a.Width))) }
	for _, l := range locations(s, other) {
		switch l.kind {
		case inReg:
			s.regs[l.n] = mix(s.regs[l.n], other.regs[l.n])
		case inFReg:
			f := &s.fregs[l.n/2][l.n%2]
			*f = mix(*f, r.value(other, l))
		case inCell:
			s.cells[l.cell] = mix(r.value(s, l), r.value(other, l))
		case inFlags:
			x, y := s.flags.each(r.target), other.flags.each(r.target)
			mixed := flags{kind: ofBits}
			for n := range x {
				switch {
				case x[n] == y[n]:
					mixed.bits[n] = x[n]
				case x[n] == nil:
				case y[n] == nil:
					mixed.bits[n] = r.undefined(s, 1)
				default:
					mixed.bits[n] = mix(x[n], y[n])
				}
			}
			if a, b := s.flags, other.flags; a.kind == ofFloat && b.kind == ofFloat && (a.x == b.x && a.y == b.y || a.x == b.y && a.y == b.x) {
				mixed.x, mixed.y = a.x, a.y // P is the same
			}
			s.flags = mixed
		}
	}
}
