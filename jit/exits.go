package jit

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/copyjit/copyjit/ops"
)

// ExitCounts says how often execution has left a program and why. Returns are not
// counted: it would cost every call.
type ExitCounts struct {
	Exits map[ops.Exit]uint64   // by exit; those that have occurred
	Traps map[ops.Reason]uint64 // those of them that are ops.ExitTrap, by reason
}

// numCounted is how many exits, and how many reasons, there can be; a test compares.
const numCounted = 16

// exitCounts are the counts of an instance. They outlive it.
type exitCounts struct {
	exits, traps [numCounted]atomic.Uint64
}

// addTo adds the counts to others.
func (c *exitCounts) addTo(sum *ExitCounts) {
	for i := range c.exits {
		if n := c.exits[i].Load(); n != 0 {
			sum.Exits[ops.Exit(i)] += n
		}
	}
	for i := range c.traps {
		if n := c.traps[i].Load(); n != 0 {
			sum.Traps[ops.Reason(i)] += n
		}
	}
}

func newExitCounts() ExitCounts {
	return ExitCounts{map[ops.Exit]uint64{}, map[ops.Reason]uint64{}}
}

// exitTotals are the counts of all instances of an engine. Nothing in it keeps the
// engine or an instance alive.
type exitTotals struct {
	mu   sync.Mutex
	live map[*exitCounts]struct{}
	past ExitCounts // of instances that the collector has taken
}

func newExitTotals() *exitTotals {
	return &exitTotals{live: map[*exitCounts]struct{}{}, past: newExitCounts()}
}

// add returns new counts for an instance.
func (t *exitTotals) add(in *Instance) *exitCounts {
	c := new(exitCounts)
	t.mu.Lock()
	t.live[c] = struct{}{}
	t.mu.Unlock()
	runtime.AddCleanup(in, t.retire, c)
	return c
}

// retire keeps the counts of an instance that is gone, but not apart.
func (t *exitTotals) retire(c *exitCounts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.live, c)
	c.addTo(&t.past)
}

// ExitCounts returns the counts of all instances that the engine has had. Host calls
// of a call in progress may be missing up to its last safepoint.
func (e *Engine) ExitCounts() ExitCounts {
	t := e.exits
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := newExitCounts()
	for exit, n := range t.past.Exits {
		sum.Exits[exit] = n
	}
	for reason, n := range t.past.Traps {
		sum.Traps[reason] = n
	}
	for c := range t.live {
		c.addTo(&sum)
	}
	return sum
}

// ExitCounts returns the instance's counts, as Engine.ExitCounts does those of all.
// It may be called while the instance is in use.
func (in *Instance) ExitCounts() ExitCounts {
	sum := newExitCounts()
	in.exits.addTo(&sum)
	return sum
}

// countExit counts an exit that is rare, and the host calls before it.
func (in *Instance) countExit(exit ops.Exit) {
	in.exits.exits[exit%numCounted].Add(1)
	in.countHostCalls()
}

// countTrap counts a trap.
func (in *Instance) countTrap(reason ops.Reason) {
	in.exits.traps[reason%numCounted].Add(1)
	in.countExit(ops.ExitTrap)
}

// countHostCalls adds the host calls since last time to those that others see: to do
// so at each would take a fifth of its time.
//
//go:noinline
func (in *Instance) countHostCalls() {
	n := in.uncounted
	in.uncounted = 0
	in.exits.exits[ops.ExitHostCall].Add(n)
}
