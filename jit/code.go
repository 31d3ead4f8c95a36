package jit

import (
	"sync/atomic"
	"weak"

	"github.com/copyjit/copyjit/internal/codemem"
	"github.com/copyjit/copyjit/ops"
)

// A Code is a compiled program. Any number of goroutines may share it, each
// with an Instance of its own.
type Code struct {
	engine  *Engine
	program *ops.Program
	shared  *sharedCode
	block   codemem.Block // where the machine code lies
	size    uint32        // how long it is, in bytes; 0 if there is none
	state   atomic.Uint32 // codeOpen and so on; changed under engine.mu
}

// States of a Code.
const (
	codeOpen   = iota
	codeClosed // but a call may be in progress
	codeFreed
)

// sharedCode is what few codes need, or not before they have instances: making
// a Code is cheaper the smaller it is.
type sharedCode struct {
	entries   []uint32                 // offsets of the functions' entries; nil if there is one function, at 0
	apart     *apart                   // of a Code whose functions are compiled one by one
	instances []weak.Pointer[Instance] // guarded by engine.mu
	inUse     bool                     // in engine.inUse
	index     int                      // where
	layout    atomic.Pointer[codeMap]
}

// Program returns the program that was compiled, nil after Close.
func (c *Code) Program() *ops.Program {
	c.engine.mu.Lock()
	defer c.engine.mu.Unlock()
	return c.program
}

// Size returns the size of the machine code in bytes, 0 if there is none.
func (c *Code) Size() int {
	size := int(c.size)
	c.engine.mu.Lock()
	a := c.apart()
	c.engine.mu.Unlock()
	if a != nil {
		size += int(a.size.Load())
	}
	return size
}

// apart returns what a Code has whose functions are compiled one by one. The caller
// holds the engine's lock, or has an instance.
func (c *Code) apart() *apart {
	if c.size == 0 || c.shared == nil {
		return nil
	}
	return c.shared.apart
}

// numFuncs returns how many functions have machine code. The caller holds the
// engine's lock.
func (c *Code) numFuncs() int {
	if a := c.apart(); a != nil {
		return a.numFuncs()
	}
	if c.size == 0 {
		return 0
	}
	return c.program.NumFuncs()
}

// Close frees the code. Calls in progress finish; the memory is freed after the
// last of them. Later calls answer ErrClosed. Closing twice does nothing.
func (c *Code) Close() error {
	e := c.engine
	e.mu.Lock()
	if c.state.Load() != codeFreed {
		c.close()
	}
	e.mu.Unlock()
	return nil
}

// close frees the code, or lets the last call in progress do that. The caller holds
// the engine's lock.
func (c *Code) close() {
	if c.shared == nil || c.shared.instances == nil {
		c.reclaim() // nobody can call it: no need to say that it is closed first
		return
	}
	c.state.Store(codeClosed)
	c.free()
}

// free gives the memory of closed code back unless it runs. The caller holds
// the engine's lock.
func (c *Code) free() {
	if c.state.Load() == codeClosed && !c.running() {
		c.reclaim()
	}
}

// reclaim gives the memory of code back that does not run.
func (c *Code) reclaim() {
	e := c.engine
	c.state.Store(codeFreed)
	e.numFuncs -= c.numFuncs()
	c.program = nil
	e.numCodes--
	if c.size != 0 && e.mem != nil {
		e.mem.Free(c.block)
		if a := c.apart(); a != nil {
			a.free(e.mem)
		}
	}
	if c.shared != nil && c.shared.inUse {
		last := len(e.inUse) - 1
		e.inUse[last].shared.index = c.shared.index
		e.inUse[c.shared.index] = e.inUse[last]
		e.inUse[last] = nil
		e.inUse = e.inUse[:last]
	}
}

// running reports whether a call of the code is in progress. The caller holds
// the engine's lock. Instance.Call marks the instance before it looks at
// c.state, and both are atomic: if this misses a call, that sees codeClosed.
func (c *Code) running() bool {
	if c.shared == nil {
		return false
	}
	for _, w := range c.shared.instances {
		if in := w.Value(); in != nil && in.busy.Load() != 0 {
			return true
		}
	}
	return false
}

// released is called behind a call during which the code was closed.
func (c *Code) released() {
	c.engine.mu.Lock()
	defer c.engine.mu.Unlock()
	c.free()
	c.engine.unmap()
}

// adopt registers an instance, so that Close can see whether it runs.
func (c *Code) adopt(in *Instance) error {
	e := c.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.state.Load() != codeOpen || e.closed {
		return ErrClosed
	}
	if c.shared == nil {
		c.shared = new(sharedCode)
	}
	if !c.shared.inUse {
		c.shared.inUse, c.shared.index = true, len(e.inUse)
		e.inUse = append(e.inUse, c)
	}
	list := c.shared.instances
	if len(list) == cap(list) {
		// Before it grows, drop what the collector has taken.
		live := list[:0]
		for _, w := range list {
			if w.Value() != nil {
				live = append(live, w)
			}
		}
		list = live
	}
	c.shared.instances = append(list, weak.Make(in))
	in.program = c.program
	return nil
}

// entry returns the offset of a function's entry.
func (c *Code) entry(id ops.FuncID) uintptr {
	if c.shared.entries == nil {
		return 0
	}
	return uintptr(c.shared.entries[id])
}
