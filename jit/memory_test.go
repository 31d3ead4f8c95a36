package jit

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

// TestMemory: sizes, growth and its limits; what was written stays, what is new is 0.
func TestMemory(t *testing.T) {
	m, err := NewMemory(10, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	if m.Size() != 10 || m.Max() != 100_000 || len(m.Bytes()) != 10 {
		t.Fatalf("size %d, max %d, %d bytes", m.Size(), m.Max(), len(m.Bytes()))
	}
	m.Bytes()[9] = 9
	for _, n := range []int{0, 1, 4085, 1, 70_000} {
		if err := m.Grow(n); err != nil {
			t.Fatal(err)
		}
	}
	if m.Size() != 74_097 || m.Bytes()[9] != 9 || m.Bytes()[74_096] != 0 {
		t.Errorf("after growing: %d bytes, %d at 9, %d at the end", m.Size(), m.Bytes()[9], m.Bytes()[74_096])
	}
	var limit *LimitError
	if err := m.Grow(100_000 - 74_097 + 1); !errors.As(err, &limit) || limit.Limit != "memory bytes" || limit.Max != 100_000 {
		t.Errorf("growing too much: %v", err)
	}
	if err := m.Grow(-1); err == nil || !strings.Contains(err.Error(), "cannot grow by -1 bytes") {
		t.Errorf("shrinking: %v", err)
	}
	if err := m.Grow(100_000 - 74_097); err != nil || m.Size() != 100_000 {
		t.Errorf("growing to the limit: %d bytes, %v", m.Size(), err)
	}
	for range 2 {
		if err := m.Close(); err != nil || m.Size() != 0 || m.Bytes() != nil {
			t.Errorf("closed: %d bytes, %v", m.Size(), err)
		}
	}
	if err := m.Grow(0); !errors.Is(err, ErrClosed) {
		t.Errorf("growing a closed memory: %v", err)
	}
	for want, sizes := range map[string][2]int{
		"a memory of -1 bytes that can grow to 5": {-1, 5},
		"a memory of 6 bytes that can grow to 5":  {6, 5},
	} {
		if _, err := NewMemory(sizes[0], sizes[1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("NewMemory%v: %v", sizes, err)
		}
	}
	empty, err := NewMemory(0, 0)
	if err != nil || empty.Size() != 0 || empty.Close() != nil {
		t.Errorf("an empty memory: %v", err)
	}
}

// TestMemoryAccess: numbers are little endian, and an access that is not all within
// the memory says so and changes nothing.
func TestMemoryAccess(t *testing.T) {
	m, err := NewMemory(16, 16)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.PutUint64(8, 0x1122334455667788); err != nil || m.Bytes()[8] != 0x88 || m.Bytes()[15] != 0x11 {
		t.Errorf("% x, %v", m.Bytes(), err)
	}
	if v, err := m.Uint64(8); err != nil || v != 0x1122334455667788 {
		t.Errorf("%#x, %v", v, err)
	}
	if err := m.PutUint32(12, 5); err != nil {
		t.Error(err)
	}
	if v, err := m.Uint32(12); err != nil || v != 5 {
		t.Errorf("%#x, %v", v, err)
	}
	before := string(m.Bytes())
	for name, access := range map[string]func(addr uint64) error{
		"Uint32":    func(addr uint64) error { _, err := m.Uint32(addr); return err },
		"Uint64":    func(addr uint64) error { _, err := m.Uint64(addr); return err },
		"PutUint32": func(addr uint64) error { return m.PutUint32(addr, ^uint32(0)) },
		"PutUint64": func(addr uint64) error { return m.PutUint64(addr, ^uint64(0)) },
		"Slice":     func(addr uint64) error { _, err := m.Slice(addr, 4); return err },
		"Slice -1":  func(uint64) error { _, err := m.Slice(0, -1); return err },
	} {
		for _, addr := range []uint64{13, 16, 17, 1<<64 - 1, 1<<64 - 4, 1<<64 - 8} {
			var bounds *BoundsError
			if err := access(addr); !errors.As(err, &bounds) || bounds.Size != 16 {
				t.Errorf("%s at %#x: %v", name, addr, err)
			}
		}
	}
	if string(m.Bytes()) != before {
		t.Error("an access out of bounds wrote something")
	}
	want := "jit: access of 8 bytes at address 0x9: the memory has 16"
	if _, err := m.Uint64(9); err == nil || err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

// TestLargeMemory: a memory of more than 4 GiB costs no more than what is written.
func TestLargeMemory(t *testing.T) {
	if runtime.GOOS != "linux" || ^uint(0)>>32 == 0 {
		t.Skip("memory is reserved on Linux with 64 bits only")
	}
	size := uint64(5) << 30
	m, err := NewMemory(0, int(size))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Grow(int(size)); err != nil {
		t.Fatal(err)
	}
	if err := m.PutUint64(size-8, 42); err != nil {
		t.Fatal(err)
	}
	if v, err := m.Uint64(size - 8); err != nil || v != 42 {
		t.Errorf("%d, %v", v, err)
	}
}
