//go:build amd64 || arm64 || riscv64

package jit

import (
	"context"
	"errors"
	"testing"

	"github.com/copyjit/copyjit/internal/codemem"
	"github.com/copyjit/copyjit/internal/forbid"
	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
	"golang.org/x/sys/unix"
)

// underFilter is run in a subprocess: it installs the filter and says how an engine
// runs fib there.
func underFilter(t *testing.T, exec bool) *Engine {
	if err := forbid.Memory(exec); err != nil {
		t.Skip(err)
	}
	if fd, err := unix.MemfdCreate("test", 0); !errors.Is(err, unix.EPERM) {
		t.Fatalf("the filter lets memfd_create pass: %d, %v", fd, err)
	}
	p, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANON)
	if exec != errors.Is(err, unix.EPERM) {
		t.Fatalf("mapping executable memory: %v", err)
	}
	if err == nil {
		unix.Munmap(p)
	}
	e, err := NewEngine(Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	fib := sample.Program(sample.Fib)
	for n, want := range map[uint64]uint64{10: 55, 20: 6765, 25: 75025} {
		s := ops.State{Reg: [ops.NumRegs]uint64{n}}
		code := mustCompile(t, e, fib)
		if err := mustInstance(t, code, InstanceConfig{}).Call(context.Background(), 0, &s); err != nil || s.Reg[0] != want {
			t.Errorf("fib(%d) = %d, %v; want %d", n, s.Reg[0], err, want)
		}
		code.Close()
	}
	t.Logf("%v: %s; %v", e.Tier(), e.Platform().CodeMemory, e.Fallback())
	return e
}

// TestNoMemfd: where there are no memory files, code is written once and executed.
func TestNoMemfd(t *testing.T) {
	if !inChild(t) {
		return
	}
	e := underFilter(t, false)
	if e.Tier() != TierNative || e.mem.Kind() != codemem.WriteOnce {
		t.Errorf("tier %v, %+v", e.Tier(), e.Platform())
	}
	workBeside(t, func() {})
}

// TestNoExec: where nothing may be executable, programs are interpreted, and the
// engine says why.
func TestNoExec(t *testing.T) {
	if !inChild(t) {
		return
	}
	e := underFilter(t, true)
	if e.Tier() != TierInterp || !errors.Is(e.Fallback(), codemem.ErrUnavailable) || !errors.Is(e.Fallback(), unix.EPERM) {
		t.Errorf("tier %v, because %v", e.Tier(), e.Fallback())
	}
	if _, err := NewEngine(Config{Tier: TierNative}); !errors.Is(err, codemem.ErrUnavailable) {
		t.Errorf("an engine that must compile: %v", err)
	}
}
