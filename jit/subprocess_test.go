package jit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

// childOf names, in the environment of a subprocess, the test that it runs.
const childOf = "COPYJIT_CHILD_OF"

// emulated reports whether an emulator runs this, which is then the only process that it
// runs.
var emulated = sync.OnceValue(func() bool {
	return errors.Is(exec.Command(os.Args[0], "-test.run=^$").Run(), syscall.ENOEXEC)
})

// inChild reports whether this is the process that is to do what the test is about.
// Otherwise it starts that one, with these variables in its environment besides, and
// fails unless the test passes there.
func inChild(t *testing.T, env ...string) bool {
	t.Helper()
	if os.Getenv(childOf) == t.Name() {
		return true
	}
	if emulated() {
		t.Skip("a subprocess would not be emulated")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", fmt.Sprint("-test.short=", testing.Short()))
	cmd.Env = append(append(os.Environ(), childOf+"="+t.Name()), env...)
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "--- SKIP: "+t.Name()+" ") {
		t.Skipf("skipped in the subprocess:\n%s", out)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()+" ") {
		t.Errorf("%v in %v:\n%s", err, cmd, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "    ") {
			t.Log(strings.TrimSpace(line))
		}
	}
	return false
}

// hostile is a program that does its worst: how it has to end is in its name.
var hostile = []struct{ want, src string }{
	{"stack overflow", "func f ()\n call f\n return\n"},
	{"stack overflow", "func f () slots 32000\n mov [31999], 1\n call f\n return\n"},
	{"stack overflow", "table f\nfunc f ()\n mov a, 0\n calli a, ()\n return\n"},
	{"stack overflow", "host again ()\nfunc f ()\n callh again\n return\n"},
	{"out of bounds", "memory 65536\nfunc f ()\n mov a, 0\nagain:\n store64 a+0, a\n add a, a, 8\n jump again\n"},
	{"out of bounds", "memory 65536\nfunc f ()\n mov a, 65536\n load8u a, a+0\n return\n"},
	{"out of bounds", "memory 65536\nfunc f ()\n mov a, 65529\n load64 a, a+0\n return\n"},
	{"out of bounds", "memory 65536\nfunc f ()\n mov a, -1\n load8u a, a+0\n return\n"},
	{"out of bounds", "memory 65536\nfunc f ()\n mov a, -8\n store64 a+0xffffffff, a\n return\n"},
	{"out of bounds", "memory 65536\nfunc f ()\n mov a, 0x7fffffffffffffff\n load64 a, a+0xffffffff\n return\n"},
	{"out of bounds", "memory 0, 65536\nfunc f ()\n mov a, 0\n load8u a, a+0\n return\n"},
	{"division by zero", "func f ()\n mov a, 1\n mov x, 0\n div a, a, x\n return\n"},
	{"division by zero", "func f ()\n mov a, 1\n mov x, 0\n remu a, a, x\n return\n"},
	{"division by zero", "func f ()\n mov a, 1\n mov x, 0x100000000\n rem32 a, a, x\n return\n"},
	{"integer overflow", "func f ()\n mov a, 0x8000000000000000\n mov x, -1\n div a, a, x\n return\n"},
	{"integer overflow", "func f ()\n mov a, 0x80000000\n mov x, -1\n div32 a, a, x\n return\n"},
	{"", "func f ()\n mov a, 0x8000000000000000\n mov x, -1\n rem a, a, x\n rem32 a, a, x\n return\n"},
	{"invalid conversion", "func f ()\n fmov fa, nan\n trunci64 a, fa\n return\n"},
	{"integer overflow", "func f ()\n fmov fa, 1e300\n trunci64 a, fa\n return\n"},
	{"table index", "table f\nfunc f ()\n mov a, -1\n calli a, ()\n return\n"},
	{"table index", "table f\nfunc f ()\n mov a, 0x100000000\n calli a, ()\n return\n"},
	{"another signature", "table f\nfunc f ()\n mov a, 0\n mov x, 0\n calli a, (i, i) (i)\n return\n"},
	{"", "func f ()\n mov a, -1\n switch a, end, end\nend:\n shl a, a, 65\n shr32 a, a, 255\n return\n"},
	{"context deadline exceeded", spin},
	{"context deadline exceeded", "func tree0 ()\n call tree1\n call tree1\n return\n" + chain(1, 60)},
}

