package jit

import (
	"iter"

	"github.com/copyjit/copyjit/ops"
)

// A stack starts small and grows up to its limit. Frames hold no addresses of the
// stack, so it may lie elsewhere whenever compiled code has left.

// minStack is how many words a stack has at first, if its limit allows it.
const minStack = 512

// openStack makes the stack.
func (in *Instance) openStack(bytes int) {
	in.maxStack = bytes / 8
	in.interp.Stack = make([]uint64, min(minStack, in.maxStack))
}

// growStack makes the stack hold at least so many words, or as many as there may be:
// it reports whether that is enough.
func (in *Instance) growStack(words int) bool {
	old := in.interp.Stack
	if n := min(max(2*len(old), words), in.maxStack); n > len(old) {
		top := in.top()
		in.interp.Stack = make([]uint64, n)
		copy(in.interp.Stack, old)
		in.moveStack(top)
	}
	return words <= in.maxStack
}

// moveStack tells compiled code where the stack is, and its current frame.
func (in *Instance) moveStack(top int) {
	if in.native() {
		addr := in.stackAddr()
		in.ctx.fp, in.ctx.limit = addr+8*uintptr(top), addr+8*uintptr(len(in.interp.Stack))
	}
}

// fits makes room for the frame of a function at whose entry execution has left
// because there was none, and reports whether there may be.
func (in *Instance) fits(fn ops.FuncID, frame int) bool {
	return in.growStack(frame + in.program.Func(fn).FrameWords())
}

// overflow is the trap at the entry of a function whose frame does not fit.
func (in *Instance) overflow(at ops.Site, callers iter.Seq[ops.Site]) error {
	t := newTrap(in.program, ops.ReasonStackOverflow, at, callers)
	t.limit = &LimitError{"stack bytes", 8 * in.maxStack}
	return t
}
