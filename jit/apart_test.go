package jit

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

func mustPrepare(t testing.TB, e *Engine, p *ops.Program) *Code {
	t.Helper()
	c, err := e.Prepare(p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestApart: programs whose functions are compiled one by one, when they are first
// called, do what they do otherwise.
func TestApart(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		for _, p := range tiertest.Corpus(t) {
			code := mustPrepare(t, e, p.Program)
			runCases(t, code, p.Cases)
			code.Close()
		}
		if s := e.Stats(); s.Codes != 0 || s.CodeBytes != 0 {
			t.Errorf("after closing all code: %+v", s)
		}
	})
}

// TestFirstCall: a function is compiled when it is first called, once for all
// instances; what is never called is not.
func TestFirstCall(t *testing.T) {
	e := native(t, Tuning{Validate: true})
	code := mustPrepare(t, e, mustParse(t, "func main (i) (i)\n beq a, 0, end\n call double\nend:\n return\n"+
		"func double (i) (i)\n add a, a, a\n return\nfunc never ()\n return\n"))
	stubs := code.Size()
	var sizes []int
	for range 2 {
		in := mustInstance(t, code, InstanceConfig{})
		for _, n := range []uint64{0, 3, 4} {
			s := ops.State{Reg: [ops.NumRegs]uint64{n}}
			if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 2*n {
				t.Fatalf("%d: %d, %v", n, s.Reg[0], err)
			}
			sizes = append(sizes, code.Size())
		}
	}
	if sizes[0] <= stubs || sizes[1] <= sizes[0] || sizes[5] != sizes[1] {
		t.Errorf("%d bytes of stubs, then code of %v", stubs, sizes)
	}
	if code.shared.apart.units[2].Load() != nil {
		t.Error("a function was compiled that nobody called")
	}
	if err := code.CompileFunc(2); err != nil || code.shared.apart.units[2].Load() == nil {
		t.Errorf("compiling it: %v", err)
	}
	pieces := code.Pieces()
	for i, fn := range []ops.FuncID{0, 1, 2} {
		n := slices.IndexFunc(pieces, func(p Piece) bool { return p.Func == fn })
		if n < 0 || pieces[n].Offset != 0 || pieces[n].Stencil != "entry" {
			t.Errorf("function %d has no pieces, or they do not start with its entry: %+v", i, pieces)
		}
	}
	if err := code.CompileFunc(3); err == nil || !strings.Contains(err.Error(), "compiling function 3: the program has 3") {
		t.Errorf("compiling what is not there: %v", err)
	}
	code.Close()
	if err := code.CompileFunc(0); !errors.Is(err, ErrClosed) {
		t.Errorf("compiling for closed code: %v", err)
	}
}

// TestCompileFuncs: several goroutines compile and run the functions of a program at
// the same time.
func TestCompileFuncs(t *testing.T) {
	const n = 50
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustPrepare(t, e, mustParse(t, countdown(n)))
		var wg sync.WaitGroup
		for range 4 {
			in := mustInstance(t, code, InstanceConfig{})
			wg.Go(func() {
				for id := range ops.FuncID(n) {
					if err := code.CompileFunc(id); err != nil {
						t.Error(err)
					}
				}
			})
			wg.Go(func() {
				for range 10 {
					var s ops.State
					if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != n-1 {
						t.Errorf("%d, %v", s.Reg[0], err)
					}
				}
			})
		}
		wg.Wait()
		code.Close()
		if s := e.Stats(); s.CodeBytes != 0 {
			t.Errorf("after closing all code: %+v", s)
		}
	})
}

// countdown returns n functions that call each other in turn and count the calls
// in a.
func countdown(n int) string {
	var b strings.Builder
	name := func(i int) string { return "f" + string(rune('a'+i/26)) + string(rune('a'+i%26)) }
	for i := range n - 1 {
		b.WriteString("func " + name(i) + " (i) (i)\n call " + name(i+1) + "\n add a, a, 1\n return\n")
	}
	b.WriteString("func " + name(n-1) + " (i) (i)\n return\n")
	return b.String()
}

// TestApartTrace: the stack of a trap that goes through functions compiled apart.
func TestApartTrace(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustPrepare(t, e, mustParse(t, "func main ()\n call b\n return\nfunc c ()\n trap 7\nfunc b ()\n call c\n return\n"))
		in := mustInstance(t, code, InstanceConfig{})
		var trap *Trap
		if err := in.Call(context.Background(), 0, nil); !errors.As(err, &trap) || trap.Trace() != "c:0 (line 6)\nb:0 (line 8)\nmain:0 (line 3)\n" {
			t.Errorf("%v\n%s", err, trap.Trace())
		}
	})
}

// TestApartLimit: a function for which there is no room in code memory ends the
// call that needed it, by name.
func TestApartLimit(t *testing.T) {
	native(t, Tuning{})
	e, err := NewEngine(Config{Tier: TierNative, CodeBytes: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	code := mustPrepare(t, e, mustParse(t, "func f ()\n call g\n return\nfunc g () slots 1\n"+strings.Repeat(" mov [0], 1\n", 20_000)+" return\n"))
	in := mustInstance(t, code, InstanceConfig{})
	var limit *LimitError
	if err := in.Call(context.Background(), 0, nil); !errors.As(err, &limit) || !strings.Contains(err.Error(), "calling function g: ") {
		t.Errorf("error %v", err)
	}
}

// BenchmarkLinked compares calls within a program that was compiled as a whole with
// calls through links.
func BenchmarkLinked(b *testing.B) {
	e := native(b, Tuning{})
	for _, c := range []struct {
		name    string
		compile func(*ops.Program) (*Code, error)
	}{{"direct", e.Compile}, {"linked", e.Prepare}} {
		for _, f := range []struct {
			name  string
			build func(*ops.Builder) ops.FuncID
			id    ops.FuncID
			arg   uint64
		}{{"fib", sample.Fib, 0, 27}, {"sites", manySites, 1, 1000}} {
			b.Run(f.name+"/"+c.name, func(b *testing.B) {
				code, err := c.compile(sample.Program(f.build))
				if err != nil {
					b.Fatal(err)
				}
				in, err := code.NewInstance(InstanceConfig{})
				if err != nil {
					b.Fatal(err)
				}
				for range b.N {
					s := ops.State{Reg: [ops.NumRegs]uint64{f.arg}}
					if err := in.Call(context.Background(), f.id, &s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// manySites is a loop with 128 calls of a small function.
func manySites(b *ops.Builder) ops.FuncID {
	helper := b.Func("helper", sample.IntToInt, 0)
	b.Add(ops.A, ops.A, ops.Imm(1))
	b.Return()
	id := b.Func("sites", sample.IntToInt, 1)
	again := b.Label()
	b.Bind(again)
	b.Mov(ops.Slot(0), ops.A)
	for range 128 {
		b.Call(helper)
	}
	b.Sub(ops.A, ops.Slot(0), ops.Imm(1))
	b.Branch(ops.BNe, ops.A, ops.Imm(0), again)
	b.Return()
	return id
}
