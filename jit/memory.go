package jit

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"sync/atomic"
)

// A Memory is the linear memory of an instance: bytes from address 0 on, all 0 at
// first, in which programs load and store little-endian numbers. It can grow.
//
// Several instances may be given the same Memory; one of them runs at a time. It
// may be read and written while none runs, and by host functions.
type Memory struct {
	bytes   []byte
	max     int
	space   space // what the bytes are in
	cleanup runtime.Cleanup
	busy    atomic.Uint32
}

// States of Memory.busy.
const (
	memoryFree   = iota
	memoryBusy   // an instance runs
	memoryClosed // for good
)

// NewMemory returns a memory of size bytes that can grow to max bytes. On Linux
// it takes max bytes of address space and no memory before bytes are written, and
// never moves.
func NewMemory(size, max int) (*Memory, error) {
	if size < 0 || max < size {
		return nil, fmt.Errorf("jit: a memory of %d bytes that can grow to %d", size, max)
	}
	m := &Memory{max: max}
	s, err := reserve(max)
	if err != nil {
		return nil, fmt.Errorf("jit: no address space for a memory of %d bytes: %w", max, err)
	}
	m.space = s
	m.cleanup = runtime.AddCleanup(m, space.release, s)
	if err := m.Grow(size); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// Size returns the size in bytes.
func (m *Memory) Size() int { return len(m.bytes) }

// Max returns up to how many bytes the memory can grow.
func (m *Memory) Max() int { return m.max }

// Bytes returns the memory itself, not a copy. The slice must not be used when the
// memory is closed or when nothing refers to the Memory any more; where growing
// moves the memory, it is the one of before.
func (m *Memory) Bytes() []byte { return m.bytes }

// Grow makes the memory larger by n bytes, which are 0. It is a *LimitError if it
// would be larger than Max. Only host functions may call it while an instance runs;
// their callers go on with the larger memory.
func (m *Memory) Grow(n int) error {
	switch {
	case m.busy.Load() == memoryClosed:
		return ErrClosed
	case n < 0:
		return fmt.Errorf("jit: a memory cannot grow by %d bytes", n)
	case n > m.max-len(m.bytes):
		return &LimitError{"memory bytes", m.max}
	}
	bytes, err := m.space.grow(m.bytes, len(m.bytes)+n)
	if err != nil {
		return fmt.Errorf("jit: a memory cannot grow to %d bytes: %w", len(m.bytes)+n, err)
	}
	m.bytes = bytes
	return nil
}

// Close gives the memory back; its size is 0 from then on. It is ErrInUse while an
// instance runs with it. A memory that is not closed is given back when nothing
// refers to it any more.
func (m *Memory) Close() error {
	if !m.busy.CompareAndSwap(memoryFree, memoryClosed) {
		if m.busy.Load() == memoryClosed {
			return nil
		}
		return ErrInUse
	}
	m.cleanup.Stop()
	m.bytes, m.max = nil, 0
	m.space.release()
	return nil
}

// A BoundsError says that an access is not all within a memory.
type BoundsError struct {
	Addr uint64 // where it begins
	Len  int    // how many bytes it has
	Size int    // of the memory
}

// Error names the access and the size.
func (e *BoundsError) Error() string {
	return fmt.Sprintf("jit: access of %d bytes at address %#x: the memory has %d", e.Len, e.Addr, e.Size)
}

// Slice returns n bytes from an address on: not a copy, see Bytes. It is a
// *BoundsError if they are not all in the memory.
func (m *Memory) Slice(addr uint64, n int) ([]byte, error) {
	size := uint64(len(m.bytes))
	if n < 0 || addr > size || uint64(n) > size-addr {
		return nil, &BoundsError{addr, n, len(m.bytes)}
	}
	return m.bytes[addr : addr+uint64(n) : addr+uint64(n)], nil
}

// Uint32 returns the number of 4 bytes at an address.
func (m *Memory) Uint32(addr uint64) (uint32, error) {
	b, err := m.Slice(addr, 4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}

// Uint64 returns the number of 8 bytes at an address.
func (m *Memory) Uint64(addr uint64) (uint64, error) {
	b, err := m.Slice(addr, 8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

// PutUint32 stores a number of 4 bytes at an address.
func (m *Memory) PutUint32(addr uint64, v uint32) error {
	b, err := m.Slice(addr, 4)
	if err == nil {
		binary.LittleEndian.PutUint32(b, v)
	}
	return err
}

// PutUint64 stores a number of 8 bytes at an address.
func (m *Memory) PutUint64(addr uint64, v uint64) error {
	b, err := m.Slice(addr, 8)
	if err == nil {
		binary.LittleEndian.PutUint64(b, v)
	}
	return err
}

// acquire makes the memory the running instance's.
func (m *Memory) acquire() error {
	if m.busy.CompareAndSwap(memoryFree, memoryBusy) {
		return nil
	}
	if m.busy.Load() == memoryClosed {
		return errMemoryClosed
	}
	return errMemoryInUse
}

// release is the end of acquire.
func (m *Memory) release() { m.busy.Store(memoryFree) }

var (
	errMemoryInUse  = fmt.Errorf("%w: the instance's memory", ErrInUse)
	errMemoryClosed = fmt.Errorf("%w: the instance's memory", ErrClosed)
)
