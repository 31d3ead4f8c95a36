package codemem

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"
)

// MaxLimit is the largest limit of a Memory in bytes. A 32-bit relative branch
// reaches from everywhere to everywhere in it, and a Block's 32-bit fields never
// overflow.
const MaxLimit = 1 << 31

// The errors that can be met with errors.Is.
var (
	// ErrUnavailable says that there is no executable memory to be had: the
	// platform has no implementation or the operating system forbids it.
	ErrUnavailable = errors.New("codemem: no executable memory")

	// ErrFull says that the limit is reached: no free range is large enough.
	ErrFull = errors.New("codemem: limit reached")

	// ErrClosed says that the Memory has been closed.
	ErrClosed = errors.New("codemem: closed")
)

// An Option changes how a Memory works.
type Option uint8

// Poison makes a Memory fill all that is not allocated with instructions that
// trap, and makes Alloc panic when something was written to a block after it was
// freed. It is for tests and debugging: every Alloc reads, and every Free writes,
// the whole block.
const Poison Option = 1 << 0

// OnlyOnce takes [WriteOnce] although two views may be had: for tests.
const OnlyOnce Option = 1 << 3

// Unnamed makes a Memory, where it can be had, of memory without a name in the list
// that the system keeps of mappings: only of such does perf look for the names of
// code (see mapUnnamed).
const Unnamed Option = 1 << 2

// alwaysRemap makes Sync map blocks again even where that is not needed: for
// tests.
const alwaysRemap Option = 1 << 1

// A Kind is a way in which code memory works. The first that a system allows is
// taken.
type Kind uint8

// The kinds.
const (
	// TwoViews is one memory mapped twice, to write to it here and to execute it
	// there. Blocks share pages, and neither Alloc nor Free makes a system call.
	TwoViews Kind = iota + 1

	// WriteOnce is memory that is written to and then made executable, for good.
	// Each block has pages of its own, and each step is a system call.
	WriteOnce
)

// String says what it is.
func (k Kind) String() string {
	switch k {
	case TwoViews:
		return "one memory file mapped twice, writable and executable"
	case WriteOnce:
		return "pages that are written, then made executable for good"
	}
	return "none"
}

// A Memory is a range of executable memory that hands out blocks. The owner
// serialises all calls.
type Memory struct {
	space          // limit 0 when closed
	rw     []byte  // the view to write to
	base   uintptr // the address of the view to execute
	views  views
	once   *once // nil with two views
	poison bool
	remap  bool // processors see new code only when the view to execute is mapped again
	filled int  // how many bytes have been filled with traps since New; with poison only

	watcher Watcher // nil if nobody watches
}

// A Block is a range of executable memory, allocated by one Memory and known to
// it alone. The zero Block is never allocated.
type Block struct {
	off  uint32 // from the start of both views
	size uint32 // usable size in bytes, at least what was asked for
}

// Size returns how many bytes the block has, which may be more than was asked
// for.
func (b Block) Size() int { return int(b.size) }

// Stats says how much memory is used, in bytes unless noted.
// InUse ≤ Reserved ≤ Peak ≤ Limit.
type Stats struct {
	Blocks   int // number of allocated blocks
	InUse    int // their sizes, added up
	Reserved int // pages with an allocated block, and spare pages of the size classes
	Peak     int // how far the limit has been used so far: memory the system has given at most
	Limit    int // what the blocks may reserve
	Mapped   int // address space: one or two views of Limit bytes each
}

// New maps a Memory of limit bytes (1 to [MaxLimit], rounded up to whole pages)
// and tries it by running some functions, of the first [Kind] with which that works.
// The error wraps [ErrUnavailable] when the platform has no implementation or the
// operating system forbids it, and says so of both.
func New(limit int, options ...Option) (*Memory, error) {
	return newMemory(limit, system, systemPager, options)
}

// newMemory is New with the system calls as a parameter, so that tests can
// refuse them.
func newMemory(limit int, sys mapper, pages pager, options []Option) (*Memory, error) {
	if limit < 1 || uint64(limit) > MaxLimit {
		return nil, fmt.Errorf("codemem: limit is %d bytes, want 1 to %d", limit, uint64(MaxLimit))
	}
	// 64 KiB is the largest page that the supported systems have.
	limit = int((uint64(limit) + 1<<16 - 1) &^ (1<<16 - 1))
	two := errors.New("not wanted")
	if !slices.Contains(options, OnlyOnce) {
		if slices.Contains(options, Unnamed) {
			if m, err := newViews(limit, mapUnnamed, options); err == nil && !m.remap {
				return m, nil
			} else if err == nil {
				m.Close() // nothing but a file can be mapped again
			}
		}
		var m *Memory
		if m, two = newViews(limit, sys.mapViews, options); two == nil {
			return m, nil
		}
	}
	v, o, one := pages.reserveOnce(limit)
	if one == nil {
		m := &Memory{views: v, once: o}
		if one = m.start(limit, options); one == nil {
			return m, nil
		}
	}
	return nil, fmt.Errorf("%w: two views: %w; write once: %w", ErrUnavailable, two, one)
}

