package jit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/trace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

// promptly returns how long after a context is done a call may return. An emulator may
// take its time.
func promptly() time.Duration {
	if emulated() {
		return 200 * time.Millisecond
	}
	return 50 * time.Millisecond
}

// attempts is how often a test measures a time before it finds it too long: whatever
// else the machine does makes it longer, now and then.
const attempts = 8

// endless are programs whose function 0 never returns, or not before the stack is
// full, in all ways in which that can be.
var endless = map[string]string{
	"loop": spin,
	// Exponential, without a loop.
	"tree": "func tree0 ()\n call tree1\n call tree1\n return\n" + chain(1, 60),
	// A call is the last thing that the function does, so that nothing but calls is
	// ever executed.
	"tail recursion":            "func f ()\n call f\n return\n",
	"mutual tail recursion":     "table g\nfunc f ()\n mov a, 0\n calli a, ()\n return\nfunc g ()\n call f\n return\n",
	"switch":                    "func f ()\n mov a, 0\nagain:\n switch a, again, again\n",
	"host call in a loop":       "host nothing ()\nfunc f ()\nagain:\n callh nothing\n jump again\n",
	"long host call in a loop":  "host busy ()\nfunc f ()\nagain:\n callh busy\n jump again\n",
	"host calls in a call tree": "host nothing ()\n" + strings.ReplaceAll("func tree0 ()\n call tree1\n call tree1\n return\n"+chain(1, 60), "func tree60 ()\n", "func tree60 ()\n callh nothing\n"),
	"nested calls":              "host nested ()\nfunc f ()\nagain:\n callh nested\n jump again\nfunc leaf ()\n return\n",
}

// endlessHost are the functions of the host that these import. A long one is about as
// long as the scheduler lets a goroutine run, so that it is there, in Go's code, that
// the goroutine is asked to yield.
var endlessHost = map[string]HostFunc{
	"nothing": func(*HostCall) error { return nil },
	"busy": func(*HostCall) error {
		for start := time.Now(); time.Since(start) < 200*time.Microsecond; {
		}
		return nil
	},
	"nested": func(h *HostCall) error { return h.Call(context.Background(), 1, nil) },
}

// chain returns functions each of which calls the next one twice.
func chain(from, to int) string {
	var b strings.Builder
	name := func(i int) string { return "tree" + string(rune('0'+i/10)) + string(rune('0'+i%10)) }
	b.WriteString("func tree1 ()\n call " + name(from+1) + "\n call " + name(from+1) + "\n return\n")
	for i := from + 1; i < to; i++ {
		b.WriteString("func " + name(i) + " ()\n call " + name(i+1) + "\n call " + name(i+1) + "\n return\n")
	}
	b.WriteString("func " + name(to) + " ()\n return\n")
	return b.String()
}

// TestCancel: a call that would never end returns within 50 ms of the end of its
// context, whatever it does, on one P too.
func TestCancel(t *testing.T) {
	for _, procs := range []int{1, runtime.GOMAXPROCS(0)} {
		t.Run(fmt.Sprint("procs ", procs), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			eachTier(t, func(t *testing.T, e *Engine) {
				for name, src := range endless {
					late := latency(t, e, mustParse(t, src), context.WithTimeout)
					if late > promptly() {
						t.Errorf("%s: the call returned %v after its context was done", name, late)
					}
					t.Logf("%s: %v", name, late.Round(10*time.Microsecond))
				}
			})
		})
	}
}

// TestCancelByOther: the same when it is another goroutine that cancels, which has to
// get a P for that.
func TestCancelByOther(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	eachTier(t, func(t *testing.T, e *Engine) {
		late := latency(t, e, mustParse(t, spin), func(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(parent)
			go func() {
				time.Sleep(d)
				cancel()
			}()
			return ctx, cancel
		})
		if late > promptly() {
			t.Errorf("the call returned %v after its context was done", late)
		}
	})
}

// latency returns how long after the end of its context a call returns, at best.
func latency(t *testing.T, e *Engine, p *ops.Program, with func(context.Context, time.Duration) (context.Context, context.CancelFunc)) time.Duration {
	t.Helper()
	code := mustCompile(t, e, p)
	defer code.Close()
	best := time.Hour
	for range attempts {
		in := mustInstance(t, code, InstanceConfig{Host: endlessHost, StackBytes: MaxStackBytes})
		const after = 5 * time.Millisecond
		ctx, cancel := with(context.Background(), after)
		start := time.Now()
		err := in.Call(ctx, 0, nil)
		late := time.Since(start) - after
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			t.Fatalf("the call ended with %v", err)
		}
		if best = min(best, late); best <= promptly() {
			break
		}
	}
	return best
}

