package prove

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// A Counterexample is inputs for which a stencil does something else than its
// operation, in the terms of the machine and, in parentheses, of the processor.
type Counterexample struct {
	Inputs []string // what registers, slots and holes hold: "x (r13) = 0x1"
	Wrong  []string // what is wrong then: "a (r12): expected 0x0, got 0x1"
	End    string   // where that shows, and what happens there: "at hot+0x13, where it goes on"

	path map[place]bool // the instructions that are executed
}

// String returns it in lines.
func (c *Counterexample) String() string {
	var b strings.Builder
	if len(c.Inputs) > 0 {
		fmt.Fprintf(&b, "with %s\n", strings.Join(c.Inputs, ", "))
	} else {
		b.WriteString("with any inputs\n")
	}
	if c.End != "" {
		fmt.Fprintln(&b, c.End)
	}
	b.WriteString(strings.Join(c.Wrong, "\n"))
	return b.String()
}

// counterexample makes one of a solver's model.
func (r *run) counterexample(model map[term]uint64, left []difference, x *exit) *Counterexample {
	f := r.env.pool.NewSubst()
	var vars []term
	for v, x := range model {
		f.Replace(v, v.Const(x))
		vars = append(vars, v)
	}
	slices.SortFunc(vars, func(a, b term) int { return cmp.Compare(a.ID(), b.ID()) })
	c := new(Counterexample)
	for _, v := range vars {
		c.Inputs = append(c.Inputs, r.inputName(v)+" = "+r.number(r.inputName(v), model[v], v.Width))
	}
	for _, d := range left {
		if d.got == nil || d.got.IsConst() && d.want.IsConst() && d.got.Width == 1 {
			c.Wrong = append(c.Wrong, d.what)
			continue
		}
		got, want := f.Apply(d.got), f.Apply(d.want)
		if got != want {
			c.Wrong = append(c.Wrong, fmt.Sprintf("%s: expected %s, got %s", d.what, r.valueText(d.what, want), r.valueText(d.what, got)))
		}
	}
	if x != nil {
		c.End = fmt.Sprintf("at %v, where it %s", x.at, r.leaving(x.kind, x.state.cells))
		c.path = x.state.seen
	}
	return c
}

// valueText returns a term in hexadecimal, if it is a number.
func (r *run) valueText(what string, v term) string {
	if v.IsConst() {
		return r.number(what, v.Value, v.Width)
	}
	return v.String()
}

// number returns a number in hexadecimal, and the float that it is if it is in the place
// of one.
func (r *run) number(where string, v uint64, width uint8) string {
	text := fmt.Sprintf("%#x", v)
	for _, o := range []*operand{&r.form.d, &r.form.l, &r.form.r} {
		if !isFloat(o) || r.machineName(r.target.fregName(r.target.register(o))) != where {
			continue
		}
		if o.single {
			return fmt.Sprintf("%s (%g)", text, math.Float32frombits(uint32(v)))
		}
		return fmt.Sprintf("%s (%g)", text, math.Float64frombits(v))
	}
	if n := int64(v); width == 64 && n < 0 && n >= -1<<32 {
		return fmt.Sprintf("%s (%d)", text, n)
	}
	return text
}

// machineName returns the name of a register of the machine with the processor's behind
// it, or what it is if it is none of the machine's.
func (r *run) machineName(register string) string {
	t := r.target
	for n, number := range r.set.Regs {
		o := operand{kind: ops.KindReg, number: number}
		name := t.regName
		if n >= ops.NumRegs {
			o.kind, name = ops.KindFReg, t.fregName
		}
		if name(t.register(&o)) == register {
			return machineRegs[n] + " (" + register + ")"
		}
	}
	for n, name := range map[int]string{t.ctx: "ctx", t.fp: "fp", t.mem: "mem"} {
		if t.regName(n) == register {
			return name + " (" + register + ")"
		}
	}
	return register
}

