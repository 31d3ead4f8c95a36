package prove

import (
	"fmt"
	"slices"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/ops/meaning"
	"github.com/copyjit/copyjit/ops/meaning/bv"
	"github.com/copyjit/copyjit/stencils"
)

// An outcome is one way in which an operation may end, according to its meaning.
type outcome struct {
	when   term // the bit under which it is this one
	kind   exitKind
	d      term // the new value of d, nil if it stays
	nan    bool // d is what is wanted or any quiet NaN
	cells  map[cell]term
	memory term
	fp     term
	label  term // toLabel: where in the jump table, in bytes
}

// start returns the state in which a form's stencil is entered.
func (r *run) start() *state {
	p := r.env.pool
	s := &state{pool: p, cells: make(map[cell]term), memory: p.Memory("memory"), seen: make(map[place]bool)}
	t := r.target
	for n := range s.regs {
		s.regs[n] = p.Var(t.regName(n), 64)
	}
	for n := range s.fregs {
		s.fregs[n] = [2]term{p.Var(t.fregName(n), 64), p.Var(t.fregName(n)+"high", 64)}
	}
	if t.zero >= 0 {
		s.regs[t.zero] = p.Const(0, 64)
	}
	for _, o := range []*operand{&r.form.d, &r.form.l, &r.form.r} {
		if o.kind == ops.KindFReg && o.single && t.boxes {
			n := t.register(o)
			s.fregs[n][0] = p.Const(1<<32-1, 32).Concat(p.Var(t.fregName(n), 32))
		}
	}
	s.regs[t.ctx], s.regs[t.fp], s.regs[t.mem] = p.Var("ctx", 64), p.Var("fp", 64), p.Var("mem", 64)
	return s
}

// operandValue returns what an operand is worth at the start.
func (r *run) operandValue(o *operand, s *state) term {
	switch o.kind {
	case ops.KindReg:
		return s.regs[r.target.register(o)]
	case ops.KindFReg:
		return s.fregs[r.target.register(o)][0]
	case ops.KindSlot:
		return r.env.words[cell{region: inFrame, symbol: r.env.slotOffset(o)}]
	case ops.KindImm:
		return r.env.imm
	}
	return nil
}

