package gen

import "github.com/copyjit/copyjit/stencils/gen/decode"

// Templates that may do what others may not, by their names.
const (
	nameEntry  = "entry"
	namePoll   = "poll"
	nameCall   = "call"   // changes the frame pointer
	nameReturn = "return" // jumps through the frame
)

// check rejects instructions that no stencil may have. The registers of the
// operands are those of the assignment under which the template was compiled.
func check(name string, f *form, a assignment, insts []*inst, t *Target) error {
	allowed := t.Scratch | decode.Set(t.Ctx, t.FP, t.Mem)
	written := t.Scratch
	for role, is := range f.roles() {
		if is {
			allowed |= decode.Set(t.Registers[a[role]])
		}
	}
	if f.roles()[roleD] {
		written |= decode.Set(t.Registers[a[roleD]])
	}
	if name == nameCall {
		written |= decode.Set(t.FP)
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
		if i.Flow == decode.Indirect && !isExit(i, t) && !(name == nameReturn && isReturn(i, t)) {
			return i.errorf("an indirect jump that is neither an exit (LEAVE(ctx->exit)) nor a return")
		}
	}
	return nil
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