// TestHostile: what is verified raises no signal, whatever it does. Signals of the
// processor in code that is not Go's end the process, hence one of its own.
func TestHostile(t *testing.T) {
	if !inChild(t) {
		return
	}
	eachTier(t, func(t *testing.T, e *Engine) {
		for _, h := range hostile {
			p := mustParse(t, h.src)
			for _, code := range []*Code{mustCompile(t, e, p), mustPrepare(t, e, p)} {
				in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"again": func(h *HostCall) error {
					return h.Call(h.Context(), 0, nil)
				}}, StackBytes: 1 << 18})
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
				if !strings.HasPrefix(h.want, "context") {
					cancel()
					ctx, cancel = context.WithCancel(context.Background())
				}
				err := in.Call(ctx, 0, nil)
				cancel()
				if err == nil && h.want != "" || err != nil && (h.want == "" || !strings.Contains(err.Error(), h.want)) {
					t.Errorf("%s\nended with %.300v, want %q", h.src, err, h.want)
				}
				code.Close()
			}
		}
		programs := 30
		if testing.Short() {
			programs = 10
		}
		for seed := range programs {
			p := tiertest.Random(rand.New(rand.NewPCG(uint64(seed), 5)))
			code := mustCompile(t, e, p.Program)
			for i := range p.Cases {
				in := caseInstance(t, code)
				_ = in.Call(context.Background(), p.Cases[i].ID, p.Cases[i].State()) // it ends, however
				closeCase(in)
			}
			code.Close()
		}
		t.Logf("%d programs and %d random ones", len(hostile), programs)
	})
}

// work is what a busy process does with an engine: it compiles in all ways, calls,
// is called, calls again, and frees, until done says so, and checks every result.
func work(t *testing.T, e *Engine, done func() bool) (rounds int) {
	fib, nested := sample.Program(sample.Fib), hostProgram(t)
	for rounds == 0 || !done() {
		rounds++
		for _, compile := range []func(*ops.Program) (*Code, error){e.Compile, e.Prepare} {
			code, err := compile(fib)
			if err != nil {
				t.Error(err)
				return
			}
			s := ops.State{Reg: [ops.NumRegs]uint64{21}}
			if err := mustInstance(t, code, InstanceConfig{}).Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 10946 {
				t.Errorf("fib(21) = %d, %v", s.Reg[0], err)
				return
			}
			code.Close()
			if code, err = compile(nested); err != nil {
				t.Error(err)
				return
			}
			in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"host": func(h *HostCall) error {
				s := ops.State{Reg: [ops.NumRegs]uint64{h.Args[0]}}
				if h.Args[0] < 20 {
					if err := h.Call(h.Context(), 0, &s); err != nil {
						return err
					}
				}
				h.Results[0] = s.Reg[0]
				return nil
			}}})
			s = ops.State{}
			if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 20+20*10 {
				t.Errorf("nested calls: %d, %v", s.Reg[0], err)
				return
			}
			code.Close()
		}
	}
	return rounds
}

// workBeside has goroutines of each tier at work while f runs, for a while at least.
func workBeside(t *testing.T, f func()) {
	var wg sync.WaitGroup
	stop := make(chan bool)
	least := time.Now().Add(200 * time.Millisecond)
	done := func() bool {
		select {
		case <-stop:
			return time.Now().After(least)
		default:
			return false
		}
	}
	for _, tc := range tierConfigs {
		if tc.cfg.Tier == TierNative && nativeSet == nil {
			continue
		}
		e := tc.engine(t)
		for range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if n := work(t, e, done); n == 0 {
					t.Errorf("%s: nothing was done", tc.name)
				}
			}()
		}
	}
	f()
	close(stop)
	wg.Wait()
	runtime.GC()
}
