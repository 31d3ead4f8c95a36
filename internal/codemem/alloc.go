package codemem

import "fmt"

// Alloc allocates a block of at least size bytes, size ≥ 1. Its address is a
// multiple of 64 and its contents are undefined (traps with [Poison]). The
// error wraps [ErrFull] when no free range is large enough, and [ErrClosed]
// after Close.
func (m *Memory) Alloc(size int) (b Block, err error) {
	// Alloc and Free hold their fast paths themselves: one more call in each
	// would be a tenth of their time.
	if c := uint(size-1) >> granuleBits; c < exactClasses && m.first[c] != 0 { // not for size < 1
		b = m.cut(m.first[c], uint32(c))
	} else if m.once != nil {
		return m.allocOnce(size)
	} else if b = m.allocSlow(size); b.size == 0 {
		return b, m.refuse(size)
	}
	if m.poison {
		m.checkPoison(b)
	}
	return b, nil
}

// refuse says why there is no block of that size.
func (m *Memory) refuse(size int) error {
	switch {
	case m.limit == 0:
		return ErrClosed
	case size < 1:
		return fmt.Errorf("codemem: block of %d bytes, want at least 1", size)
	}
	s := m.Stats()
	return fmt.Errorf("%w: no room for %d bytes with %d in use and %d reserved of %d",
		ErrFull, size, s.InUse, s.Reserved, s.Limit)
}

// Free gives the block back; nobody may execute or write to it any more. It
// panics when the block is not allocated, be it freed twice or never allocated;
// it can't see that the same place has been allocated again since. After Close
// it does nothing, so that owners of blocks may outlive the Memory.
func (m *Memory) Free(b Block) {
	p := b.off >> pageBits
	if uint(p) >= uint(len(m.pages)) {
		m.complain(b)
		return
	}
	if r := m.pages[p].chunk; r != 0 {
		ch := &m.chunks[r]
		i := (b.off - ch.base) >> granuleBits * ch.recip >> 20
		bit := uint64(1) << (i & 63)
		if b.size != ch.size || b.off != ch.base+i*ch.size || (ch.all&^ch.free)&bit == 0 {
			m.complain(b)
			return
		}
		if ch.free == 0 {
			m.link(r, ch)
		}
		ch.free |= bit
		if ch.free == ch.all {
			m.retire(r, ch)
		}
	} else if m.once != nil {
		m.freeOnce(b)
	} else if !m.freeRun(b) {
		m.complain(b)
		return
	}
	if m.poison {
		fillTraps(m.Writable(b))
	}
	if m.watcher != nil {
		m.watcher.Freed(m.Addr(b))
	}
}

// complain panics because b is not allocated, unless nothing is any more.
func (m *Memory) complain(b Block) {
	if m.limit != 0 {
		panic(fmt.Sprintf("codemem: Free of a block that is not allocated: %d bytes at offset %#x", b.size, b.off))
	}
}
