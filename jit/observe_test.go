package jit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copyjit/copyjit/ops"
)

// nest is a program whose frames stand below a host function, below another call, and
// that may loop there.
const nest = `host look ()
host again ()

func outer () ()
	call middle
	return

func middle () () slots 3
	callh again
	return

func inner () ()
	call leaf
	return

func leaf () ()
	callh look
	return

func forever () ()
	call spin
	return

func spin () () slots 1
next:
	jump next
`

// names returns a stack on one line.
func names(stack []Frame) string {
	var list []string
	for _, f := range stack {
		list = append(list, f.String())
	}
	return strings.Join(list, ", ")
}

// eachKind runs a test on each tier, and with functions compiled one by one.
func eachKind(t *testing.T, f func(t *testing.T, cfg Config, load func(*Engine, *ops.Program) (*Code, error))) {
	for _, tier := range []Tier{TierNative, TierInterp} {
		for name, load := range map[string]func(*Engine, *ops.Program) (*Code, error){"Compile": (*Engine).Compile, "Prepare": (*Engine).Prepare} {
			t.Run(fmt.Sprintf("%s/%s", tier, name), func(t *testing.T) {
				e, err := NewEngine(Config{Tier: tier})
				if err != nil {
					t.Skip(err)
				}
				e.Close()
				f(t, Config{Tier: tier}, load)
			})
		}
	}
}

