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

	imm        term // the immediate, 64 bits
	immHigh    term // where it is wide, its two halves: high << 32 + low, both with a sign
	immLow     term
	site, pc   term // 32 bits, of which a site leaves the lowest 12 free
	extra      term // Op.Target, 32 bits
	extra8     term // eight times that, 64 bits
	memSize    term
	tableSize  term
	tableIndex term                     // of an indirect call
	words      map[cell]term            // words that may be read
	places     map[term]exitKind        // code addresses that may be jumped to
	limits     map[stencils.Value]uint8 // see the function limits
	near       map[term]term            // places that distances to the jump table count from, as addresses
	slots      map[string]term          // offsets of slots in words, by the operand's name
}

// newEnv makes the world of a form.
func newEnv(set *stencils.Set, f *form) (*env, error) {
	p := bv.NewPool()
	e := &env{
		pool: p, form: f,
		site: p.Var("function", 20).Concat(p.Const(0, 12)), pc: p.Var("pc", 32), extra: p.Var("extra", 32),
		memSize: p.Var("memsize", 64), tableSize: p.Var("tablesize", 64),
		words:  make(map[cell]term),
		places: make(map[term]exitKind),
		slots:  make(map[string]term),
		near:   make(map[term]term),
	}
	e.limits = limits(set, f)
	e.immediate()
	e.context(set)
	if bits, ok := e.limits[stencils.ValExtra]; ok {
		e.extra = p.Var("extra", min(bits, 32)).Zext(32)
	}
	if x := f.code.Info().Extra; x == ops.GlobalExtra || x == ops.CounterExtra || f.name == nameLinked {
		bits := uint8(28) // there are at most ops.MaxGlobals
		if n, ok := e.limits[stencils.ValExtra]; ok {
			bits = min(bits, n)
		}
		e.extra = p.Var("index", bits).Zext(32)
	}
	e.extra8 = e.extra.Zext(64).Mul(p.Const(8, 64))
	e.words[cell{region: inPoll}] = p.Var("stop", 64)
	e.words[cell{region: inGlobals, symbol: e.extra8}] = p.Var("global", 64)
	e.words[cell{region: inCounters, symbol: e.extra8}] = p.Var("counter", 64)
	e.words[cell{region: inLinks, symbol: e.extra8}] = p.Var("linked", 64)
	e.places[p.Var("exit", 64)] = toLeave
	switch {
	case f.code == ops.Return:
		e.places[p.Var("return", 64)] = toCaller
		e.words[cell{region: inFrame, offset: int64(constant(set, "FrameReturn"))}] = p.Var("return", 64)
	case f.code == ops.CallI:
		e.places[p.Var("code", 64)] = toEntry
	case f.name == nameLinked:
		e.places[p.Var("linked", 64)] = toTarget
	}
	for _, o := range []*operand{&f.d, &f.l, &f.r} {
		if o.kind == ops.KindSlot {
			bits := uint8(16)
			for _, v := range []stencils.Value{stencils.ValD, stencils.ValL, stencils.ValR} {
				if n, ok := e.limits[v]; ok && f.operandOf(v).name == o.name {
					bits = min(bits, n)
				}
			}
			e.slots[o.name] = p.Var("slot_"+o.name, bits).Zext(64)
			e.words[cell{region: inFrame, symbol: e.slotOffset(o)}] = p.Var("["+o.name+"]", 64)
		}
	}
	return e, nil
}

// immediate makes the immediate: of 32 bits with a sign, or of 64 bits, which some
// targets make of halves. (Every number is a pair of halves, and every pair one.)
func (e *env) immediate() {
	p := e.pool
	e.immHigh, e.immLow = p.Var("imm_high", 32).Sext(64), p.Var("imm_low", 32).Sext(64)
	bits, limited := e.limits[stencils.ValImm]
	switch {
	case limited:
		e.imm = p.Var("imm", bits).Sext(64)
		e.immHigh, e.immLow = p.Const(0, 64), e.imm
	case !e.form.wide:
		e.imm = p.Var("imm", 32).Sext(64)
		e.immHigh, e.immLow = p.Const(0, 64), e.imm
	case e.form.halves:
		e.imm = e.immHigh.Mul(p.Const(1<<32, 64)).Add(e.immLow)
	default:
		e.imm = p.Var("imm", 64)
	}
}

