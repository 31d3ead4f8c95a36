package jit

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
)

func mustParse(t testing.TB, src string) *ops.Program {
	t.Helper()
	p, err := ops.Parse("test.cj", []byte("copyjit 1\n"+src))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustCompile(t testing.TB, e *Engine, p *ops.Program) *Code {
	t.Helper()
	c, err := e.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustInstance(t testing.TB, c *Code, cfg InstanceConfig) *Instance {
	t.Helper()
	in, err := c.NewInstance(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// waitRunning waits until a call on the instance runs. Busy, it may still find
// that its code is closed: a moment more, and it is past that.
func waitRunning(in *Instance) {
	for in.busy.Load() == 0 {
		runtime.Gosched()
	}
	time.Sleep(20 * time.Millisecond)
}

const spin = "func spin ()\nagain:\n jump again\n"

// eachTier runs a test on every tier that the platform has.
func eachTier(t *testing.T, f func(*testing.T, *Engine)) {
	for _, tc := range tierConfigs {
		t.Run(tc.name, func(t *testing.T) { f(t, tc.engine(t)) })
	}
}

// TestStackOverflow: unbounded recursion is a trap with function and pc, at the
// limit that was asked for, and the instance works afterwards.
func TestStackOverflow(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, mustParse(t, "func main (i) (i)\n call down\n return\n"+
			"func down (i) (i)\n add a, a, 1\n call down\n return\nfunc id (i) (i)\n return\n"))
		for _, bytes := range []int{64, 80, 4096, 1 << 16} {
			in := mustInstance(t, code, InstanceConfig{StackBytes: bytes})
			s := ops.State{}
			err := in.Call(context.Background(), 0, &s)
			var trap *Trap
			if !errors.As(err, &trap) || trap.Reason != ops.ReasonStackOverflow || trap.Func != "down" || trap.PC != 0 {
				t.Fatalf("%d bytes: %v", bytes, err)
			}
			// A frame is its header, and its callee's header behind it.
			if want := uint64(bytes/16 - 2); s.Reg[0] != want {
				t.Errorf("%d bytes of stack: %d calls, want %d", bytes, s.Reg[0], want)
			}
			if n := len(trap.Stack) + trap.Omitted; n != bytes/16 {
				t.Errorf("%d bytes of stack: %d frames in the trace, want %d", bytes, n, bytes/16)
			}
			if last := trap.Stack[len(trap.Stack)-1]; last.Func != "main" || last.PC != 0 {
				t.Errorf("the outermost frame is %v", last)
			}
			s = ops.State{Reg: [ops.NumRegs]uint64{5}}
			if err := in.Call(context.Background(), 2, &s); err != nil || s.Reg[0] != 5 {
				t.Errorf("a call after the trap: %d, %v", s.Reg[0], err)
			}
		}
	})
}

// TestMisuse: what a caller can do wrong has an error of its own.
func TestMisuse(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		bg := context.Background()
		code := mustCompile(t, e, mustParse(t, spin+"func many (i, i, i, i, i) (i) slots 1\n mov a, [0]\n return\n"))
		in := mustInstance(t, code, InstanceConfig{})
		if err := in.Call(bg, 2, nil); err == nil || !strings.Contains(err.Error(), "function 2: the program has 2") {
			t.Errorf("a function that is not there: %v", err)
		}
		if err := in.Call(bg, 1, nil); err == nil || !strings.Contains(err.Error(), "State has 0 slots") {
			t.Errorf("a State without slots: %v", err)
		}
		s := ops.State{Slots: []uint64{42}}
		if err := in.Call(bg, 1, &s); err != nil || s.Reg[0] != 42 {
			t.Errorf("an argument in a slot: %d, %v", s.Reg[0], err)
		}
		done, cancelled := context.WithCancel(bg)
		cancelled()
		if err := in.Call(done, 1, &s); !errors.Is(err, context.Canceled) {
			t.Errorf("a context that is done: %v", err)
		}
		ctx, cancel := context.WithCancel(bg)
		started := make(chan error)
		go func() { started <- in.Call(ctx, 0, nil) }()
		waitRunning(in)
		if err := in.Call(bg, 1, &s); !errors.Is(err, ErrInUse) {
			t.Errorf("a call while another is in progress: %v", err)
		}
		cancel()
		<-started
		for _, bytes := range []int{-8, 8, 17} {
			if _, err := code.NewInstance(InstanceConfig{StackBytes: bytes}); err == nil {
				t.Errorf("a stack of %d bytes is accepted", bytes)
			}
		}
	})
	for want, cfg := range map[string]Config{
		"Tier is 9":              {Tier: 9},
		"CodeBytes is -1":        {CodeBytes: -1},
		"CodeBytes is 134217729": {CodeBytes: linker.MaxSize + 1},
	} {
		if e, err := NewEngine(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: engine %v, error %v", cfg, e, err)
		}
	}
}

