//go:build amd64 || arm64 || riscv64

package jit

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

// footprint returns how much memory the process has, in bytes, and how many mappings.
func footprint(t *testing.T) (rss, mappings int) {
	t.Helper()
	runtime.GC()
	time.Sleep(10 * time.Millisecond) // for cleanups
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			if rss, err = strconv.Atoi(f[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil || rss == 0 {
		t.Skip(err)
	}
	return rss << 10, bytes.Count(maps, []byte("\n"))
}

// TestCycles: compiling, running and closing again and again leaves memory and
// mappings where they were, with either kind of code memory, also when it is not
// closed but forgotten.
func TestCycles(t *testing.T) {
	if emulated() || raced {
		t.Skip("an emulator keeps what it translates, and the race detector what it has seen")
	}
	tiertest.Forget()
	const more = 4 << 20
	cycles := 100_000
	if testing.Short() {
		cycles = 2000
	}
	fib, loop := sample.Program(sample.Fib), sample.Program(sample.Loop)
	large := mustParse(t, "memory 65536, 1000000\nfunc id (i) (i)\n return\nfunc down (i) (i)\n bz a, end\n sub a, a, 1\n call down\nend:\n return\n")
	for _, tt := range []struct {
		name   string
		cycles int
		tuning Tuning
		// compile makes and leaves one code, or engine.
		cycle func(e *Engine) (*Code, error)
		close bool
	}{
		{"whole", cycles, Tuning{}, func(e *Engine) (*Code, error) { return e.Compile(fib) }, true},
		{"apart", cycles, Tuning{}, func(e *Engine) (*Code, error) { return e.Prepare(fib) }, true},
		{"write once", cycles / 10, Tuning{WriteOnce: true}, func(e *Engine) (*Code, error) { return e.Compile(fib) }, true},
		{"memory and stack", cycles / 500, Tuning{}, func(e *Engine) (*Code, error) {
			code, err := e.Compile(large)
			if err != nil {
				return nil, err
			}
			in, err := code.NewInstance(InstanceConfig{StackBytes: 64 << 20})
			if err != nil {
				return nil, err
			}
			s := ops.State{Reg: [ops.NumRegs]uint64{200_000}} // more stack than is on Go's heap
			if err := in.Call(context.Background(), 1, &s); err != nil {
				return nil, err
			}
			return code, nil
		}, true},
		{"engines", cycles / 50, Tuning{}, func(*Engine) (*Code, error) {
			e, err := NewEngine(Config{Tier: TierNative})
			if err != nil {
				return nil, err
			}
			return e.Compile(fib)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := native(t, tt.tuning)
			keep := mustCompile(t, e, loop)
			round := func(n int) {
				for range n {
					code, err := tt.cycle(e)
					if err != nil {
						t.Fatal(err)
					}
					s := ops.State{Reg: [ops.NumRegs]uint64{5}}
					if err := mustInstance(t, code, InstanceConfig{StackBytes: 512}).Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 5 {
						t.Fatalf("fib(5) = %d, %v", s.Reg[0], err)
					}
					if tt.close {
						code.Close()
					}
				}
			}
			round(tt.cycles / 10)
			rss, mappings := footprint(t)
			round(tt.cycles)
			rssAfter, mappingsAfter := footprint(t)
			// What is forgotten is found in time.
			for tries := 0; tries < 50 && (rssAfter > rss+more || mappingsAfter > mappings+10); tries++ {
				rssAfter, mappingsAfter = footprint(t)
			}
			t.Logf("%d cycles: %d → %d KiB, %d → %d mappings", tt.cycles, rss>>10, rssAfter>>10, mappings, mappingsAfter)
			if rssAfter > rss+more {
				t.Errorf("%d KiB of memory, %d more than before", rssAfter>>10, (rssAfter-rss)>>10)
			}
			// Go's heap has a mapping now and then.
			if mappingsAfter > mappings+10 {
				t.Errorf("%d mappings, %d more than before", mappingsAfter, mappingsAfter-mappings)
			}
			if s := e.Stats(); s.Codes != 1 || s.CodeBytes > 4096 {
				t.Errorf("%+v, want one code", s)
			}
			keep.Close()
		})
	}
}
