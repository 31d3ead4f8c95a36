//go:build amd64 || arm64 || riscv64

package codemem

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// open makes a Memory that is closed at the end of the test.
func open(t *testing.T, limit int, options ...Option) *Memory {
	t.Helper()
	m, err := New(limit, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// mappings returns the lines of /proc/self/maps that are about our files.
func mappings(t *testing.T) (lines []string) {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(maps)) {
		if strings.Contains(line, "memfd:copyjit") {
			lines = append(lines, line)
		}
	}
	return lines
}

// descriptors returns how many file descriptors are open.
func descriptors(t *testing.T) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(fds)
}

func mustPanic(t *testing.T, what, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
			t.Errorf("%s: panic %q, want %q", what, got, want)
		}
	}()
	f()
}

// What is written through one view runs through the other, also when an address
// is used again. The code stores a number that is different every time.
func TestRun(t *testing.T) {
	m := open(t, 1<<20, Poison)
	t.Logf("blocks are mapped again when written: %v", m.remap)
	testRun(t, m)
}

// The same where a processor sees new code only when it is mapped again; meanwhile
// other code in the same page runs.
func TestRemap(t *testing.T) {
	m := open(t, 1<<20, alwaysRemap)
	other, err := m.Alloc(100)
	if err != nil {
		t.Fatal(err)
	}
	copy(m.Writable(other), answerCode(7))
	m.Sync(other)
	addr := m.Addr(other)
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				if got := call(addr); got != 7 {
					t.Errorf("code beside the code that is written returns %d, want 7", got)
					return
				}
			}
		}
	}()
	testRun(t, m)
	close(stop)
	<-stopped
}

func testRun(t *testing.T, m *Memory) {
	cell := new(uint64) // on the heap: code holds its address
	for i := range uint32(1000) {
		b, err := m.Alloc(100)
		if err != nil {
			t.Fatal(err)
		}
		if m.Addr(b)%32 != 0 || len(m.Writable(b)) != b.Size() || m.Kind() == TwoViews && b.Size() != 128 {
			t.Fatalf("block at %#x of %d bytes", m.Addr(b), b.Size())
		}
		copy(m.Writable(b), storeCode(cell, i))
		m.Sync(b)
		call(m.Addr(b))
		if *cell != uint64(i) {
			t.Fatalf("stored %d, want %d", *cell, i)
		}
		m.Free(b)
	}
	runtime.KeepAlive(cell)
}

// No address may be written to and executed.
func TestPermissions(t *testing.T) {
	open(t, 1<<20)
	lines := mappings(t)
	perms := ""
	for _, line := range lines {
		perms += strings.Fields(line)[1] + " "
		if p := strings.Fields(line)[1]; strings.Contains(p, "w") && strings.Contains(p, "x") {
			t.Errorf("writable and executable: %s", line)
		}
	}
	if perms != "rw-s r-xs " && perms != "r-xs rw-s " {
		t.Errorf("mappings are %q:\n%s", perms, strings.Join(lines, ""))
	}
}

func TestClose(t *testing.T) {
	before, fds := len(mappings(t)), descriptors(t)
	for range 100 {
		m, err := New(1 << 30)
		if err != nil {
			t.Fatal(err)
		}
		b, err := m.Alloc(1)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
		}
		m.Free(b) // owners may outlive the memory
		for _, size := range []int{1, 1 << 20} {
			if _, err := m.Alloc(size); !errors.Is(err, ErrClosed) {
				t.Fatalf("Alloc after Close: %v", err)
			}
		}
		if s := m.Stats(); s != (Stats{}) {
			t.Fatalf("after Close: %+v", s)
		}
	}
	if after := len(mappings(t)); after != before {
		t.Errorf("%d mappings, were %d", after, before)
	}
	if after := descriptors(t); after != fds {
		t.Errorf("%d file descriptors, were %d", after, fds)
	}
}

