package prove

// parallelPopcnt returns the number of ones in 64 bits as code without an instruction
// for it counts them: of each two bits, four, eight, then of all bytes. A solver takes
// long to see that this is the number of ones; TestPopcnt has it seen once, so that
// proofs can start from it.
func parallelPopcnt(x term) term {
	p := x.Pool()
	k := func(v uint64) term { return p.Const(v, 64) }
	v := x.Sub(x.Shr(k(1)).And(k(0x5555555555555555)))
	v = v.And(k(0x3333333333333333)).Add(v.Shr(k(2)).And(k(0x3333333333333333)))
	v = v.Add(v.Shr(k(4))).And(k(0x0f0f0f0f0f0f0f0f))
	return v.Mul(k(0x0101010101010101)).Shr(k(56))
}
