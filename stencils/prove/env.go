package prove

import (
	"fmt"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/ops/meaning"
	"github.com/copyjit/copyjit/ops/meaning/bv"
	"github.com/copyjit/copyjit/stencils"
)

// An env is the world that a stencil runs in: the values that it finds, and what
// the holes are.
type env struct {
	pool *bv.Pool
	form *form

	imm       term // the immediate, 64 bits
	site, pc  term // 32 bits, of which a site leaves the lowest 12 free
	extra     term // Op.Target, 32 bits
	memSize   term
	contextAt map[int64]term          // words of the context that may be read, by offset
	places    map[term]exitKind       // code addresses that may be jumped to
	slots     map[cell]term           // words of the frame that may be read
	symbols   map[stencils.Value]term // offsets of slots
}

// newEnv makes the world of a form.
func newEnv(set *stencils.Set, f *form) (*env, error) {
	p := bv.NewPool()
	e := &env{
		pool: p, form: f,
		site: p.Var("function", 20).Concat(p.Const(0, 12)), pc: p.Var("pc", 32), extra: p.Var("extra", 32),
		memSize:   p.Var("memsize", 64),
		contextAt: make(map[int64]term),
		places:    make(map[term]exitKind),
		slots:     make(map[cell]term),
		symbols:   make(map[stencils.Value]term),
	}
	switch {
	case f.wide:
		e.imm = p.Var("imm", 64)
	default:
		e.imm = p.Var("imm", 32).Sext(64)
	}
	words := map[string]string{"Exit": "exit", "Poll": "poll", "Limit": "limit", "Globals": "globals", "Counters": "counters", "Table": "table", "TableSize": "tablesize"}
	for fact, name := range words {
		if at, ok := set.Fact("Context" + fact); ok {
			e.contextAt[int64(at)] = p.Var(name, 64)
		}
	}
	if at, ok := set.Fact("ContextMemSize"); ok {
		e.contextAt[int64(at)] = e.memSize
	}
	if at, ok := set.Fact("ContextMemEnd"); ok {
		for n := range 4 {
			e.contextAt[int64(at)+8*int64(n)] = meaning.MemEnd(e.memSize, 1<<n)
		}
	}
	e.places[p.Var("exit", 64)] = toLeave
	if f.code == ops.Return {
		e.places[p.Var("return", 64)] = toCaller
		e.slots[cell{region: inFrame, offset: int64(fact(set, "FrameReturn"))}] = p.Var("return", 64)
	}
	for value, o := range map[stencils.Value]*operand{stencils.ValD: &f.d, stencils.ValL: &f.l, stencils.ValR: &f.r} {
		if o.kind != ops.KindSlot {
			continue
		}
		e.symbols[value] = p.Var("slot_"+o.name, 64)
		e.slots[cell{region: inFrame, symbol: e.symbols[value]}] = p.Var("["+o.name+"]", 64)
	}
	return e, nil
}

// fact returns a fact that every set has.
func fact(set *stencils.Set, name string) uint64 {
	v, ok := set.Fact(name)
	if !ok {
		panic("prove: the tables do not say " + name)
	}
	return v
}

// initial returns what is in a cell before the stencil runs, if it may be read.
func (e *env) initial(c cell) (term, error) {
	var v term
	switch {
	case c.region == inContext && c.symbol == nil:
		v = e.contextAt[c.offset]
	case c.region == inFrame:
		v = e.slots[c]
	case c.region == inPoll && c.symbol == nil && c.offset == 0:
		v = e.pool.Var("stop", 64)
	}
	if v == nil {
		return nil, fmt.Errorf("it reads %v, which is no business of this operation", c)
	}
	return v, nil
}

// anything returns what is in a cell that is written, in part perhaps.
func (e *env) anything(c cell) term {
	if v, err := e.initial(c); err == nil {
		return v
	}
	return e.pool.Var(c.String(), 64)
}

// codeAddress returns the address of a place in the stencil.
func (e *env) codeAddress(at place) term { return e.pool.Var("&"+at.String(), 64) }

// value returns S + A of a hole that takes no address.
func (e *env) value(h *stencils.Hole) (term, error) {
	var v term
	switch h.Value {
	case stencils.ValD, stencils.ValL, stencils.ValR:
		v = e.symbols[h.Value]
	case stencils.ValImm:
		if e.form.hasImm() {
			v = e.imm
		}
	case stencils.ValSite:
		v = e.site.Zext(64)
	case stencils.ValPC:
		v = e.pc.Zext(64)
	}
	if v == nil {
		return nil, fmt.Errorf("the hole takes %s, which this form does not have", h.Value)
	}
	return v.AddConst(uint64(int64(h.Addend))), nil
}

// known says of the values which bits of S they have: a kind of hole that does not
// admit all of them would refuse a program.
type width struct {
	bits   uint8
	signed bool
}

func (e *env) width(v stencils.Value) width {
	switch v {
	case stencils.ValD, stencils.ValL, stencils.ValR:
		return width{19, false} // of a frame of ops.MaxFrame words
	case stencils.ValImm:
		if e.form.wide {
			return width{64, true}
		}
		return width{32, true}
	}
	return width{32, false}
}

// admits reports whether a hole's kind can hold all values.
func (w width) admits(k stencils.Kind) bool {
	switch k {
	case stencils.X86Abs64, stencils.X86Low32, stencils.X86Low8:
		return true
	case stencils.X86Abs32S:
		return w.bits < 32 || w.bits == 32 && w.signed
	case stencils.X86Abs32:
		return w.bits <= 32 && !w.signed
	}
	return false
}