func TestFull(t *testing.T) {
	m := open(t, 1<<16, Poison)
	var blocks []Block
	for {
		b, err := m.Alloc(1024)
		if err != nil {
			if !errors.Is(err, ErrFull) {
				t.Error(err)
			}
			break
		}
		blocks = append(blocks, b)
	}
	if s := m.Stats(); s.Blocks != 64 || s.InUse != 1<<16 || s.Reserved != 1<<16 || s.Peak != 1<<16 ||
		s.Limit != 1<<16 || s.Mapped != 2<<16 {
		t.Errorf("when full: %+v", s)
	}
	for _, b := range blocks {
		m.Free(b)
	}
	b, err := m.Alloc(1 << 16)
	if err != nil {
		t.Fatal(err)
	}
	m.Free(b)
	if s := m.Stats(); s.Blocks != 0 || s.InUse != 0 || s.Reserved != 0 || s.Peak != 1<<16 {
		t.Errorf("when empty: %+v", s)
	}
	for _, size := range []int{0, -1} {
		if _, err := m.Alloc(size); err == nil || errors.Is(err, ErrFull) {
			t.Errorf("Alloc(%d): %v", size, err)
		}
	}
}

func TestFreeTwice(t *testing.T) {
	for _, size := range []int{1, 5000, 100_000} {
		m := open(t, 1<<20)
		b, err := m.Alloc(size)
		if err != nil {
			t.Fatal(err)
		}
		m.Free(b)
		mustPanic(t, "freed twice", "not allocated", func() { m.Free(b) })
		mustPanic(t, "never allocated", "not allocated", func() { m.Free(Block{}) })
	}
}

func TestPoison(t *testing.T) {
	m := open(t, 1<<20, Poison)
	for _, size := range []int{1, 5000, 100_000} {
		b, err := m.Alloc(size)
		if err != nil {
			t.Fatal(err)
		}
		stale := m.Writable(b)
		for i, c := range stale {
			if c != trapCode[i%len(trapCode)] {
				t.Fatalf("byte %d of a new block is %#x", i, c)
			}
		}
		clear(stale)
		m.Free(b)
		for i, c := range stale {
			if c != trapCode[i%len(trapCode)] {
				t.Fatalf("byte %d of a freed block is %#x", i, c)
			}
		}
		stale[size-1] ^= 1
		mustPanic(t, "write after free", "written to", func() { _, _ = m.Alloc(size) })
		stale[size-1] ^= 1
	}
}

// A way in which a system refuses something.
type refusal[T any] struct {
	name  string
	calls T
	cause error // what the error wraps, if that is known
}

var refuseViews = []refusal[mapper]{
	{"no memfd", mapper{memfdCreate: func(string, int) (int, error) { return -1, unix.ENOSYS }}, unix.ENOSYS},
	{"memfd_noexec", mapper{memfdCreate: func(string, int) (int, error) { return -1, unix.EACCES }}, unix.EACCES},
	{"no mapping", mapper{unix.MemfdCreate, func(int, int64, int, int, int) ([]byte, error) {
		return nil, unix.ENOMEM
	}}, unix.ENOMEM},
	{"not executable", mapper{unix.MemfdCreate, func(fd int, offset int64, length, prot, flags int) ([]byte, error) {
		if prot&unix.PROT_EXEC != 0 {
			return nil, unix.EPERM
		}
		return unix.Mmap(fd, offset, length, prot, flags)
	}}, unix.EPERM},
	// The mapping is granted, but running it faults.
	{"faults", mapper{unix.MemfdCreate, func(fd int, offset int64, length, prot, flags int) ([]byte, error) {
		return unix.Mmap(fd, offset, length, prot&^unix.PROT_EXEC, flags)
	}}, nil},
}

func refusePages(change func(*pager)) pager {
	p := systemPager
	change(&p)
	return p
}

var refuseOnce = []refusal[pager]{
	{"nothing", pager{}, nil},
	{"no address space", refusePages(func(p *pager) {
		p.reserve = func(int) ([]byte, error) { return nil, unix.ENOMEM }
	}), unix.ENOMEM},
	{"no memory", refusePages(func(p *pager) { p.fill = func([]byte) error { return unix.EAGAIN } }), unix.EAGAIN},
	{"not executable", refusePages(func(p *pager) { p.seal = func([]byte) error { return unix.EACCES } }), unix.EACCES},
	{"faults", refusePages(func(p *pager) {
		p.seal = func(pages []byte) error { return unix.Mprotect(pages, unix.PROT_READ) }
	}), nil},
}