// context makes the words of the context.
func (e *env) context(set *stencils.Set) {
	word := func(name string, v term) {
		if at, ok := set.Fact("Context" + name); ok {
			e.words[cell{region: inContext, offset: int64(at)}] = v
		}
	}
	for fact, name := range map[string]string{
		"Exit": "exit", "Poll": "poll", "Limit": "limit", "Globals": "globals", "Counters": "counters", "Table": "table", "Links": "links",
	} {
		word(fact, e.pool.Var(name, 64))
	}
	word("TableSize", e.tableSize)
	word("MemSize", e.memSize)
	if at, ok := set.Fact("ContextMemEnd"); ok {
		for n := range 4 {
			e.words[cell{region: inContext, offset: int64(at) + 8*int64(n)}] = meaning.MemEnd(e.memSize, 1<<n)
		}
	}
}

// An entry of the table of functions: its code, its signature and more.
func (e *env) tableEntry(set *stencils.Set, index term) (code, signature term) {
	p := e.pool
	at := index.Mul(p.Const(constant(set, "EntrySize"), 64))
	code, second := p.Var("code", 64), p.Var("entry", 64)
	low := 8 * uint8(constant(set, "EntrySignature")-8)
	e.words[cell{region: inTable, symbol: at, offset: int64(constant(set, "EntryCode"))}] = code
	e.words[cell{region: inTable, symbol: at, offset: 8}] = second
	return code, second.Extract(low, 32)
}

// constant returns a fact that every set has.
func constant(set *stencils.Set, name string) uint64 {
	v, ok := set.Fact(name)
	if !ok {
		panic("prove: the tables do not say " + name)
	}
	return v
}

// distance returns how far the jump table is from a place in the code, 64 bits of which
// the lower half counts.
func (e *env) distance(from place) term {
	d := e.pool.Var("distance from "+from.String(), 32).Zext(64)
	e.near[e.codeAddress(from)] = e.pool.Var(inJumps.String(), 64).Sub(d)
	return d
}

// absolute returns an address that may have been made of a place in the code and the
// distance from there.
func (e *env) absolute(addr term) term {
	if len(e.near) == 0 {
		return addr
	}
	f := e.pool.NewSubst()
	for from, to := range e.near {
		f.Replace(from, to)
	}
	return f.Apply(addr)
}

// slotOffset returns the offset in bytes of an operand that is a slot.
func (e *env) slotOffset(o *operand) term { return e.slots[o.name].Mul(e.pool.Const(8, 64)) }

// initial returns what is in a cell before the stencil runs, if it may be read.
func (e *env) initial(c cell) (term, error) {
	v, ok := e.words[c]
	if !ok {
		return nil, fmt.Errorf("it reads %v, which is no business of this operation", c)
	}
	return v, nil
}

// anything returns what is in a cell that is written, in part perhaps.
func (e *env) anything(c cell) term {
	if v, ok := e.words[c]; ok {
		return v
	}
	return e.pool.Var(c.String(), 64)
}

// codeAddress returns the address of a place in the stencil.
func (e *env) codeAddress(at place) term { return e.pool.Var("&"+at.String(), 64) }

// value returns S + A of a hole that takes no address, 64 bits.
func (e *env) value(h *stencils.Hole) (term, error) {
	var v term
	slot := func(o *operand) term {
		if o.kind == ops.KindSlot {
			return e.slots[o.name]
		}
		return nil
	}
	f := e.form
	switch h.Value {
	case stencils.ValD, stencils.ValDWord:
		v = slot(&f.d)
	case stencils.ValL, stencils.ValLWord:
		v = slot(&f.l)
	case stencils.ValR, stencils.ValRWord:
		v = slot(&f.r)
	case stencils.ValImm:
		if f.hasImm() {
			v = e.imm
		}
	case stencils.ValImmHigh, stencils.ValImmLow:
		if !f.halves || !f.hasImm() {
			break
		}
		if v = e.immHigh; h.Value == stencils.ValImmLow {
			v = e.immLow
		}
	case stencils.ValSite:
		v = e.site.Zext(64)
	case stencils.ValPC:
		v = e.pc.Zext(64)
	case stencils.ValExtra:
		v = e.extra.Zext(64)
	case stencils.ValExtra8:
		v = e.extra8
	}
	if v == nil {
		return nil, fmt.Errorf("the hole takes %s, which this form does not have", h.Value)
	}
	switch h.Value {
	case stencils.ValD, stencils.ValL, stencils.ValR:
		v = v.Mul(v.Const(8))
	}
	return v.AddConst(uint64(int64(h.Addend))), nil
}