// TestCloseWhileRunning: Close during a call lets it finish and frees the code
// behind it.
func TestCloseWhileRunning(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, mustParse(t, spin))
		in := mustInstance(t, code, InstanceConfig{})
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- in.Call(ctx, 0, nil) }()
		waitRunning(in)
		code.Close()
		code.Close()
		if e.Stats().Codes != 1 {
			t.Error("the code was freed under a call")
		}
		time.Sleep(time.Millisecond)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the call ended with %v", err)
		}
		if s := e.Stats(); s.Codes != 0 || s.CodeBytes != 0 {
			t.Errorf("the code was not freed behind the call: %+v", s)
		}
		if err := in.Call(context.Background(), 0, nil); !errors.Is(err, ErrClosed) {
			t.Errorf("a call of closed code: %v", err)
		}
		if _, err := code.NewInstance(InstanceConfig{}); !errors.Is(err, ErrClosed) {
			t.Errorf("an instance of closed code: %v", err)
		}
	})
}

// TestCloseEngine: an engine that is closed under a call waits for it.
func TestCloseEngine(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, mustParse(t, spin))
		in := mustInstance(t, code, InstanceConfig{})
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- in.Call(ctx, 0, nil) }()
		waitRunning(in)
		e.Close()
		e.Close()
		time.Sleep(time.Millisecond)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the call ended with %v", err)
		}
		if e.mem != nil {
			t.Error("the memory is still mapped behind the last call")
		}
		if err := in.Call(context.Background(), 0, nil); !errors.Is(err, ErrClosed) {
			t.Errorf("a call on a closed engine: %v", err)
		}
		if _, err := e.Compile(code.Program()); !errors.Is(err, ErrClosed) {
			t.Errorf("compiling on a closed engine: %v", err)
		}
		if err := code.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestConcurrent compiles, calls and closes from several goroutines: small programs and
// large ones, as a whole and function by function, with either kind of code memory.
func TestConcurrent(t *testing.T) {
	once := tierConfig{"jit write once", Config{Tier: TierNative, Tuning: Tuning{WriteOnce: true}}}
	large := largeProgram(t)
	for _, tc := range append(tierConfigs[:len(tierConfigs):len(tierConfigs)], once) {
		t.Run(tc.name, func(t *testing.T) {
			e := tc.engine(t)
			var wg sync.WaitGroup
			for _, tt := range []struct {
				compile   func(*ops.Program) (*Code, error)
				p         *ops.Program
				arg, want uint64
			}{
				{e.Compile, sample.Program(sample.Fib), 12, 144},
				{e.Prepare, sample.Program(sample.Fib), 12, 144},
				{e.Compile, large, 1, 1 + 2*maxLocked},
				{e.Prepare, large, 1, 1 + 2*maxLocked},
			} {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for range 25 {
						code, err := tt.compile(tt.p)
						if err != nil {
							t.Error(err)
							return
						}
						concurrently(t, code, tt.arg, tt.want)
					}
				}()
			}
			wg.Wait()
			if s := e.Stats(); s.Codes != 0 || s.CodeBytes != 0 {
				t.Errorf("after closing all code: %+v", s)
			}
		})
	}
}

