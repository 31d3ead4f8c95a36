//go:build amd64 || arm64

package jit

import (
	"context"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"testing"
	"time"
	"unsafe"

	"github.com/copyjit/copyjit/stencils"
)

// install puts code that no stencil is in code memory and returns its address.
func installRaw(t *testing.T, e *Engine, code []byte) uintptr {
	t.Helper()
	block, err := e.alloc(len(code) + stencils.Slack)
	if err != nil {
		t.Fatal(err)
	}
	copy(e.mem.Writable(block), code)
	if err := e.mem.Sync(block); err != nil {
		t.Fatal(err)
	}
	e.mem.Fence()
	return e.mem.Addr(block)
}

// TestGarbage: code that leaves garbage in every register that it may change, while
// it runs and when it leaves, disturbs nobody: not the profiler, the tracer and the
// collector, which look at it meanwhile, nor the Go code that has entered it.
func TestGarbage(t *testing.T) {
	e := native(t, Tuning{})
	addr := installRaw(t, e, garbageCode(uint32(unsafe.Offsetof(machineContext{}.poll))))
	in := mustInstance(t, mustCompile(t, e, mustParse(t, spin)), InstanceConfig{})
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Log(err) // somebody profiles the tests
	} else {
		defer pprof.StopCPUProfile()
	}
	if err := trace.Start(io.Discard); err == nil {
		defer trace.Stop()
	}
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	defer close(stop)
	entered := 0
	for start := time.Now(); time.Since(start) < 300*time.Millisecond; entered++ {
		enterGarbage(t, in, addr, entered)
	}
	t.Logf("%d times entered", entered)

	// A whole program goes on to run as it did.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := in.Call(ctx, 0, nil); err == nil || err != ctx.Err() {
		t.Errorf("a call afterwards: %v", err)
	}
}

// enterGarbage runs the code and looks whether values of all kinds, which are kept in
// registers and on the stack where the compiler sees fit, are what they were.
//
//go:noinline
func enterGarbage(t *testing.T, in *Instance, addr uintptr, n int) {
	a, f, s, p := n*3, float64(n)/2, os.Args[0], new(int)
	*p = n
	in.ctx.fp, in.ctx.resume = in.stackAddr(), addr
	enter(&in.ctx)
	if a != n*3 || f != float64(n)/2 || s != os.Args[0] || *p != n {
		t.Fatalf("after entering: %d %v %q %d of %d", a, f, s, *p, n)
	}
	var zero [4]uint64 // the compiler clears it with the register that is 0 by convention
	if sink = zero; sink != [4]uint64{} {
		t.Fatalf("what should be 0 is %x", sink)
	}
	for i, r := range in.ctx.reg {
		if r != garbage {
			t.Fatalf("register %d is %#x: the code has not run", i, r)
		}
	}
}

var sink [4]uint64

// garbage is neither a number that is small nor an address of anything.
const garbage = 0xdeadbeef_badc0de5