// instanceOf returns an instance of a program in an engine of its own.
func instanceOf(t testing.TB, cfg Config, load func(*Engine, *ops.Program) (*Code, error), src string, host map[string]HostFunc) (*Engine, *Instance) {
	t.Helper()
	e, err := NewEngine(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	code, err := load(e, mustParse(t, src))
	if err != nil {
		t.Fatal(err)
	}
	return e, mustInstance(t, code, InstanceConfig{Host: host})
}

func lookup(t testing.TB, in *Instance, name string) ops.FuncID {
	t.Helper()
	id, ok := in.Program().Lookup(name)
	if !ok {
		t.Fatalf("no function %s", name)
	}
	return id
}

// TestHostStack: a host function sees the frames of the call that it is in, and those
// below, also behind a nested call.
func TestHostStack(t *testing.T) {
	const inner = "leaf:0 (line 18), inner:0 (line 14)"
	const outer = "middle:0 (line 10), outer:0 (line 6)"
	eachKind(t, func(t *testing.T, cfg Config, load func(*Engine, *ops.Program) (*Code, error)) {
		var deep, before, after string
		var kept *HostCall
		in := (*Instance)(nil)
		host := map[string]HostFunc{
			"look": func(h *HostCall) error {
				stack, _ := h.Stack()
				deep = names(stack)
				return nil
			},
			"again": func(h *HostCall) error {
				stack, _ := h.Stack()
				before = names(stack)
				if err := h.Call(h.Context(), lookup(t, in, "inner"), nil); err != nil {
					return err
				}
				stack, _ = h.Stack()
				after, kept = names(stack), h
				return nil
			},
		}
		_, in = instanceOf(t, cfg, load, nest, host)
		if err := in.Call(context.Background(), 0, nil); err != nil {
			t.Fatal(err)
		}
		if before != outer || after != outer || deep != inner+", "+outer {
			t.Errorf("stacks are %q, in the nested call %q, then %q", before, deep, after)
		}
		if stack, omitted := kept.Stack(); stack != nil || omitted != 0 {
			t.Errorf("a host function that has returned has the stack %v", stack)
		}
	})
}

// TestStackFromOutside: another goroutine gets the stack of an instance that runs, nil
// of one that does not, and waits no longer than its context for a host function.
func TestStackFromOutside(t *testing.T) {
	eachKind(t, func(t *testing.T, cfg Config, load func(*Engine, *ops.Program) (*Code, error)) {
		in := (*Instance)(nil)
		host := map[string]HostFunc{
			"look": func(h *HostCall) error { return nil },
			"again": func(h *HostCall) error {
				return h.Call(h.Context(), lookup(t, in, "forever"), nil)
			},
		}
		_, in = instanceOf(t, cfg, load, nest, host)
		if stack, _, err := in.Stack(context.Background()); stack != nil || err != nil {
			t.Errorf("an instance that does not run has the stack %v, %v", stack, err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- in.Call(ctx, 0, nil) }()
		const want = "spin:0 (line 27), forever:0 (line 22), middle:0 (line 10), outer:0 (line 6)"
		for n := 0; n < 100; {
			stack, omitted, err := in.Stack(context.Background())
			if stack == nil && err == nil {
				continue // the call has not begun
			}
			// It may not have come to its loop yet.
			got := names(stack)
			if err != nil || omitted != 0 || !strings.HasSuffix(want, got) {
				t.Fatalf("the stack is %q, %d omitted, %v; want the end of %q", got, omitted, err, want)
			}
			if got == want {
				n++
			}
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// TestStackWaits: a stack is not to be had from an instance that is in a host
// function.
func TestStackWaits(t *testing.T) {
	eachKind(t, func(t *testing.T, cfg Config, load func(*Engine, *ops.Program) (*Code, error)) {
		inside, leave := make(chan bool), make(chan bool)
		host := map[string]HostFunc{
			"again": func(*HostCall) error { return nil },
			"look": func(*HostCall) error {
				inside <- true
				<-leave
				return nil
			},
		}
		_, in := instanceOf(t, cfg, load, nest, host)
		done := make(chan error)
		go func() { done <- in.Call(context.Background(), lookup(t, in, "leaf"), nil) }()
		<-inside
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
		defer cancel()
		if stack, _, err := in.Stack(ctx); stack != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("stack %v, %v; want that the deadline is exceeded", stack, err)
		}
		leave <- true
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestObserver: an Observer hears of each call when it begins and when it is over, whatever
// ends it, and of safepoints when it asks.
func TestObserver(t *testing.T) {
	type key struct{}
	eachKind(t, func(t *testing.T, cfg Config, load func(*Engine, *ops.Program) (*Code, error)) {
		var heard []string
		pauses := 0
		cfg.Observer = Observer{
			Enter: func(ctx context.Context, in *Instance, fn ops.FuncID) context.Context {
				heard = append(heard, "enter "+in.Program().Func(fn).Name)
				return context.WithValue(ctx, key{}, in.Program().Func(fn).Name)
			},
			Leave: func(ctx context.Context, in *Instance, fn ops.FuncID) {
				heard = append(heard, fmt.Sprintf("leave %s to %v", in.Program().Func(fn).Name, ctx.Value(key{})))
			},
			Pause: func(p *Pause) {
				if stack, _ := p.Stack(); p.Interrupted && len(stack) > 0 && stack[0].Func == "spin" && p.Exit == ops.ExitSafepoint {
					pauses++
				}
			},
		}
		in := (*Instance)(nil)
		host := map[string]HostFunc{
			"look": func(h *HostCall) error { panic("look") },
			"again": func(h *HostCall) error {
				return h.Call(h.Context(), lookup(t, in, "inner"), nil)
			},
		}
		var e *Engine
		e, in = instanceOf(t, cfg, load, nest, host)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			in.Call(context.Background(), 0, nil)
		}()
		if want := "[enter outer enter inner leave inner to outer leave outer to <nil>]"; fmt.Sprint(heard) != want {
			t.Errorf("heard %v, want %v", heard, want)
		}
		if err := in.Call(context.Background(), 1000, nil); err == nil || len(heard) != 4 {
			t.Errorf("a call of a function that there is not: %v, heard %v", err, heard[4:])
		}

		ctx, cancel := context.WithCancel(context.Background())
		asked := make(chan int)
		go func() {
			n := 0
			for ctx.Err() == nil {
				e.Interrupt()
				n++
				time.Sleep(time.Millisecond)
				if n == 100 {
					cancel()
				}
			}
			asked <- n
		}()
		in.Call(ctx, lookup(t, in, "forever"), nil)
		if n := <-asked; pauses < n/4 || pauses > n {
			t.Errorf("%d interruptions, %d pauses", n, pauses)
		}
	})
}

// TestExitCounts: how often execution left, and why, of an instance and of an engine
// whose instances come and go.
func TestExitCounts(t *testing.T) {
	const src = `host look ()
func hosts (i) ()
	callh look
	return
func divides (i) (i)
	div a, a, 0
	return
func loops (i) () slots 1
next:
	sub a, 1
	bne a, 0, next
	return
`
	eachKind(t, func(t *testing.T, cfg Config, load func(*Engine, *ops.Program) (*Code, error)) {
		cfg.Tuning.ExitAtPolls = true
		e, in := instanceOf(t, cfg, load, src, map[string]HostFunc{"look": func(*HostCall) error { return nil }})
		call := func(name string, arg uint64) error {
			return in.Call(context.Background(), lookup(t, in, name), &ops.State{Reg: [ops.NumRegs]uint64{arg}})
		}
		for range 3 {
			if err := call("hosts", 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := call("divides", 7); err == nil {
			t.Fatal("no trap")
		}
		if err := call("loops", 5); err != nil {
			t.Fatal(err)
		}
		got := in.ExitCounts()
		want := map[ops.Exit]uint64{ops.ExitHostCall: 3, ops.ExitTrap: 1, ops.ExitEntry: 5, ops.ExitSafepoint: 5}
		if n := got.Exits[ops.ExitNoCode]; n != 0 {
			want[ops.ExitNoCode] = 3 // one for each function that is compiled when it is called
		}
		if fmt.Sprint(got.Exits) != fmt.Sprint(want) || fmt.Sprint(got.Traps) != fmt.Sprint(map[ops.Reason]uint64{ops.ReasonDivideByZero: 1}) {
			t.Errorf("counts are %v, want exits %v and one division by zero", got, want)
		}
		if all := e.ExitCounts(); fmt.Sprint(all) != fmt.Sprint(got) {
			t.Errorf("the engine's are %v, its only instance's %v", all, got)
		}
	})
}