// machineRegs are the names of the machine's registers, in the order of Set.Regs.
var machineRegs = []string{"a", "x", "y", "o", "fa", "fx", "fy", "fo"}

// inputName says what an unknown is.
func (r *run) inputName(v term) string {
	if name, ok := inputNames[v.Name]; ok {
		return name
	}
	if v.Name == "extra" {
		switch r.form.code.Info().Extra {
		case ops.OffsetExtra:
			return "offset"
		case ops.SignatureExtra:
			return "number of the signature"
		}
		return "what it takes besides"
	}
	if slot, ok := strings.CutPrefix(v.Name, "slot_"); ok {
		return "number of slot [" + slot + "]"
	}
	return r.machineName(v.Name)
}

// inputNames are the unknowns that are neither registers nor slots.
var inputNames = map[string]string{
	"imm": "immediate", "imm_high": "upper half of the immediate", "imm_low": "lower half of the immediate, with its sign",
	"index": "index", "memsize": "size of memory", "tablesize": "size of the table of functions",
	"limit": "limit of the stack", "stop": "word to poll", "function": "number of the function", "entry": "table's entry",
}

// cellName says what a word of memory is.
func (r *run) cellName(c cell) string {
	switch {
	case c == r.siteCell():
		return "site and pc"
	case c.region == inFrame && c.symbol == nil && c.offset == 0:
		return "the frame's return address"
	case c.region == inFrame && c.symbol == r.env.imm && c.offset == 0 && c.symbol != nil:
		return "the callee's return address"
	case c.symbol == r.env.extra8 && c.offset == 0 && r.env.words[c] != nil:
		return "the word of " + c.region.String()
	}
	for _, o := range []*operand{&r.form.d, &r.form.l, &r.form.r} {
		if o.kind == ops.KindSlot && c.region == inFrame && c.symbol == r.env.slotOffset(o) {
			if c.offset == 0 {
				return "[" + o.name + "]"
			}
			return fmt.Sprintf("the word %+d bytes from [%s]", c.offset, o.name)
		}
	}
	return c.String()
}

// siteCell is the word of the context that says how compiled code was left.
func (r *run) siteCell() cell {
	return cell{region: inContext, offset: int64(constant(r.set, "ContextSite"))}
}

// leaving says how control goes at an exit of a kind, given what has been written.
func (r *run) leaving(k exitKind, cells map[cell]term) string {
	if v := cells[r.siteCell()]; k == toLeave && v != nil {
		return leavingBy(v)
	}
	return k.String()
}

// leavingBy says why control leaves with this site.
func leavingBy(v term) string {
	low := v.Extract(0, 12)
	if !low.IsConst() {
		return "leaves with an unknown site"
	}
	code, reason := ops.Exit(low.Value&0xf), ops.Reason(low.Value>>4)
	if reason == 0 {
		return fmt.Sprintf("leaves (%s)", code)
	}
	return fmt.Sprintf("leaves (%s: %s)", code, reason)
}

// otherLeaving reports whether two sites are different exits or reasons, whatever else.
func otherLeaving(a, b term) bool {
	a, b = a.Extract(0, 12), b.Extract(0, 12)
	return a.IsConst() && b.IsConst() && a != b
}

// operation returns the form as an operation: "add a, x, [r]".
func (f *form) operation(set *stencils.Set) string {
	text := f.op()
	sep := " "
	for _, o := range []*operand{&f.d, &f.l, &f.r, &f.s} {
		name := ""
		switch o.kind {
		case ops.KindReg:
			name = machineRegs[slices.Index(set.Regs[:ops.NumRegs], o.number)]
		case ops.KindFReg:
			name = machineRegs[ops.NumRegs+slices.Index(set.Regs[ops.NumRegs:], o.number)]
		case ops.KindSlot:
			name = "[" + o.name + "]"
		case ops.KindImm:
			name = "immediate"
		default:
			continue
		}
		text += sep + name
		sep = ", "
	}
	return text
}