// Each way in which a system refuses gives the other kind of memory, or
// ErrUnavailable, and leaves no mapping and no file behind.
func TestRefused(t *testing.T) {
	before, fds := len(mappings(t)), descriptors(t)
	for _, two := range refuseViews {
		for _, one := range refuseOnce {
			t.Run(two.name+", "+one.name, func(t *testing.T) {
				m, err := newMemory(1<<20, two.calls, one.calls, nil)
				if m != nil || !errors.Is(err, ErrUnavailable) {
					t.Errorf("%v, %v; want ErrUnavailable", m, err)
				}
				for _, cause := range []error{two.cause, one.cause} {
					if cause != nil && !errors.Is(err, cause) {
						t.Errorf("%v; want %v to be among the causes", err, cause)
					}
				}
				t.Log(err)
			})
		}
		m, err := newMemory(1<<20, two.calls, systemPager, nil)
		if err != nil || m.Kind() != WriteOnce {
			t.Fatalf("%s: %v, %v", two.name, m, err)
		}
		testRun(t, m)
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
	if after := len(mappings(t)); after != before {
		t.Errorf("%d mappings, were %d", after, before)
	}
	if after := descriptors(t); after != fds {
		t.Errorf("%d file descriptors, were %d", after, fds)
	}
}

// faults reports whether f faults.
func faults(f func()) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() != nil }()
	f()
	return
}

// Each option does what it says and not what another one does.
func TestOptions(t *testing.T) {
	seen := Option(0)
	for _, o := range []Option{Poison, OnlyOnce, Unnamed, alwaysRemap} {
		if seen&o != 0 || o&(o-1) != 0 {
			t.Errorf("option %#x is taken", o)
		}
		seen |= o
	}
	if kind := open(t, 1<<20, Unnamed).Kind(); kind != TwoViews {
		t.Errorf("memory without a name is of the kind %q", kind)
	}
}

// With one view only, what is executable cannot be written to, then or ever, and
// what is free cannot be read; all is given back.
func TestOnce(t *testing.T) {
	m := open(t, 1<<20, OnlyOnce, Poison)
	if m.Kind() != WriteOnce {
		t.Fatalf("kind %v", m.Kind())
	}
	for _, size := range []int{1, os.Getpagesize(), os.Getpagesize() + 1, 100_000} {
		for range 3 {
			b, err := m.Alloc(size)
			if err != nil {
				t.Fatal(err)
			}
			if b.Size() < size || b.Size()%os.Getpagesize() != 0 || m.Addr(b)%uintptr(os.Getpagesize()) != 0 {
				t.Fatalf("%d bytes: block of %d at %#x", size, b.Size(), m.Addr(b))
			}
			p := m.Writable(b)
			for i, c := range p {
				if c != 0 {
					t.Fatalf("byte %d of new memory is %#x", i, c)
				}
			}
			copy(p, answerCode(9))
			if err := m.Sync(b); err != nil {
				t.Fatal(err)
			}
			if got := call(m.Addr(b)); got != 9 {
				t.Errorf("code returns %d, want 9", got)
			}
			if !faults(func() { p[0] = 1 }) {
				t.Error("executable memory can be written to")
			}
			m.Free(b)
			if !faults(func() { p[0]++ }) || !faults(func() { call(m.Addr(b)) }) {
				t.Error("free memory can be used")
			}
			mustPanic(t, "freed twice", "not allocated", func() { m.Free(b) })
		}
	}
	if s := m.Stats(); s.Blocks != 0 || s.Reserved != 0 || s.Mapped != 1<<20 {
		t.Errorf("after all is freed: %+v", s)
	}
	for _, size := range []int{0, -1, 1<<20 + 1} {
		if _, err := m.Alloc(size); err == nil {
			t.Errorf("Alloc(%d)", size)
		}
	}
}

// Kernels before 6.3 don't know MFD_EXEC.
func TestOldKernel(t *testing.T) {
	sys := system
	sys.memfdCreate = func(name string, flags int) (int, error) {
		if flags&unix.MFD_EXEC != 0 {
			return -1, unix.EINVAL
		}
		return unix.MemfdCreate(name, flags)
	}
	m, err := newMemory(1<<20, sys, pager{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

// What a function costs: allocate, write, make visible, free.
func BenchmarkWrite(b *testing.B) {
	for _, bm := range []struct {
		name    string
		options []Option
	}{{"views", nil}, {"once", []Option{OnlyOnce}}} {
		b.Run(bm.name, func(b *testing.B) {
			m, err := New(64<<20, bm.options...)
			if err != nil {
				b.Skip(err)
			}
			defer m.Close()
			code := make([]byte, 256)
			for b.Loop() {
				block, _ := m.Alloc(len(code))
				copy(m.Writable(block), code)
				if err := m.Sync(block); err != nil {
					b.Fatal(err)
				}
				m.Free(block)
			}
		})
	}
}
