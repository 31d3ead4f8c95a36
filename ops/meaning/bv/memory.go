package bv

// Load returns w/8 bytes of a memory at an address, the lowest first.
func (t *Term) Load(addr *Term, w uint8) *Term {
	for m := t; m.Op == Store; m = m.Args[0] {
		at, v := m.Args[1], m.Args[2]
		d := addr.Sub(at)
		if !d.IsConst() {
			break // it may be what was stored
		}
		n, size := int64(d.Value), int64(v.Width/8)
		switch {
		case n >= size || n <= -int64(w/8):
			t = m.Args[0] // another place
			continue
		case n >= 0 && n+int64(w/8) <= size:
			return v.Extract(uint8(8*n), w)
		case w > 8: // some of it: byte by byte
			return t.Load(addr.AddConst(1), w-8).Concat(t.Load(addr, 8))
		}
		break
	}
	return t.node(Load, w, 0, t, addr)
}

// Store returns the memory with the bytes of v at an address, the lowest first.
func (t *Term) Store(addr, v *Term) *Term { return t.node(Store, 0, 0, t, addr, v) }
