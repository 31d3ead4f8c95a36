package jit

import (
	"iter"
	"runtime"
	"unsafe"

	"github.com/copyjit/copyjit/ops"
)

// A stack starts small and grows up to its limit. Frames hold no addresses of the
// stack, so it may lie elsewhere whenever compiled code has left. A large one is moved
// for the last time to address space of its own, where growing copies nothing: nobody
// waits for that.

// minStack is how many words a stack has at first, if its limit allows it.
const minStack = 512

// heapStack is how many words a stack has at most that is on Go's heap, where the
// system can reserve address space: copying as much takes some 100 µs.
const heapStack = 1 << 17

// openStack makes the stack.
func (in *Instance) openStack(bytes int) {
	in.maxStack = bytes / 8
	in.interp.Stack = make([]uint64, min(minStack, in.maxStack))
}

// growStack makes the stack hold at least so many words, or as many as there may be.
func (in *Instance) growStack(words int) {
	old := in.interp.Stack
	if n := min(max(2*len(old), words), in.maxStack); n > len(old) {
		top := in.top()
		in.interp.Stack = in.newStack(n)
		if &old[0] != &in.interp.Stack[0] {
			copy(in.interp.Stack, old)
		}
		in.moveStack(top)
	}
}

// newStack returns a stack of so many words, which may be the present one, longer.
func (in *Instance) newStack(words int) []uint64 {
	if words <= heapStack || !reserves {
		return make([]uint64, words)
	}
	if in.stackSpace == nil {
		s, err := reserve(8 * in.maxStack)
		if err != nil {
			return make([]uint64, words)
		}
		in.stackSpace = s
		runtime.AddCleanup(in, space.release, s)
	}
	bytes, err := in.stackSpace.grow(nil, 8*words)
	if err != nil {
		return make([]uint64, words)
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(bytes))), words)
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
	words := frame + in.program.Func(fn).FrameWords()
	if words > in.maxStack {
		return false
	}
	in.growStack(words)
	return true
}

// overflow is the trap at the entry of a function whose frame does not fit.
func (in *Instance) overflow(at ops.Site, callers iter.Seq[ops.Site]) error {
	in.countTrap(ops.ReasonStackOverflow)
	t := newTrap(in.program, ops.ReasonStackOverflow, at, callers)
	t.limit = &LimitError{"stack bytes", 8 * in.maxStack}
	return t
}
