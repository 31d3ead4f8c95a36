//go:build amd64 || arm64 || riscv64

package jit

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"unsafe"

	"github.com/copyjit/copyjit/internal/codemem"
	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
	"golang.org/x/sys/unix"
)

// forbid makes the system refuse this process, for good, memory files, and if exec is
// set all memory that is to be executable.
func forbid(exec bool) error {
	const number, args = 0, 16 // in struct seccomp_data
	refuse := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)}
	allow := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	// skip goes n instructions further unless what is loaded is k.
	skip := func(k uint32, n uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jf: n}
	}
	filter := []unix.SockFilter{load(number), skip(unix.SYS_MEMFD_CREATE, 1), refuse}
	if exec {
		const prot = args + 8*2 // the third argument; all targets are little endian
		for _, call := range []uint32{unix.SYS_MMAP, unix.SYS_MPROTECT, unix.SYS_PKEY_MPROTECT} {
			filter = append(filter, load(number), skip(call, 3), load(prot),
				unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: unix.PROT_EXEC, Jf: 1}, refuse)
		}
	}
	filter = append(filter, allow)
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	// For all threads, or the runtime runs goroutines on others that may.
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return errno
	}
	return nil
}

// underFilter is run in a subprocess: it installs the filter and says how an engine
// runs fib there.
func underFilter(t *testing.T, exec bool) *Engine {
	// The privileges are a thread's, the filter is everybody's.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := forbid(exec); err != nil {
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
