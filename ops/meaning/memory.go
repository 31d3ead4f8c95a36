package meaning

import "github.com/copyjit/copyjit/ops"

// memories are the operations on linear memory, globals and counters.
var memories = func() map[ops.Code]meaning {
	m := map[ops.Code]meaning{
		ops.MemSize: func(in *Inputs, e *Effect) { e.D = in.MemSize },

		ops.GGet:    func(in *Inputs, e *Effect) { e.D = in.Global },
		ops.FGGet:   func(in *Inputs, e *Effect) { e.D = in.Global },
		ops.FGGet32: func(in *Inputs, e *Effect) { e.D = half(in.Global).Zext(64) },
		ops.GSet:    func(in *Inputs, e *Effect) { e.Global = in.L },
		ops.FGSet:   func(in *Inputs, e *Effect) { e.Global = in.L },
		ops.FGSet32: func(in *Inputs, e *Effect) { e.Global = half(in.L).Zext(64) },

		ops.Count: func(in *Inputs, e *Effect) { e.Counter = in.Counter.AddConst(1) },
	}
	for short, n := range map[bool]ops.Code{false: 0, true: ops.Load8UA32 - ops.Load8U} {
		for code, f := range map[ops.Code]meaning{
			ops.Load8U:     loads(8, short, func(v term) term { return v.Zext(64) }),
			ops.Load8S:     loads(8, short, func(v term) term { return v.Sext(64) }),
			ops.Load16U:    loads(16, short, func(v term) term { return v.Zext(64) }),
			ops.Load16S:    loads(16, short, func(v term) term { return v.Sext(64) }),
			ops.Load32U:    loads(32, short, func(v term) term { return v.Zext(64) }),
			ops.Load32S:    loads(32, short, func(v term) term { return v.Sext(64) }),
			ops.Load64:     loads(64, short, func(v term) term { return v }),
			ops.Load8Sx32:  loads(8, short, func(v term) term { return v.Sext(32).Zext(64) }),
			ops.Load16Sx32: loads(16, short, func(v term) term { return v.Sext(32).Zext(64) }),
			ops.LoadSw16:   loads(16, short, func(v term) term { return v.Bswap().Zext(64) }),
			ops.LoadSw32:   loads(32, short, func(v term) term { return v.Bswap().Zext(64) }),
			ops.LoadSw64:   loads(64, short, func(v term) term { return v.Bswap() }),
			ops.FLoad:      loads(64, short, func(v term) term { return v }),
			ops.FLoad32:    loads(32, short, func(v term) term { return v.Zext(64) }),
			ops.Store8:     stores(8, short),
			ops.Store16:    stores(16, short),
			ops.Store32:    stores(32, short),
			ops.Store64:    stores(64, short),
			ops.FStore:     stores(64, short),
			ops.FStore32:   stores(32, short),
		} {
			m[code+n] = f
		}
	}
	return m
}()

// access computes an address and traps unless so many bits there are in memory. A
// short address is the lower half of l.
func (e *Effect) access(in *Inputs, bits uint8, short bool) term {
	base := in.L
	if short {
		base = half(base).Zext(64)
	}
	addr := base.Add(in.Offset)
	outside := addr.Ult(MemEnd(in.MemSize, bits/8)).Not()
	if !short { // the sum of a half and an offset does not wrap
		outside = outside.Or(addr.Ult(base))
	}
	e.trap(outside, ops.ReasonOutOfBounds)
	e.Access = &Access{addr, bits / 8}
	return addr
}

// MemEnd returns the first address at which an access of so many bytes is not in a
// memory: its length less size and plus 1, or 0 if that is negative.
func MemEnd(length term, size uint8) term {
	n := length.Const(uint64(size))
	return length.Ult(n).Ite(n.Const(0), length.Sub(n).AddConst(1))
}

func loads(bits uint8, short bool, extend func(v term) term) meaning {
	return func(in *Inputs, e *Effect) {
		e.D = extend(in.Memory.Load(e.access(in, bits, short), bits))
	}
}

func stores(bits uint8, short bool) meaning {
	return func(in *Inputs, e *Effect) {
		e.Memory = in.Memory.Store(e.access(in, bits, short), in.R.Extract(0, bits))
	}
}