// A width says which numbers a hole may have to hold: a kind that does not admit all
// of them would refuse a program.
type width struct {
	bits   uint8
	signed bool
}

func (e *env) width(v stencils.Value) width {
	switch v {
	case stencils.ValD, stencils.ValL, stencils.ValR:
		return width{19, false} // of a frame of ops.MaxFrame words
	case stencils.ValDWord, stencils.ValLWord, stencils.ValRWord:
		return width{16, false}
	case stencils.ValExtra8:
		return width{31, false} // of ops.MaxGlobals words
	case stencils.ValImm:
		switch {
		case e.form.wide:
			return width{64, true}
		case e.form.l.kind != ops.KindImm && e.form.r.kind != ops.KindImm:
			return width{30, false} // the size of a frame, a number of labels
		}
		return width{32, true}
	case stencils.ValImmHigh, stencils.ValImmLow:
		return width{32, true}
	}
	return width{32, false}
}

// kinds says how many bits of a number the kinds of hole admit, without sign or with
// one. Kinds that take a part of any number are not here.
var kinds = map[stencils.Kind]struct {
	unsigned, signed uint8
}{
	stencils.X86Abs32S:  {31, 32},
	stencils.X86Abs32:   {32, 0},
	stencils.A64MovwG0:  {16, 0},
	stencils.A64MovwG1:  {32, 0},
	stencils.A64MovwSG1: {32, 33},
	stencils.RVHi20:     {31, 32},
	stencils.RVHi20U:    {32, 0},
	stencils.A64Imm12:   {12, 0},
	stencils.A64Add12:   {12, 13},
	stencils.A64Sub12:   {12, 13},
	stencils.A64Movz16:  {16, 17},
	stencils.RVImm12I:   {11, 12},
	stencils.RVImm12S:   {11, 12},
}

// limits returns of what a narrow stencil takes how many bits there are: of slots and
// indices in words, of an immediate with its sign.
func limits(set *stencils.Set, f *form) map[stencils.Value]uint8 {
	list := make(map[stencils.Value]uint8)
	if !f.narrow {
		return list
	}
	s := &set.Stencils[f.stencil]
	for _, p := range []*stencils.Part{&s.Hot, &s.Cold} {
		for _, h := range set.HolesOf(p) {
			k, ok := kinds[h.Kind]
			if !ok {
				continue
			}
			v, bits := h.Value, k.unsigned
			switch v {
			case stencils.ValD, stencils.ValL, stencils.ValR:
				bits -= 3 // in bytes
			case stencils.ValDWord, stencils.ValLWord, stencils.ValRWord:
				v -= stencils.ValDWord - stencils.ValD
			case stencils.ValExtra8:
				v, bits = stencils.ValExtra, bits-3
			case stencils.ValImm, stencils.ValImmLow:
				v, bits = stencils.ValImm, k.signed
				if k.signed == 0 {
					bits = k.unsigned + 1
				}
			}
			if old, ok := list[v]; !ok || bits < old {
				list[v] = bits
			}
		}
	}
	if bits, ok := list[stencils.ValImm]; ok && bits >= 32 {
		delete(list, stencils.ValImm) // no less than there are
	}
	return list
}

// operandOf returns the operand that a hole for a slot is of.
func (f *form) operandOf(v stencils.Value) *operand {
	return []*operand{stencils.ValD: &f.d, stencils.ValL: &f.l, stencils.ValR: &f.r}[v]
}

// admits reports whether a hole's kind can hold all numbers of the width.
func (w width) admits(k stencils.Kind) bool {
	limit, ok := kinds[k]
	if !ok {
		return true
	}
	if w.signed {
		return w.bits <= limit.signed
	}
	return w.bits <= limit.unsigned
}

// fillIn returns what the linker puts in a hole, as 64 bits of which the instruction
// takes as many as the hole's kind says.
func (i *inst) fillIn(h *hole) (term, error) {
	h.used = true
	if !i.form.narrow && !i.env.width(h.Value).admits(h.Kind) {
		return nil, fmt.Errorf("the hole %s %s does not admit all values", h.Kind, h.Value)
	}
	return i.env.value(&h.Hole)
}