// expect returns the outcomes of a form, exactly one of which holds.
func (r *run) expect(set *stencils.Set, s *state) ([]outcome, error) {
	f, e := r.form, r.env
	always := e.pool.Bool(true)
	switch f.name {
	case nameEntry:
		frame := s.regs[r.target.fp].Add(e.imm)
		return e.cases(
			e.leave(set, frame.Ugt(e.pool.Var("limit", 64)), constant(set, "ExitTrap"), uint64(ops.ReasonStackOverflow)),
			e.leave(set, e.stop(), constant(set, "ExitEntry"), 0),
		), nil
	case namePoll:
		return e.cases(e.leave(set, e.stop(), constant(set, "ExitSafepoint"), 0)), nil
	case nameUnlinked:
		return e.cases(e.leave(set, always, constant(set, "ExitNoCode"), 0)), nil
	case nameLinked:
		o := outcome{when: always, kind: toTarget, cells: make(map[cell]term)}
		err := r.call(set, s, &o)
		return e.cases(o), err
	}
	in := &meaning.Inputs{
		Pool: e.pool,
		D:    r.operandValue(&f.d, s), L: r.operandValue(&f.l, s), R: r.operandValue(&f.r, s), S: r.operandValue(&f.s, s),
		Offset: e.extra.Zext(64), Memory: s.memory, MemSize: e.memSize,
		Global: e.pool.Var("global", 64), Counter: e.pool.Var("counter", 64),
		TableSize: e.tableSize, Signature: e.extra,
	}
	if f.code == ops.CallI {
		_, in.EntrySignature = e.tableEntry(set, in.L)
	}
	effect, err := meaning.Of(f.code, in)
	if err != nil {
		return nil, err
	}
	if slices.Contains(r.lemmas, &parallelCount) {
		for _, x := range []term{in.L, in.L.Extract(0, 32).Zext(64)} {
			if effect.D == x.Popcnt() {
				effect.D = parallelPopcnt(x)
			}
		}
	}
	var list []outcome
	for _, t := range effect.Traps {
		list = append(list, e.leave(set, t.If, constant(set, "ExitTrap"), uint64(t.Reason)))
	}
	done := outcome{when: always, cells: make(map[cell]term), memory: effect.Memory, d: effect.D}
	if f.d.kind == ops.KindSlot {
		done.cells[cell{region: inFrame, symbol: e.slotOffset(&f.d)}] = effect.D
		done.d = nil
	}
	if effect.Global != nil {
		done.cells[cell{region: inGlobals, symbol: e.extra8}] = effect.Global
	}
	if effect.Counter != nil {
		done.cells[cell{region: inCounters, symbol: e.extra8}] = effect.Counter
	}
	if effect.AnyNaN != nil {
		nan := done
		nan.when, nan.nan = effect.AnyNaN, true
		list = append(list, nan)
	}
	switch f.code.Flow() {
	case ops.Branch:
		taken := done
		taken.when, taken.kind = effect.Taken, toTarget
		list = append(list, taken)
	case ops.Goto:
		done.kind = toTarget
	case ops.Leave:
		done.kind = toCaller // or a trap before
	case ops.Switches:
		done.kind = toLabel
		done.label = effect.Index.Ult(e.imm).Ite(effect.Index, e.imm).Mul(e.pool.Const(4, 64))
	case ops.Invoke:
		switch f.code {
		case ops.CallH:
			if len(r.taken) != 1 {
				return nil, fmt.Errorf("a host call takes %d addresses of its code, not one to go on at", len(r.taken))
			}
			done = e.leave(set, always, constant(set, "ExitHostCall"), 0)
			done.cells[cell{region: inContext, offset: int64(constant(set, "ContextBehind"))}] = e.codeAddress(r.taken[0])
		case ops.CallI:
			done.kind = toEntry
			err = r.call(set, s, &done)
		default:
			done.kind = toTarget
			err = r.call(set, s, &done)
		}
	}
	return e.cases(append(list, done)...), err
}

// call adds what every call does: the callee's frame lies behind the caller's header
// and slots, and its first word is the address at which the caller goes on.
func (r *run) call(set *stencils.Set, s *state, o *outcome) error {
	if len(r.taken) != 1 {
		return fmt.Errorf("a call takes %d addresses of its code, not one to come back to", len(r.taken))
	}
	o.fp = s.regs[r.target.fp].Add(r.env.imm)
	o.cells[cell{inFrame, r.env.imm, int64(constant(set, "FrameReturn"))}] = r.env.codeAddress(r.taken[0])
	return nil
}

// comesBack reports whether control comes back to the stencil from elsewhere.
func (f *form) comesBack() bool { return f.code.Flow() == ops.Invoke || f.name == nameLinked }

// behind returns what must happen where control comes back: from a callee, which has
// left fp at its own frame, or from the host, which has not moved it.
func (r *run) behind(s *state) []outcome {
	o := outcome{when: r.env.pool.Bool(true), kind: toNext}
	if r.form.code != ops.CallH {
		o.fp = s.regs[r.target.fp].Sub(r.env.imm)
	}
	return r.env.cases(o)
}

// stop returns the bit that says whether somebody wants compiled code to stop.
func (e *env) stop() term { return e.pool.Var("stop", 64).Slt(e.pool.Const(0, 64)) }

// leave returns the outcome of leaving compiled code.
func (e *env) leave(set *stencils.Set, when term, code, reason uint64) outcome {
	site := e.site.AddConst(reason<<constant(set, "SiteReasonShift") | code)
	at := int64(constant(set, "ContextSite"))
	if int64(constant(set, "ContextPC")) != at+4 || at%8 != 0 {
		panic("prove: site and pc are not one word of the context")
	}
	return outcome{when: when, kind: toLeave, cells: map[cell]term{{region: inContext, offset: at}: e.pc.Concat(site)}}
}

