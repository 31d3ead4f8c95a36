package jit

import (
	"math"
	"sync"

	"github.com/copyjit/copyjit/ops"
)

// Safepoints can be counted, which is how fuel is measured, and how compiled code is
// made to stop where the word in which the runtime asks for a yield is not where it
// should be. Then behind each poll stands an increment of a counter that the program
// does not know of, and what polls look at is that counter:
//
//	poll     leave if the word is negative
//	count    the word = itself + 1
//
// It starts at 2⁶³ − n, so n safepoints are passed before a poll leaves; that one is
// not counted yet. Code that does not count has none of this, and pays nothing.
//
// An instance grants its code but a part of its fuel at a time, so that contexts are
// asked and the scheduler has its turn every few microseconds.

// MaxFuel is the fuel of an instance that is given none: more than can be used up.
const MaxFuel = math.MaxInt64

// emptyCounter is what the counter is when what was granted is used up.
const emptyCounter = 1 << 63

// fuel is an instance's.
type fuel struct {
	left  uint64  // what is not granted yet
	given uint64  // by the last SetFuel
	count *uint64 // what compiled code counts with; nil if it does not, or is interpreted
}

// initFuel makes room for the counter and fills the tank.
func (in *Instance) initFuel(fuel uint64) {
	n := in.program.Counters()
	if in.counts && in.native() {
		all := make([]uint64, n+1)
		in.counters, in.fuel.count = all[:n:n], &all[n]
		in.ctx.counters = address(all)
		if in.ctx.ownPoll == 0 {
			in.ctx.ownPoll = address(all[n:])
		}
	} else {
		in.counters = make([]uint64, n)
		in.ctx.counters = address(in.counters)
	}
	if fuel == 0 {
		fuel = MaxFuel
	}
	in.refuel(fuel)
}

// Fuel returns how many safepoints the instance may still pass: how often functions
// may be entered and branches go back. It is MaxFuel, less what was used, if nobody
// has limited it, and means nothing if Config.Fuel is not set.
func (in *Instance) Fuel() uint64 { return in.fuel.left + in.granted() }

// SetFuel sets what Fuel returns. It may be called while no call is in progress, and
// by host functions. Calls that use it up end with a *Trap whose Reason is
// ops.ReasonOutOfFuel.
func (in *Instance) SetFuel(n uint64) error {
	if !in.code.engine.cfg.Fuel {
		return errNoFuel
	}
	in.refuel(n)
	return nil
}

func (in *Instance) refuel(n uint64) {
	in.fuel.left, in.fuel.given = n, n
	in.grant()
}

// granted returns how much of what was granted is not used.
func (in *Instance) granted() uint64 {
	switch {
	case !in.counts:
		return 0
	case in.fuel.count != nil:
		return emptyCounter - *in.fuel.count
	}
	return uint64(in.interp.Polls)
}

// grant grants the next part, of which nothing is left.
func (in *Instance) grant() {
	if !in.counts {
		return
	}
	n := min(in.fuel.left, grantedFuel)
	if in.fuel.count != nil {
		*in.fuel.count = emptyCounter - n
	} else {
		if in.code.engine.cfg.Tuning.ExitAtPolls {
			n = 0
		}
		in.interp.Polls = int(n)
	}
	in.fuel.left -= n
}

// burn is called at a safepoint at which execution has left. It grants what is needed
// to pass it and reports false if there is no fuel for that.
func (in *Instance) burn() bool {
	if in.fuel.count != nil {
		if *in.fuel.count == emptyCounter {
			in.grant()
		}
		return *in.fuel.count != emptyCounter // the code counts this safepoint now
	}
	if in.fuel.left == 0 {
		return false
	}
	in.fuel.left-- // the interpreter does not count where it has stopped
	in.grant()
	return true
}

// outOfFuel is the trap at a safepoint that burn does not let pass.
func (in *Instance) outOfFuel(at ops.Site) error {
	in.countTrap(ops.ReasonOutOfFuel)
	t := newTrap(in.program, ops.ReasonOutOfFuel, at, in.callers())
	t.limit = &LimitError{"units of fuel", int(min(in.fuel.given, math.MaxInt))}
	return t
}

// countStencil returns the stencil of ops.Count.
var countStencil = sync.OnceValue(func() uint16 {
	b := ops.NewBuilder()
	b.Counters(1)
	b.Func("count", ops.MakeSignature(nil, nil), 0)
	b.Count(0)
	b.Return()
	p, err := b.Build()
	if err != nil {
		panic("jit: " + err.Error()) // it is a program
	}
	return nativeSet.Index[keyOf(&p.Ops(0)[0])] - 1
})
