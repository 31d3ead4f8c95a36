package jit

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// callerProgram has functions that a Caller can call, and some that it cannot.
const callerProgram = `copyjit 1
func sum (i, i) (i, i) slots 1  ; the bytes from a on, x of them, and how many there are
	memsize o
	mov y, 0
	bz x, done
next:
	load8u [0], a+0
	add y, y, [0]
	add a, a, 1
	sub x, x, 1
	bnz x, next
done:
	mov a, y
	mov x, o
	return
func store (i)
	store64 a, -1
	return
func forever ()
again:
	jump again
func stop (i)
	add a, a, 1
	trap 3
func float (f)
	return
func many (i, i, i, i, i) slots 1
	return
func outer (i) slots 30
	call stop
	return
func load8 (i)
	load8u a, a+0
	return
func load16 (i)
	load16u a, a+0
	return
func load32 (i)
	load32u a, a+0
	return
func load64 (i)
	load64 a, a+0
	return
`

// eachCaller runs a test with an instance on each tier, compiled code also in a Code
// whose functions are compiled when they are called.
func eachCaller(t *testing.T, text string, test func(*testing.T, *Code, *Instance)) {
	p, err := ops.Parse("caller.cj", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, tier := range []struct {
		name string
		Config
		compile func(*Engine, *ops.Program) (*Code, error)
	}{
		{"interp", Config{Tier: TierInterp}, (*Engine).Compile},
		{"jit", Config{}, (*Engine).Compile},
		{"polls", Config{Tuning: Tuning{ExitAtPolls: true}}, (*Engine).Compile},
		{"apart", Config{}, (*Engine).Prepare},
	} {
		t.Run(tier.name, func(t *testing.T) {
			e, err := NewEngine(tier.Config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { e.Close() })
			c, err := tier.compile(e, p)
			if err != nil {
				t.Fatal(err)
			}
			in, err := c.NewInstance(InstanceConfig{})
			if err != nil {
				t.Fatal(err)
			}
			test(t, c, in)
		})
	}
}

func newCaller(t *testing.T, in *Instance, name string) *Caller {
	t.Helper()
	fn, ok := in.program.Lookup(name)
	if !ok {
		t.Fatal("no function", name)
	}
	c, err := in.NewCaller(fn)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCaller(t *testing.T) {
	ctx := context.Background()
	eachCaller(t, callerProgram, func(t *testing.T, code *Code, in *Instance) {
		sum := newCaller(t, in, "sum")
		for _, memory := range [][]byte{{1, 2, 3}, nil, bytes.Repeat([]byte{200}, 100_000), {7}} {
			want := uint64(0)
			for _, b := range memory {
				want += uint64(b)
			}
			sum.Reg[0], sum.Reg[1] = 0, uint64(len(memory))
			if err := sum.Call(memory); err != nil || sum.Reg[0] != want || sum.Reg[1] != uint64(len(memory)) {
				t.Errorf("sum of %d bytes: %d of %d, %v, want %d", len(memory), sum.Reg[0], sum.Reg[1], err, want)
			}
			// One byte too many.
			sum.Reg[0], sum.Reg[1] = 0, uint64(len(memory))+1
			err := sum.Call(memory)
			if err != ops.ReasonOutOfBounds || sum.Reg[0] != uint64(len(memory)) || sum.Reg[2] != want {
				t.Errorf("one byte behind %d: %v with registers %d, want %v", len(memory), err, sum.Reg, ops.ReasonOutOfBounds)
			}
		}
		if err := in.Call(ctx, 0, nil); err != ErrInUse {
			t.Errorf("Instance.Call meanwhile: %v, want ErrInUse", err)
		}
		if _, err := in.NewCaller(0); err != ErrInUse {
			t.Errorf("a second Caller: %v, want ErrInUse", err)
		}
		for range 2 {
			if err := sum.Close(); err != nil {
				t.Errorf("closing: %v", err)
			}
		}
		if err := sum.Call(nil); err != ErrClosed {
			t.Errorf("a closed Caller: %v, want ErrClosed", err)
		}

		store := newCaller(t, in, "store")
		memory := make([]byte, 20)
		store.Reg[0] = 4
		if err := store.Call(memory[:12]); err != nil || !bytes.Equal(memory, append(append(make([]byte, 4), bytes.Repeat([]byte{255}, 8)...), make([]byte, 8)...)) {
			t.Errorf("store: %v, %x", err, memory)
		}
		store.Reg[0] = 5
		if err := store.Call(memory[:12]); err != ops.ReasonOutOfBounds {
			t.Errorf("store behind the end: %v", err)
		}
		store.Close()

		stop := newCaller(t, in, "stop")
		stop.Reg[0] = 41
		if err := stop.Call(nil); err != ops.ReasonExplicit || stop.Reg[0] != 42 {
			t.Errorf("stop: %v, a = %d", err, stop.Reg[0])
		}
		stop.Close()
		var s ops.State
		if err := in.Call(ctx, 3, &s); !errors.Is(err, ops.ReasonExplicit) {
			t.Errorf("Instance.Call afterwards: %v", err)
		}
	})
}

func TestCallerCancelled(t *testing.T) {
	eachCaller(t, callerProgram, func(t *testing.T, code *Code, in *Instance) {
		c := newCaller(t, in, "forever")
		defer c.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		c.Context = ctx
		if err := c.Call(nil); err != context.DeadlineExceeded {
			t.Errorf("%v, want that the deadline is exceeded", err)
		}
		// A context that panics ends the call, not the lease.
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			c.Context = panics{context.Background()}
			c.Call(nil)
		}()
		if err := in.Call(context.Background(), 0, nil); err != ErrInUse {
			t.Errorf("%v, want ErrInUse", err)
		}
		ctx, cancel = context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		c.Context = ctx
		if err := c.Call(nil); err != context.DeadlineExceeded {
			t.Errorf("after the panic: %v", err)
		}
	})
}

// panics is a context whose Err panics.
type panics struct{ context.Context }

func (panics) Err() error { panic("Err") }

// TestCallerInUse calls while a call is in progress, from the function of a context.
func TestCallerInUse(t *testing.T) {
	eachCaller(t, callerProgram, func(t *testing.T, code *Code, in *Instance) {
		c := newCaller(t, in, "forever")
		defer c.Close()
		ctx := &reenters{Context: context.Background(), c: c}
		c.Context = ctx
		if err := c.Call(nil); err != errDone || ctx.call != ErrInUse || ctx.close != ErrInUse {
			t.Errorf("%v; meanwhile Call answers %v and Close %v, want ErrInUse", err, ctx.call, ctx.close)
		}
	})
}

// reenters is a context whose Err calls a Caller.
type reenters struct {
	context.Context
	c           *Caller
	call, close error
}

var errDone = errors.New("done")

func (r *reenters) Err() error {
	r.call, r.close = r.c.Call(nil), r.c.Close()
	return errDone
}

func TestCallerRefused(t *testing.T) {
	eachCaller(t, callerProgram, func(t *testing.T, code *Code, in *Instance) {
		for fn, want := range map[ops.FuncID]string{
			4:  "jit: a Caller of float (f): its parameters and results are not all in integer registers",
			5:  "jit: a Caller of many (i, i, i, i, i): its parameters and results are not all in integer registers",
			11: "jit: a Caller of function 11: the program has 11",
		} {
			if _, err := in.NewCaller(fn); err == nil || err.Error() != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		newCaller(t, in, "stop").Close() // a refusal gives the instance back
	})
	for text, want := range map[string]string{
		"copyjit 1\nhost h ()\nfunc f ()\n\tcallh h\n\treturn\n": "jit: a Caller of a program that imports functions of the host",
		"copyjit 1\nmemory 8\nfunc f ()\n\treturn\n":             "jit: a Caller of an instance that has a memory of its own",
	} {
		p, err := ops.Parse("refused.cj", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		e, err := NewEngine(Config{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		in, err := c.NewInstance(InstanceConfig{Host: map[string]HostFunc{"h": func(*HostCall) error { return nil }}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.NewCaller(0); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		e.Close()
	}
}

// TestCallerClose closes code that Callers have: it is freed when they are closed,
// or forgotten.
func TestCallerClose(t *testing.T) {
	eachCaller(t, callerProgram, func(t *testing.T, code *Code, in *Instance) {
		e := code.engine
		c := newCaller(t, in, "stop")
		code.Close()
		if err := c.Call(nil); err != ErrClosed {
			t.Errorf("%v, want ErrClosed", err)
		}
		if s := e.Stats(); s.Codes != 1 {
			t.Errorf("%+v, want one code that is not freed", s)
		}
		c.Close()
		if s := e.Stats(); s != (Stats{}) {
			t.Errorf("%+v, want nothing", s)
		}
		if _, err := in.NewCaller(0); err != ErrClosed {
			t.Errorf("%v, want ErrClosed", err)
		}

		again, err := e.Compile(in.program)
		if err != nil {
			t.Fatal(err)
		}
		func() {
			in, err := again.NewInstance(InstanceConfig{})
			if err != nil {
				t.Fatal(err)
			}
			newCaller(t, in, "stop").Call(nil)
		}()
		again.Close()
		for i := 0; e.Stats() != (Stats{}); i++ {
			if i == 100 {
				t.Fatalf("%+v, want nothing", e.Stats())
			}
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
	})
}

// TestCallerHeap calls with an array of the caller's: it is on the heap, because
// entering may move the goroutine's stack.
func TestCallerHeap(t *testing.T) {
	eachCaller(t, callerProgram, func(t *testing.T, code *Code, in *Instance) {
		c := newCaller(t, in, "stop")
		defer c.Close()
		c.Call(nil)
		if n := testing.AllocsPerRun(100, func() { c.Call(nil) }); n != 0 {
			t.Errorf("%v allocations without an array", n)
		}
		if n := testing.AllocsPerRun(100, func() {
			var memory [64]byte
			c.Call(memory[:])
		}); n != 1 {
			t.Errorf("%v allocations, want that of the array", n)
		}
	})
}

// TestCallerBounds tries every width at every address of small memories.
func TestCallerBounds(t *testing.T) {
	eachCaller(t, callerProgram, func(t *testing.T, code *Code, in *Instance) {
		for width, name := range map[int]string{1: "load8", 2: "load16", 4: "load32", 8: "load64"} {
			c := newCaller(t, in, name)
			for size := range 20 {
				for address := range 20 {
					c.Reg[0] = uint64(address)
					var want error
					if address+width > size {
						want = ops.ReasonOutOfBounds
					}
					if err := c.Call(make([]byte, size)); err != want {
						t.Errorf("%d bytes at %d of %d: %v, want %v", width, address, size, err, want)
					}
				}
			}
			c.Close()
		}
	})
}

// TestCallerDeep traps in a function that another called, again and again: each call
// begins at the bottom of the stack.
func TestCallerDeep(t *testing.T) {
	eachCaller(t, callerProgram, func(t *testing.T, code *Code, in *Instance) {
		c := newCaller(t, in, "outer")
		defer c.Close()
		for i := range 100_000 {
			c.Reg[0] = 7
			if err := c.Call(nil); err != ops.ReasonExplicit || c.Reg[0] != 8 {
				t.Fatalf("call %d: %v, a = %d", i, err, c.Reg[0])
			}
		}
	})
}

// TestCallerGrows: a stack that has to grow below a Caller does, and one that may not
// is a stack overflow; afterwards the Caller is as good as before.
func TestCallerGrows(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		c := mustCompile(t, e, mustBuild(t, func(b *ops.Builder) {
			id := b.Func("depth", sample.IntToInt, 1)
			done := b.Label()
			b.Branch(ops.BZ, ops.A, ops.Operand{}, done)
			b.Mov(ops.Slot(0), ops.A)
			b.Sub(ops.A, ops.A, ops.Imm(1))
			b.Call(id)
			b.Add(ops.A, ops.A, ops.Imm(1))
			b.Bind(done)
			b.Return()
		}))
		in := mustInstance(t, c, InstanceConfig{StackBytes: 1 << 20})
		caller, err := in.NewCaller(0)
		if err != nil {
			t.Fatal(err)
		}
		defer caller.Close()
		for _, depth := range []uint64{1, 10_000, 3} {
			caller.Reg[0] = depth
			if err := caller.Call(nil); err != nil || caller.Reg[0] != depth {
				t.Errorf("depth %d: %d, %v", depth, caller.Reg[0], err)
			}
		}
		caller.Reg[0] = 1 << 40
		if err := caller.Call(nil); !errors.Is(err, ops.ReasonStackOverflow) {
			t.Errorf("unbounded recursion: %v", err)
		}
		caller.Reg[0] = 5
		if err := caller.Call(nil); err != nil || caller.Reg[0] != 5 {
			t.Errorf("after an overflow: %d, %v", caller.Reg[0], err)
		}
	})
}

// TestCallerFuel: a Caller burns the instance's fuel.
func TestCallerFuel(t *testing.T) {
	for _, tier := range []Tier{TierInterp, TierAuto} {
		e, err := NewEngine(Config{Tier: tier, Fuel: true})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		in := mustInstance(t, mustCompile(t, e, sample.Program(sample.Loop)), InstanceConfig{})
		caller, err := in.NewCaller(0)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []struct {
			fuel, iterations uint64
			want             error
		}{{1000, 1 << 40, ops.ReasonOutOfFuel}, {1000, 100, nil}} {
			if err := in.SetFuel(n.fuel); err != nil {
				t.Fatal(err)
			}
			caller.Reg[0] = n.iterations
			if err := caller.Call(nil); !errors.Is(err, n.want) {
				t.Errorf("%s: %d iterations with %d fuel: %v, want %v", e.Tier(), n.iterations, n.fuel, err, n.want)
			}
		}
		caller.Close()
	}
}