// newViews returns memory with two views.
func newViews(limit int, mapViews func(int) (views, error), options []Option) (*Memory, error) {
	v, err := mapViews(limit)
	if err != nil {
		return nil, err
	}
	m := &Memory{views: v}
	return m, m.start(limit, options)
}

// start makes memory that is mapped ready, or unmaps it if it does not work.
func (m *Memory) start(limit int, options []Option) error {
	m.rw, m.base = m.views.rw, uintptr(unsafe.Pointer(unsafe.SliceData(m.views.rx)))
	m.init(uint32(limit / pageSize))
	for _, o := range options {
		m.poison = m.poison || o&Poison != 0
		m.remap = m.remap || o&alwaysRemap != 0
	}
	if m.once != nil {
		m.poison, m.remap = false, false // what is freed cannot even be read
	}
	err := m.probe()
	if err == nil && !m.remap {
		err = m.views.closeFile()
	}
	if err != nil {
		return errors.Join(err, m.Close())
	}
	return nil
}

// Kind returns how the memory works.
func (m *Memory) Kind() Kind {
	if m.once != nil {
		return WriteOnce
	}
	return TwoViews
}

// Writable returns the block's bytes in the view to write to, all of its usable
// size. Neither this nor the slice may be used after Free or Close, and with
// [WriteOnce] they can only be read after Sync.
func (m *Memory) Writable(b Block) []byte {
	end := b.off + b.size
	return m.rw[b.off:end:end]
}

// Addr returns the block's address in the view to execute, a multiple of 64.
func (m *Memory) Addr(b Block) uintptr { return m.base + uintptr(b.off) }

// Sync makes what was written to the block visible to instruction fetch on all
// processors. Call it after writing and before the block's address becomes known
// to anybody who may run it. It costs nothing on amd64 with two views, where it does
// not fail; with [WriteOnce] it may be called once for a block. After an error the
// block can only be freed.
func (m *Memory) Sync(b Block) error {
	if m.once != nil {
		return m.sealBlock(b)
	}
	end := b.off + b.size
	syncCode(m.views.rw[b.off:end], m.views.rx[b.off:end])
	if m.remap {
		if err := m.views.remap(int(b.off), int(end)); err != nil {
			return fmt.Errorf("codemem: mapping code again: %w", err)
		}
	}
	return nil
}

// Fence has processors that run code in the memory already fetch what Sync has made
// visible. Without it, only those see it for sure that come from Go. Call it between
// Sync and a store that leads running code to the block.
func (m *Memory) Fence() { fence() }

// Stats returns how much memory is used. It takes about a nanosecond per 64
// small blocks.
func (m *Memory) Stats() Stats {
	blocks, bytes := m.allocated()
	return Stats{
		Blocks:   blocks,
		InUse:    bytes,
		Reserved: m.reserved() * pageSize,
		Peak:     int(m.peak) * pageSize,
		Limit:    int(m.limit) * pageSize,
		Mapped:   m.mapped(),
	}
}

func (m *Memory) mapped() int {
	if m.once != nil {
		return len(m.views.rw)
	}
	return len(m.views.rw) + len(m.views.rx)
}

// Close unmaps the memory. No code in it may be running or run later, and no
// Writable view may be used. Closing again does nothing.
func (m *Memory) Close() error {
	if m.limit == 0 {
		return nil
	}
	if m.watcher != nil {
		m.watcher.Closed()
	}
	v, o := m.views, m.once
	m.rw, m.base, m.views, m.once = nil, 0, views{}, nil
	m.init(0)
	if o != nil {
		return o.release(v.rw)
	}
	return v.unmap()
}

// checkPoison panics unless the new block b holds nothing but traps.
func (m *Memory) checkPoison(b Block) {
	// Pages beyond those filled so far are new. All others have been filled
	// then or when their blocks were freed, and stay so however they are cut.
	if used := int(m.peak) * pageSize; used > m.filled {
		fillTraps(m.rw[m.filled:used])
		m.filled = used
	}
	for i, c := range m.Writable(b) {
		if c != trapCode[i%len(trapCode)] {
			panic(fmt.Sprintf("codemem: byte %d of the free block of %d bytes at offset %#x was written to", i, b.size, b.off))
		}
	}
}

// fillTraps fills p, which starts at a granule, with trap instructions.
func fillTraps(p []byte) {
	n := copy(p, trapCode)
	for n < len(p) {
		n += copy(p[n:], p[:n])
	}
}
