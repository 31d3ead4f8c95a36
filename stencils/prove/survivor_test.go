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
//
// The last may be too much to ask: where a check is left out that was not needed, what is
// read differs and both are right. Then nothing is left to show but that the model tells
// the instructions apart, which it has. There may be few such survivors, and they are printed.
const (
	sameHere  = "the same in every state that comes up there"
	notRead   = "what differs is not read"
	bothRight = "what differs may be read, and both are right"
	sameEver  = "the same in any state" // which is no reason: see ignoredBits
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
		why := m.explain(f, p, at, bit)
		// Of operands that are one place less is told apart: what another form tells
		// apart is not overlooked.
		if why == sameEver && mu.why != "" {
			continue
		}
		if mu.why == "" || mu.why == sameEver || why == "" {
			mu.why = why
		}
		if why == "" {
			break
		}
	}
	if mu.why == sameEver {
		mu.why = ""
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
		var value stencils.Value
		hole := slices.IndexFunc(r.part(at.cold).holes, func(h stencils.Hole) bool { return int(h.Offset) >= at.offset && int(h.Offset) < at.offset+n })
		if hole >= 0 {
			value = r.part(at.cold).holes[hole].Value
		}
		if why := ignoredBits(m.target, from[:n], bit-8*at.offset, value); why != "" {
			return why
		}
		return sameEver
	}
	var states []*state
	r.watch = func(i *inst, before *state, _ []exit) {
		if i.at == at {
			states = append(states, before)
		}
	}
	if m.checked(r) != Proved {
		return ""
	}
	same := true
	for _, s := range states {
		a, b, err := m.both(r, &mutant, at, s)
		if err != nil {
			return bothRight // they do not meet
		}
		for n := range a {
			if a[n].s.memory != b[n].s.memory {
				return ""
			}
			same = same && m.equal(r, a[n].s, b[n].s) && m.always(r, s, a[n].when.Eq(b[n].when))
		}
	}
	if same {
		return sameHere
	}
	verdict := m.unread(f, at, flipped)
	if verdict == Undecided {
		impatient := m.solver
		m.solver = m.patient
		verdict = m.unread(f, at, flipped)
		m.solver = impatient
	}
	switch {
	case verdict == Proved:
		return notRead
	case verdict == Undecided || verdict == Refuted:
		return bothRight
	}
	return ""
}

// checked proves a run.
func (m *mutator) checked(r *run) Verdict {
	res := r.form.result()
	m.prover.check(r, &res)
	return res.Verdict
}

// unread proves the form whatever the bits are in which the mutant's results differ, where
// the two have met again, and whatever way it goes where they go different ways.
func (m *mutator) unread(f *form, at place, flipped code) Verdict {
	r, err := m.run(f)
	if err != nil {
		return Rejected
	}
	mutant := *r
	*mutant.part(at.cold) = flipped
	later := make(map[*state]way) // what to make of states that are not there yet
	r.watch = func(i *inst, before *state, exits []exit) {
		if w, ok := later[i.s]; ok && !i.ended && i.next == w.next {
			r.spoil(i.s, w.s)
			delete(later, i.s)
		}
		if i.at != at {
			return
		}
		_, b, err := m.both(r, &mutant, at, before)
		ends := i.ways(before, exits)
		if err != nil || len(b) != len(ends) {
			panic("prove: what was executed before is not any more") // explain has done it
		}
		if len(b) == 2 && b[0].when != ends[0].when {
			when := r.mix(before, ends[0].when, b[0].when)
			for n, bit := range []term{when, when.Not()} {
				ends[n].s.path = append(slices.Clone(before.path), bit)
			}
		}
		for n, end := range ends {
			if end.next == b[n].next {
				r.spoil(end.s, b[n].s)
			} else {
				later[end.s] = b[n]
			}
		}
	}
	return m.checked(r)
}

// A way is how an instruction may go on: where, under which condition, and with what.
type way struct {
	exit string // how it leaves, "" if it does not
	next place  // where it goes on otherwise
	when term
	s    *state
}

// ways returns those of an instruction that has been executed, given the exits that
// it has made.
func (i *inst) ways(before *state, exits []exit) (list []way) {
	add := func(exit string, next place, end *state) {
		when := end.pool.Bool(true)
		for _, b := range end.path[len(before.path):] {
			when = when.And(b)
		}
		list = append(list, way{exit, next, when, end})
	}
	for _, x := range exits {
		to := x.kind.String()
		if x.label != nil {
			to += " " + x.label.String()
		}
		add(to, place{}, x.state)
	}
	if i.other != nil {
		add("", i.otherAt, i.other)
	}
	if !i.ended {
		add("", i.next, i.s)
	}
	return list
}