// disturb does what stops all goroutines, a few times, and returns how long it took.
func disturb(t *testing.T) time.Duration {
	start := time.Now()
	for range 3 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if err := trace.Start(io.Discard); err != nil {
			t.Fatal(err)
		}
		trace.Stop()
		// Another goroutine, and back.
		pong := make(chan bool)
		go func() { pong <- true }()
		<-pong
	}
	return time.Since(start)
}

// besideLoops returns how long disturb takes beside as many endless loops as there
// are Ps: f is one that ends when the context is done, and says whether it has begun.
func besideLoops(t *testing.T, f func(ctx context.Context, begun *atomic.Int32)) time.Duration {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var begun atomic.Int32
	procs := runtime.GOMAXPROCS(0)
	for range procs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f(ctx, &begun)
		}()
	}
	for begun.Load() < int32(procs) {
		runtime.Gosched()
	}
	d := disturb(t)
	cancel()
	wg.Wait()
	return d
}

// TestCollectorBesideLoops: with endless loops on every P, the collector, statistics,
// the tracer and other goroutines proceed as they do beside loops of Go.
func TestCollectorBesideLoops(t *testing.T) {
	tiertest.Forget() // a heap of programs takes long to mark
	runtime.GC()
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, mustParse(t, spin))
		inGo, compiled := time.Hour, time.Hour
		for range attempts {
			inGo = min(inGo, besideLoops(t, func(ctx context.Context, begun *atomic.Int32) {
				begun.Add(1)
				for n := 0; ctx.Err() == nil; n++ {
				}
			}))
			compiled = min(compiled, besideLoops(t, func(ctx context.Context, begun *atomic.Int32) {
				in := mustInstance(t, code, InstanceConfig{})
				begun.Add(1)
				if err := in.Call(ctx, 0, nil); !errors.Is(err, context.Canceled) {
					t.Errorf("the spinning call ended with %v", err)
				}
			}))
			if compiled < 2*inGo {
				break
			}
		}
		t.Logf("beside loops of Go %v, beside ours %v", inGo, compiled)
		if compiled > 2*inGo+time.Second { // without polls it would be for ever
			t.Errorf("what stops all goroutines took %v beside spinning code, %v beside loops of Go", compiled, inGo)
		}
	})
}

// TestPollMatters: without polls the collector has to wait until a loop ends, which is
// what they are for.
func TestPollMatters(t *testing.T) {
	e := native(t, Tuning{})
	code := mustCompile(t, e, mustParse(t, "func loop (i)\nagain:\n sub a, a, 1\n bnz a, again\n return\n"))
	took := func(polls bool) (loop, pause time.Duration) {
		in := mustInstance(t, code, InstanceConfig{})
		if !polls {
			in.own = 0 // which is not negative, and stays so
			in.ctx.ownPoll = uintptr(unsafe.Pointer(&in.own))
		}
		ended := make(chan time.Duration)
		go func() {
			start := time.Now()
			s := ops.State{Reg: [ops.NumRegs]uint64{1 << 30}}
			if err := in.Call(context.Background(), 0, &s); err != nil {
				t.Error(err)
			}
			ended <- time.Since(start)
		}()
		waitRunning(in)
		start := time.Now()
		runtime.GC()
		pause = time.Since(start)
		return <-ended, pause
	}
	// On a machine with other work to do the loop may have to wait, and the collector too.
	ok := func(polls bool) bool {
		for range attempts {
			loop, pause := took(polls)
			t.Logf("a collection beside a loop of %v, polls %v: %v", loop, polls, pause)
			if polls && pause < loop/4 || !polls && pause > loop/2 {
				return true
			}
		}
		return false
	}
	if !ok(false) {
		t.Error("without polls the collector does not wait for the loop")
	}
	if !ok(true) {
		t.Error("with polls the collector waits for the loop")
	}
}

// TestPollWordElsewhere: where the runtime's word is not where it should be, safepoints
// are counted, and calls end with their contexts all the same.
func TestPollWordElsewhere(t *testing.T) {
	native(t, Tuning{})
	defer func(f func() error) { checkPollWord = f }(checkPollWord)
	checkPollWord = func() error { return errors.New("not here") }
	e := native(t, Tuning{})
	if !e.counts || !strings.Contains(e.Platform().Interruption, "counted") || !strings.HasSuffix(e.Platform().Interruption, "not here") {
		t.Errorf("%+v", e.Platform())
	}
	for _, name := range []string{"loop", "tree", "tail recursion", "host call in a loop"} {
		if late := latency(t, e, mustParse(t, endless[name]), context.WithTimeout); late > promptly() {
			t.Errorf("%s: the call returned %v after its context was done", name, late)
		}
	}
	in := mustInstance(t, mustCompile(t, e, mustParse(t, spin)), InstanceConfig{})
	if err := in.SetFuel(1); !errors.Is(err, errNoFuel) {
		t.Errorf("fuel, for which nobody has asked: %v", err)
	}
}
