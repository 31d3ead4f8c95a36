package gen

import (
	"slices"
	"strings"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// twins makes the stencils of a template: one for each reach of the jumps that leave
// it, with narrow and with wide holes. It returns the one that is tried first;
// those that differ from it hang on it.
func twins(name string, f *form, tmpl *template, a assignment, t *Target) (*stencil, error) {
	var narrow, wide []*stencil
	for _, out := range t.Reaches {
		w, err := newStencil(name, f, tmpl, a, out, nil, t)
		if err != nil {
			return nil, err
		}
		n := w
		if t.Narrow != nil {
			if n, err = newStencil(name, f, tmpl, a, out, t.Narrow, t); err != nil {
				return nil, err
			}
		}
		wide, narrow = append(wide, w), append(narrow, n)
	}
	for _, list := range [][]*stencil{narrow, wide} {
		for k := len(list) - 2; k >= 0; k-- {
			if list[k].far = list[k+1]; list[k].sameCode(list[k+1]) {
				list[k].far = list[k+1].far
			}
		}
	}
	for k, n := range narrow {
		if !n.sameCode(wide[k]) {
			n.wide = wide[k]
		}
	}
	narrow[0].name()
	return narrow[0], nil
}

// sameCode reports whether two stencils are the same but for their twins.
func (s *stencil) sameCode(other *stencil) bool { return s.parts() == other.parts() }

// name tells the stencil's twins apart from it, by what they have room for.
func (s *stencil) name() {
	for _, twin := range []struct {
		*stencil
		suffix string
	}{{s.wide, suffixWide}, {s.far, suffixFar}} {
		if twin.stencil != nil && !strings.Contains(twin.names[0], "~") {
			twin.names = []string{s.names[0] + twin.suffix}
			twin.stencil.name()
		}
	}
}

// What the names of twins end in, once for each step to them.
const (
	suffixWide = "~wide"
	suffixFar  = "~far"
)

// An editor rewrites a function into one that does the same with narrower holes.
type editor struct {
	insts  []*inst
	target *Target
	enters map[int]bool // offsets that are jumped to
	loops  bool         // something jumps back
	halves bool         // a number comes in two halves, which are seldom small
}

// newEditor returns an editor of a function.
func newEditor(insts []*inst, t *Target) *editor {
	e := &editor{insts: insts, target: t, enters: make(map[int]bool)}
	for _, i := range insts {
		if i.dest == inside {
			e.enters[i.offset+i.Target] = true
			e.loops = e.loops || i.Target <= 0
		}
	}
	return e
}

// straight reports whether control comes to the instructions from and up to but not
// including to only one after the other, and from the one before them.
func (e *editor) straight(from, to int) bool {
	for n := from; n < to; n++ {
		if e.enters[e.insts[n].offset] || n+1 < to && e.insts[n].Flow != decode.Next {
			return false
		}
	}
	return true
}

// uses returns the instructions behind n that read a register before it is written
// again. It is not ok if that cannot be told.
func (e *editor) uses(n int, r decode.Reg) (list []int, ok bool) {
	branches := false
	for k := n + 1; k < len(e.insts); k++ {
		i := e.insts[k]
		branches = branches || e.enters[i.offset]
		reads := e.target.Reads(i.code)
		if slices.Contains(reads, r) || i.Flow == decode.Indirect && i.Via == r {
			list = append(list, k)
		}
		if i.Writes.Has(r) && !branches {
			return list, true
		}
		branches = branches || i.Flow != decode.Next
	}
	return list, !e.loops && e.target.Scratch.Has(r)
}

// changed reports whether a register is written behind n and before m.
func (e *editor) changed(r decode.Reg, n, m int) bool {
	for _, i := range e.insts[n+1 : m] {
		if i.Writes.Has(r) {
			return true
		}
	}
	return false
}

// put puts an instruction with a hole in the place of another.
func (e *editor) put(n int, word uint32, kind stencils.Kind, v stencils.Value, addend int32) bool {
	code := words(word)
	d, err := e.target.Decode(code)
	if err != nil {
		return false
	}
	old := e.insts[n]
	e.insts[n] = &inst{Inst: d, fn: old.fn, offset: old.offset, code: code, dest: nowhere,
		holes: []stencils.Hole{{Kind: kind, Value: v, Addend: addend}}}
	return true
}

// drop takes an instruction away that does not jump, and behind which there is one
// that does not either: what jumps to it jumps there then.
func (e *editor) drop(n int) {
	if offset := e.insts[n].offset; e.enters[offset] {
		next := *e.insts[n+1]
		next.offset = offset
		e.insts[n+1] = &next
	}
	e.insts = slices.Delete(e.insts, n, n+1)
}

// word returns an instruction, and its only hole if it has one.
func (e *editor) word(n int) (word uint32, hole stencils.Hole, ok bool) {
	i := e.insts[n]
	if i.Len != 4 || len(i.holes) > 1 {
		return 0, stencils.Hole{}, false
	}
	for k, b := range i.code {
		word |= uint32(b) << (8 * k)
	}
	if len(i.holes) == 1 {
		hole = i.holes[0]
	}
	return word, hole, true
}

// narrowable reports whether a value is likely to be small.
func narrowable(v stencils.Value) bool {
	switch v {
	case stencils.ValSite, stencils.ValPC, stencils.ValImmHigh:
		return false
	}
	return true
}
