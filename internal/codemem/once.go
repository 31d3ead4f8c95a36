package codemem

import (
	"fmt"
	"os"
	"runtime"
)

// A pager is the system calls for memory that is written first and then executed,
// never the other way round. All but the first work on whole pages of what reserve
// has returned.
type pager struct {
	reserve func(size int) ([]byte, error) // takes address space, which cannot be accessed
	fill    func(pages []byte) error       // puts new memory there, all 0, to be written to
	seal    func(pages []byte) error       // makes that executable, and no longer writable
	drop    func(pages []byte) error       // gives the memory back, and keeps the address space
	release func(all []byte) error         // gives the address space back
}

// once is how a Memory works where two views are not to be had: the range is both of
// them, and each block has pages of its own, which Alloc fills and Sync seals. Free
// drops them, so that no memory that could be executed can be written to ever again.
type once struct {
	pager
	unit uint32 // pages of a space that make one of the system's
}

// reserveOnce takes address space for a Memory of size bytes, a multiple of 64 KiB.
func (p pager) reserveOnce(size int) (views, *once, error) {
	if p.reserve == nil || len(answerCode(0)) == 0 {
		return views{}, nil, notImplemented()
	}
	all, err := p.reserve(size)
	if err != nil {
		return views{}, nil, fmt.Errorf("reserving %d bytes of address space: %w", size, err)
	}
	return singleView(all), &once{p, uint32(max(os.Getpagesize()/pageSize, 1))}, nil
}

// allocOnce is Alloc of pages that can be written to once.
func (m *Memory) allocOnce(size int) (Block, error) {
	if size < 1 || uint64(size) > MaxLimit {
		return Block{}, m.refuse(size)
	}
	pages := uint32((size-1)>>pageBits) + 1
	// All runs are multiples of the unit, so they begin at multiples too.
	b := m.allocRun((pages + m.once.unit - 1) / m.once.unit * m.once.unit)
	if b.size == 0 {
		return b, m.refuse(size)
	}
	if err := m.once.fill(m.Writable(b)); err != nil {
		m.freeRun(b)
		return Block{}, fmt.Errorf("codemem: no memory for %d bytes of code: %w", size, err)
	}
	return b, nil
}

// sealBlock is Sync of such pages. Having been granted once, in probe, it is not
// refused unless the system is out of memory for its own tables.
func (m *Memory) sealBlock(b Block) error {
	pages := m.Writable(b)
	if err := m.once.seal(pages); err != nil {
		return fmt.Errorf("codemem: making code executable: %w", err)
	}
	syncCode(pages, pages)
	return nil
}

// freeOnce is Free of such pages.
func (m *Memory) freeOnce(b Block) {
	if !m.isRun(b) {
		m.complain(b)
		return
	}
	if m.once.drop(m.Writable(b)) != nil {
		return // a system without memory for its tables: the block is never used again
	}
	m.freeRun(b)
}

func notImplemented() error {
	return fmt.Errorf("not implemented for %s/%s", runtime.GOOS, runtime.GOARCH)
}
