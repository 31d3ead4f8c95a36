package prove

import (
	"fmt"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// A form is a use of a stencil: an operation, what its operands are, and which of
// them are the same place.
type form struct {
	code    ops.Code // 0 for stencils that no operation is
	name    string
	stencil int
	same    int  // stencils.SameDL …, of those that can be
	wide    bool // the immediate has 64 bits
	halves  bool // which the target makes of two halves
	twin    int  // which of the stencils that may replace each other
	narrow  bool // another one takes what does not fit in the holes of this one
	d, l, r operand
	s       operand // the register that Op.Target names
}

// An operand of a form.
type operand struct {
	kind   ops.Kind
	single bool   // a float32
	name   string // d, l or r: of operands that are the same place, one of them
	number uint8  // of the machine's register, as fields name it
}

func (o *operand) isReg() bool { return o.kind == ops.KindReg || o.kind == ops.KindFReg }

// hasImm reports whether the form has an immediate: as an operand or for the size
// of a frame.
func (f *form) hasImm() bool {
	switch f.code {
	case 0, ops.Call, ops.CallI, ops.Switch:
		return true
	}
	return f.l.kind == ops.KindImm || f.r.kind == ops.KindImm
}

// forms returns all uses of the stencils of a set, in the order of their keys, the
// entry and the poll last.
func forms(set *stencils.Set) ([]*form, error) {
	type use struct {
		stencil int
		key     int // with the bits of coincidence that mean something
	}
	done := make(map[use]bool)
	var list []*form
	for key, index := range set.Index {
		if index == 0 {
			continue
		}
		f, err := newForm(set, key)
		if err != nil {
			return nil, fmt.Errorf("key %#x: %w", key, err)
		}
		f.stencil = int(index) - 1
		u := use{f.stencil, key&^(1<<stencils.CoincidenceBits-1) | f.same}
		if !done[u] {
			done[u] = true
			list = append(list, f.selected(set)...)
		}
	}
	list = append(list,
		&form{name: nameEntry, stencil: int(set.Entry)}, &form{name: namePoll, stencil: int(set.Poll)},
		&form{name: nameLinked, stencil: int(set.Linked)}, &form{name: nameUnlinked, stencil: int(set.Unlinked)})
	return withTwins(set, list), nil
}

// withTwins returns the forms with one more for each stencil that may replace theirs:
// these take what does not fit in the holes of the ones before, or is too far away. One
// for what is far away still has only what fitted before.
func withTwins(set *stencils.Set, forms []*form) []*form {
	var list []*form
	for _, f := range forms {
		type twin struct {
			stencil uint16
			narrow  bool
		}
		seen := make(map[twin]bool)
		todo := []twin{{uint16(f.stencil), false}}
		for n := 0; len(todo) > 0; {
			t := todo[0]
			todo = todo[1:]
			next := set.Twin(t.stencil)
			t.narrow = t.narrow || next.Wide != 0
			if seen[t] {
				continue
			}
			seen[t] = true
			g := *f
			g.stencil, g.narrow, g.twin = int(t.stencil), t.narrow, n
			list = append(list, &g)
			n++
			if next.Wide != 0 {
				todo = append(todo, twin{next.Wide, false})
			}
			if next.Far != 0 {
				todo = append(todo, twin{next.Far, t.narrow})
			}
		}
	}
	return list
}

// title returns the name of the form and which of the stencils for it is meant.
func (f *form) title() string {
	if f.twin == 0 {
		return f.name
	}
	return fmt.Sprintf("%s, twin %d", f.name, f.twin)
}

// The stencils that no operation is.
const (
	nameEntry    = "entry"
	namePoll     = "poll"
	nameLinked   = "call_linked"
	nameUnlinked = "unlinked"
)

// selected returns the form, or if it selects a register, a form for each place that
// this may be: one of its own, or that of another operand. They share a stencil.
func (f *form) selected(set *stencils.Set) []*form {
	if f.code.Info().Extra != ops.RegExtra {
		return []*form{f}
	}
	f.s = operand{kind: ops.KindReg, name: "s", number: set.Regs[3]}
	list := []*form{f}
	for _, o := range []operand{f.d, f.l, f.r} {
		if o.kind != ops.KindReg {
			continue
		}
		g := *f
		g.s = o
		if g.name += "_s" + o.name; g.name != list[len(list)-1].name {
			list = append(list, &g)
		}
	}
	return list
}

// newForm returns the form of a key.
func newForm(set *stencils.Set, key int) (*form, error) {
	f := &form{code: ops.Code(key >> stencils.KeyBits)}
	if !f.code.Valid() {
		return nil, fmt.Errorf("there is no such operation")
	}
	info := f.code.Info()
	kinds := key >> stencils.CoincidenceBits
	f.d = operand{kind: kindOf(info.D, kinds>>4&1), single: info.Single&ops.OperandD != 0, name: "d"}
	f.l = operand{kind: kindOf(info.L, kinds>>2&3), single: info.Single&ops.OperandL != 0, name: "l"}
	f.r = operand{kind: kindOf(info.R, kinds&3), single: info.Single&ops.OperandR != 0, name: "r"}
	f.wide = kinds>>2&3 == ops.FormImm64 || kinds&3 == ops.FormImm64
	for n, o := range []*operand{&f.d, &f.l, &f.r} {
		switch o.kind {
		case 0:
			return nil, fmt.Errorf("%s has no operand of that kind", f.code)
		case ops.KindReg:
			o.number = set.Regs[n]
		case ops.KindFReg:
			o.number = set.Regs[ops.NumRegs+n]
		}
	}
	f.halves = targets[set.Target].halves
	f.coincide(key)
	f.name = f.text()
	return f, nil
}

// kindOf returns what an operand is whose form says so, 0 if it cannot be.
func kindOf(allowed ops.Kinds, form int) ops.Kind {
	kind := map[int]ops.Kind{ops.FormReg: ops.KindReg, ops.FormSlot: ops.KindSlot, ops.FormImm32: ops.KindImm, ops.FormImm64: ops.KindImm}[form]
	if kind == ops.KindReg {
		for _, k := range []ops.Kind{ops.KindReg, ops.KindFReg, ops.KindNone} {
			if allowed.Has(k) {
				return k
			}
		}
	}
	if allowed.Has(kind) {
		return kind
	}
	return 0
}

// coincide makes operands the same place as the key says. Its bits mean something
// only of places of one kind.
func (f *form) coincide(key int) {
	join := func(bit int, x, y *operand) {
		if key&bit != 0 && x.kind == y.kind && (x.isReg() || x.kind == ops.KindSlot) {
			f.same |= bit
			y.name, y.number = x.name, x.number
		}
	}
	join(stencils.SameLR, &f.l, &f.r)
	join(stencils.SameDL, &f.d, &f.l)
	join(stencils.SameDR, &f.d, &f.r)
}

// text names the form as the templates are named.
func (f *form) text() string {
	name := f.code.String()
	var letters string
	for _, o := range []*operand{&f.d, &f.l, &f.r} {
		switch {
		case o.isReg():
			letters += "r"
		case o.kind == ops.KindSlot:
			letters += "s"
		case o.kind == ops.KindImm && f.wide:
			letters += "w"
		case o.kind == ops.KindImm:
			letters += "i"
		}
	}
	if letters != "" {
		name += "_" + letters
	}
	switch f.same {
	case 0:
	case stencils.SameDL:
		name += "_dl"
	case stencils.SameDR:
		name += "_dr"
	case stencils.SameLR:
		name += "_lr"
	default:
		name += "_dlr"
	}
	return name
}