// step1 executes one instruction.
func (r *run) step1(at place, s *state) ([]way, error) {
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
	return i.ways(s, q.exits), nil
}

// both executes an instruction and its mutant and, where they do not go on at the same
// place, what is behind them until they meet.
func (m *mutator) both(r, mutant *run, at place, s *state) (a, b []way, err error) {
	if a, err = r.step1(at, s); err != nil {
		return nil, nil, err
	}
	if b, err = mutant.step1(at, s); err != nil {
		return nil, nil, err
	}
	// A branch that always goes one way is one all the same.
	for _, side := range []struct{ more, less *[]way }{{&a, &b}, {&b, &a}} {
		if len(*side.more) != 2 || len(*side.less) != 1 {
			continue
		}
		never := (*side.more)[0]
		if only := (*side.less)[0]; only.exit == never.exit && only.next == never.next {
			never = (*side.more)[1]
			*side.less = []way{only, never}
		} else {
			*side.less = []way{never, only}
		}
		(*side.less)[slices.IndexFunc(*side.less, func(w way) bool { return w.s == never.s })].when = s.pool.Bool(false)
	}
	if len(a) != len(b) {
		return nil, nil, fmt.Errorf("%v: %d ways and %d", at, len(a), len(b))
	}
	for n := 0; n < len(a) && err == nil; n++ {
		x, y := &a[n], &b[n]
		for err == nil && x.exit == "" && y.exit == "" && x.next != y.next && x.next.cold == y.next.cold {
			if x.next.offset < y.next.offset {
				err = r.advance(x, nil)
			} else {
				err = mutant.advance(y, m)
			}
		}
		if x.exit != y.exit || x.next != y.next {
			err = fmt.Errorf("%v: they do not meet", at)
		}
	}
	return a, b, err
}

// advance executes one more instruction. It must not branch, or only one way to go may be
// possible, for which a mutator asks.
func (r *run) advance(w *way, m *mutator) error {
	more, err := r.step1(w.next, w.s)
	if err != nil {
		return err
	}
	if m != nil {
		more = slices.DeleteFunc(more, func(to way) bool { return m.always(r, w.s, to.when.Not()) })
	}
	if len(more) != 1 || more[0].exit != "" {
		return fmt.Errorf("%v: a branch", w.next)
	}
	w.next, w.s = more[0].next, more[0].s
	return nil
}

// sameEverywhere reports whether two instructions do the same in any state, as far as
// terms show it.
func sameEverywhere(r, mutant *run, at place) bool {
	s := r.start()
	p := s.pool
	s.flags = flags{kind: ofBits, bits: [5]term{p.Var("n", 1), p.Var("z", 1), p.Var("c", 1), p.Var("v", 1), p.Var("p", 1)}}
	for n := range s.fregs {
		s.fregs[n][0] = p.Var(r.target.fregName(n)+"any", 64) // also what is no float32
	}
	a, err := r.step1(at, s)
	if err != nil {
		return false
	}
	b, err := mutant.step1(at, s)
	if err != nil || len(a) != len(b) {
		return false
	}
	for n := range a {
		x, y := a[n], b[n]
		if x.exit != y.exit || x.next != y.next || x.when != y.when || len(locations(x.s, y.s)) > 0 || x.s.memory != y.s.memory {
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
	return m.impossible(r, &res, append(slices.Clone(s.path), bit.Not()), nil, nil) == nil
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
			switch {
			case x[n] == nil: // nobody reads it
			case y[n] == nil || !m.always(r, a, x[n].Eq(y[n])):
				return false
			}
		}
	}
	return true
}

// each returns the flags, nil for those that are not known.
func (f *flags) each(t *target) (bits [5]term) {
	switch {
	case f.kind == ofNothing:
		return bits
	case t == &targetAMD64:
		return [5]term{f.holds(ifS), f.holds(ifE), f.holds(ifB), f.holds(ifO), f.holds(ifP)}
	}
	four := f.nzcv()
	return [5]term{four[0], four[1], four[2], four[3], nil}
}

// mix returns a, but for the bits in which b is different: of those nothing is known.
func (r *run) mix(s *state, a, b term) term { return a.Xor(a.Xor(b).And(r.undefined(s, a.Width))) }

// spoil mixes everything in which a state differs from another.
func (r *run) spoil(s, other *state) {
	mix := func(a, b term) term { return r.mix(s, a, b) }
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
			s.flags = mixed
		}
	}
}