// cases makes outcomes exclude each other: each holds if none before it does. One
// that goes on is added if the last does not hold always.
func (e *env) cases(list ...outcome) []outcome {
	rest := e.pool.Bool(true)
	for n := range list {
		when := list[n].when
		list[n].when = rest.And(when)
		rest = rest.And(when.Not())
	}
	if !rest.False() {
		list = append(list, outcome{when: rest, kind: toNext})
	}
	return list
}

// A difference is something in which a stencil differs from its meaning, if it does.
type difference struct {
	what      string
	got, want term
}

// compare lists what may differ between the end of a path and an outcome.
func (r *run) compare(set *stencils.Set, first *state, x *exit, o *outcome) []difference {
	var list []difference
	differ := func(what string, got, want term) {
		if got != want {
			list = append(list, difference{what, got, want})
		}
	}
	t, s, f := r.target, x.state, r.form
	if x.kind != o.kind {
		return []difference{{"exit: expected " + r.leaving(o.kind, o.cells) + ", got " + r.leaving(x.kind, s.cells), r.env.pool.Bool(true), r.env.pool.Bool(false)}}
	}
	if x.label != o.label {
		differ("the label's place in the table", x.label, o.label)
	}
	for n := range s.regs {
		want := first.regs[n]
		switch {
		case t.scratch>>n&1 != 0:
			continue
		case f.d.kind == ops.KindReg && n == t.register(&f.d) && o.d != nil:
			if want = o.d; r.anyResult {
				continue
			}
		case n == t.fp && o.fp != nil:
			want = o.fp
		}
		differ(r.machineName(t.regName(n)), s.regs[n], want)
	}
	for n := range s.fregs {
		want, w := first.fregs[n][0], uint8(64)
		if t.fscratch>>n&1 != 0 {
			continue
		}
		if f.d.kind == ops.KindFReg && n == t.register(&f.d) && o.d != nil {
			if r.anyResult {
				continue
			}
			if want = o.d; f.d.single && t.boxes {
				want = want.Const(1<<32-1).Extract(0, 32).Concat(want.Extract(0, 32))
			} else if f.d.single {
				w = 32
			}
			if o.nan {
				differ(r.machineName(t.fregName(n))+" as a NaN", r.isNaN(s.fregs[n][0].Extract(0, w), want.Extract(0, w)), r.env.pool.Bool(true))
				continue
			}
		}
		differ(r.machineName(t.fregName(n)), s.fregs[n][0].Extract(0, w), want.Extract(0, w))
	}
	for c, got := range s.cells {
		want, ok := o.cells[c]
		if !ok {
			want = r.env.anything(c)
		} else if r.anyResult && c.region == inFrame {
			continue
		} else if o.nan && c.region == inFrame {
			differ(r.cellName(c)+" as a NaN", r.isNaN(got, want), r.env.pool.Bool(true))
			continue
		}
		if c == r.siteCell() && otherLeaving(got, want) {
			differ("exit: expected "+leavingBy(want)+", got "+leavingBy(got), r.env.pool.Bool(true), r.env.pool.Bool(false))
			continue
		}
		differ(r.cellName(c), got, want)
	}
	for c, want := range o.cells {
		if _, ok := s.cells[c]; !ok {
			differ(r.cellName(c), r.env.anything(c), want)
		}
	}
	want := o.memory
	if want == nil {
		want = first.memory
	}
	for got := s.memory; got != want; got, want = got.Args[0], want.Args[0] {
		if got.Op != bv.Store || want.Op != bv.Store || got.Args[2].Width != want.Args[2].Width {
			differ("linear memory", r.env.pool.Bool(true), r.env.pool.Bool(false))
			break
		}
		differ("the address of a store", got.Args[1], want.Args[1])
		differ("what is stored", got.Args[2], want.Args[2])
	}
	return list
}

// isNaN returns whether a float that may be any quiet NaN is one, or is what is wanted.
func (r *run) isNaN(got, want term) term {
	if !r.form.d.single {
		return meaning.IsQuietNaN(got).Or(got.Eq(want))
	}
	low := meaning.IsQuietNaN(got.Extract(0, 32))
	if got.Width == 64 {
		low = low.And(got.Extract(32, 32).Eq(want.Extract(32, 32)))
	}
	return low.Or(got.Eq(want))
}