// concurrently calls function 0 from three goroutines until it closes the code, and
// compiles it in a fourth.
func concurrently(t *testing.T, code *Code, arg, want uint64) {
	var wg sync.WaitGroup
	wg.Add(4)
	go func() {
		defer wg.Done()
		if err := code.CompileFunc(0); err != nil && !errors.Is(err, ErrClosed) {
			t.Errorf("CompileFunc: %v", err)
		}
	}()
	for range 3 {
		in := mustInstance(t, code, InstanceConfig{StackBytes: 1 << 12})
		go func() {
			defer wg.Done()
			for {
				s := ops.State{Reg: [ops.NumRegs]uint64{arg}}
				err := in.Call(context.Background(), 0, &s)
				if errors.Is(err, ErrClosed) {
					return
				}
				if err != nil || s.Reg[0] != want {
					t.Errorf("%d, %v; want %d", s.Reg[0], err, want)
					return
				}
				runtime.Gosched()
			}
		}()
	}
	runtime.Gosched()
	code.Close()
	wg.Wait()
}

// TestCodeLimit: reaching the limit of code memory has an error of its own, and
// freeing makes room again.
func TestCodeLimit(t *testing.T) {
	native(t, Tuning{})
	e, err := NewEngine(Config{Tier: TierNative, CodeBytes: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	p := sample.Program(sample.Fib)
	for range 3 {
		var codes []*Code
		for {
			c, err := e.Compile(p)
			var limit *LimitError
			if errors.As(err, &limit) {
				if limit.Limit != "code bytes" || limit.Max != 1<<16 {
					t.Errorf("%v", limit)
				}
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, c)
		}
		if len(codes) < 1<<16/512 {
			t.Errorf("only %d codes of %d bytes fit", len(codes), codes[0].Size())
		}
		for _, c := range codes {
			c.Close()
		}
	}
}

// TestDeepTrace: the trace of a deep stack keeps both ends.
func TestDeepTrace(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, mustParse(t, "func main (i) (i)\n call down\n return\n"+
			"func down (i) (i)\n add a, a, 1\n beq a, 1000, end\n call down\n return\nend:\n trap 9\n"))
		in := mustInstance(t, code, InstanceConfig{})
		for _, first := range []uint64{0, 900, 950, 970, 999} {
			s := ops.State{Reg: [ops.NumRegs]uint64{first}}
			var trap *Trap
			if err := in.Call(context.Background(), 0, &s); !errors.As(err, &trap) || trap.Code != 9 {
				t.Fatalf("from %d: %v", first, err)
			}
			depth := int(1000-first) + 1
			if n := len(trap.Stack) + trap.Omitted; n != depth || len(trap.Stack) != min(depth, MaxTrapFrames) {
				t.Errorf("from %d: %d frames and %d omitted, want %d", first, len(trap.Stack), trap.Omitted, depth)
			}
			for i, f := range trap.Stack {
				want := "down:2"
				switch i {
				case 0:
					want = "down:4"
				case len(trap.Stack) - 1:
					want = "main:0"
				}
				if got := f.Func + ":" + strconv.Itoa(f.PC); got != want {
					t.Errorf("from %d: frame %d is %s, want %s", first, i, got, want)
				}
			}
			if lines := strings.Count(trap.Trace(), "\n"); lines != len(trap.Stack)+min(1, trap.Omitted) {
				t.Errorf("from %d: a trace of %d lines:\n%s", first, lines, trap.Trace())
			}
		}
	})
}

// TestStackLimit: a stack that is too large is refused by name.
func TestStackLimit(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, mustParse(t, spin))
		var limit *LimitError
		if _, err := code.NewInstance(InstanceConfig{StackBytes: MaxStackBytes + 8}); !errors.As(err, &limit) || limit.Limit != "stack bytes" || limit.Max != MaxStackBytes {
			t.Errorf("error %v", err)
		}
	})
}
