package gen

import (
	"slices"

	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// Templates that may do what others may not, by their names.
const (
	nameReturn = "return" // jumps through the frame
)

// calls change the frame pointer.
var calls = []string{"call", nameLinked, "calli_r", "calli_s"}

// indirect are those that jump to an address that they have computed or found.
var indirect = []string{nameLinked, "calli_r", "calli_s", "switch_r", "switch_s"}

// check rejects instructions that no stencil may have. The registers of the
// operands are those of the assignment under which the template was compiled.
func check(name string, f *form, a assignment, insts []*inst, t *Target) error {
	allowed := t.Scratch | decode.Set(t.Ctx, t.FP, t.Mem)
	written := t.Scratch
	for role, is := range f.roles() {
		if is {
			allowed |= decode.Set(f.register(role, a, t))
		}
	}
	if f.roles()[roleD] {
		written |= decode.Set(f.register(roleD, a, t))
	}
	if slices.Contains(calls, name) {
		written |= decode.Set(t.FP)
	}
	if kept, err := keepsMem(insts, t); err != nil {
		return err
	} else if kept {
		written |= decode.Set(t.Mem)
	}
	if err := selectsLast(f, a, insts, t); err != nil {
		return err
	}
	for _, i := range insts {
		if i.Stack {
			return i.errorf("it uses the hardware stack, which belongs to Go")
		}
		for _, r := range i.Regs {
			if !allowed.Has(r) {
				return i.errorf("%s is not a register of this form: neither an operand, nor ctx, fp or mem, nor scratch", t.name(r))
			}
		}
		if bad := i.Writes &^ written; bad != 0 {
			return i.errorf("it writes %s, which must stay as it is", t.name(bad.First()))
		}
		if i.Flow == decode.Indirect && !isExit(i, t) && !(name == nameReturn && isReturn(i, t)) && !slices.Contains(indirect, name) {
			return i.errorf("an indirect jump that is neither an exit (LEAVE(ctx->exit)) nor a return")
		}
	}
	return nil
}

// selectsLast rejects a template that reads s where d may have been written: s may
// be the same register as d, which clang does not know.
func selectsLast(f *form, a assignment, insts []*inst, t *Target) error {
	roles := f.roles()
	if !roles[roleS] || !roles[roleD] {
		return nil
	}
	d, s := f.register(roleD, a, t), f.register(roleS, a, t)
	written := false
	for _, i := range insts {
		switch {
		case i.dest == inside && i.Target <= 0:
			return i.errorf("it jumps back, so that nothing says in which order d is written and s read")
		case written && slices.Contains(i.Regs, s):
			return i.errorf("it reads s, which is wrong if that is d: d has been written")
		}
		written = written || i.Writes.Has(d)
	}
	return nil
}

// keepsMem reports whether a function changes the register mem and puts back what
// was in it: multiplications and divisions of amd64 cannot do without that
// register. It is an error if control leaves with anything else in mem.
//
// It finds out which registers hold what was in mem, before each instruction and
// on every path there.
func keepsMem(insts []*inst, t *Target) (kept bool, err error) {
	index := make(map[int]int) // offset → index of the instruction
	for n, i := range insts {
		index[i.offset] = n
	}
	const unreached = ^decode.RegSet(0)
	holds := make([]decode.RegSet, len(insts)+1)
	for n := range holds {
		holds[n] = unreached
	}
	holds[0] = decode.Set(t.Mem)
	for work := []int{0}; len(work) > 0; {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if n == len(insts) {
			continue // cut rejects what falls off the end
		}
		i, after := insts[n], holds[n]
		after &^= i.Writes
		if i.Copy && holds[n].Has(i.Regs[1]) {
			after |= i.Writes
		}
		kept = kept || i.Writes.Has(t.Mem)
		var next []int
		switch {
		case i.Flow == decode.Next:
			next = []int{n + 1}
		case i.dest == inside:
			if to, ok := index[i.offset+i.Target]; ok { // cut rejects others
				next = []int{to}
			}
		case !after.Has(t.Mem):
			return false, i.errorf("control leaves, but %s has not been put back", t.name(t.Mem))
		}
		if i.Flow == decode.Cond {
			next = append(next, n+1)
		}
		for _, m := range next {
			if both := holds[m] & after; both != holds[m] {
				holds[m] = both
				work = append(work, m)
			}
		}
	}
	return kept, nil
}

// isExit reports whether control leaves compiled code here: through the first
// word of the context.
func isExit(i *inst, t *Target) bool {
	return i.Flow == decode.Indirect && i.Memory && i.Base == t.Ctx && i.Disp == 0 && len(i.holes) == 0
}

// isReturn reports whether control goes to the frame's return address, its first
// word.
func isReturn(i *inst, t *Target) bool {
	return i.Flow == decode.Indirect && i.Memory && i.Base == t.FP && i.Disp == 0 && len(i.holes) == 0
}
