package jit

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// TestUpheaval: at a depth of 100 frames a host function closes the code that it has
// been called from, and all other code, puts other functions in the table, has the
// collector run, and fills the arena with other code. Then the program goes on as if
// nothing had happened, also in functions that it has not called before.
func TestUpheaval(t *testing.T) {
	p := mustParse(t, `host upheaval ()
table one, one

func down (i) (i) slots 1
	mov [0], a
	bnz a, deeper
	callh upheaval
	mov a, 0
	calli a, () (i)
	call late
	return
deeper:
	sub a, a, 1
	call down
	add a, a, [0]
	return
func one () (i)
	mov a, 1
	return
func two () (i)
	mov a, 2
	return
func late (i) (i)
	mul a, a, 1000000
	return
`)
	fib := sample.Program(sample.Fib)
	for _, tc := range tierConfigs {
		tc.cfg.CodeBytes = 1 << 17
		tc.cfg.Tuning.Poison = true
		for _, once := range []bool{false, true} {
			tc := tc
			name := tc.name
			if tc.cfg.Tuning.WriteOnce = once; once {
				if tc.cfg.Tier == TierInterp {
					continue
				}
				name += " write once"
			}
			t.Run(name, func(t *testing.T) {
				for _, apart := range []bool{false, true} {
					for _, engineToo := range []bool{false, true} {
						upheave(t, tc.engine(t), p, fib, apart, engineToo)
					}
				}
			})
		}
	}
}

func upheave(t *testing.T, e *Engine, p, fib *ops.Program, apart, engineToo bool) {
	compile := e.Compile
	if apart {
		compile = e.Prepare
	}
	code, err := compile(p)
	if err != nil {
		t.Fatal(err)
	}
	var others []*Code
	var refill []*Code
	for range 20 {
		c := mustCompile(t, e, fib)
		mustInstance(t, c, InstanceConfig{StackBytes: 512})
		others = append(others, c)
	}
	in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"upheaval": func(h *HostCall) error {
		for _, c := range append(others, code) {
			c.Close()
		}
		if err := h.Instance().SetTableFunc(0, 2); err != nil {
			t.Error(err)
		}
		for range 2 {
			runtime.GC()
		}
		for {
			c, err := e.Compile(fib)
			if err != nil {
				wantLimit(t, err, "code bytes", 1<<17)
				break
			}
			refill = append(refill, c)
			if e.Tier() == TierInterp && len(refill) == 100 {
				break
			}
		}
		for i, c := range refill {
			s := ops.State{Reg: [ops.NumRegs]uint64{10}}
			if err := mustInstance(t, c, InstanceConfig{StackBytes: 512}).Call(h.Context(), 0, &s); err != nil || s.Reg[0] != 55 {
				t.Errorf("fib(10) = %d, %v", s.Reg[0], err)
			}
			if i < len(refill)/2 { // room for what is compiled later
				c.Close()
			}
		}
		if err := code.CompileFunc(3); !errors.Is(err, ErrClosed) {
			t.Errorf("compiling a function of closed code: %v", err)
		}
		if engineToo {
			e.Close()
		}
		return nil
	}}})
	s := ops.State{Reg: [ops.NumRegs]uint64{100}}
	err = in.Call(context.Background(), 0, &s)
	if want := uint64(2*1_000_000 + 100*101/2); err != nil || s.Reg[0] != want {
		t.Errorf("apart %v, engine too %v: %d, %v; want %d", apart, engineToo, s.Reg[0], err, want)
	}
	if err := in.Call(context.Background(), 0, &s); !errors.Is(err, ErrClosed) {
		t.Errorf("a call afterwards: %v", err)
	}
	for _, c := range refill {
		c.Close()
	}
	if s := e.Stats(); s != (Stats{}) {
		t.Errorf("apart %v, engine too %v: left over: %+v", apart, engineToo, s)
	}
}

// TestGoexit: a goroutine that ends in a host function, a nested one too, leaves the
// instance as usable as a panic does.
func TestGoexit(t *testing.T) {
	eachCode(t, hostProgram(t), func(t *testing.T, code *Code) {
		memory, err := NewMemory(1, 1)
		if err != nil {
			t.Fatal(err)
		}
		exits := uint64(0) // where to
		in := mustInstance(t, code, InstanceConfig{Memory: memory, Host: map[string]HostFunc{"host": func(h *HostCall) error {
			h.Results[0] = h.Args[0]
			if h.Args[0] == exits {
				runtime.Goexit()
			}
			if exits != 0 {
				return h.Call(h.Context(), 0, &ops.State{Reg: [ops.NumRegs]uint64{h.Args[0]}})
			}
			return nil
		}}})
		for _, exits = range []uint64{1, 2, 10} {
			var wg sync.WaitGroup
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := in.Call(context.Background(), 0, nil)
				t.Errorf("Call returns %v", err)
			}()
			wg.Wait()
			exits = 0
			s := ops.State{Reg: [ops.NumRegs]uint64{5}}
			if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 16 {
				t.Errorf("the next call: %d, %v", s.Reg[0], err)
			}
		}
		if err := memory.Close(); err != nil {
			t.Errorf("the memory is still in use: %v", err)
		}
		code.Close()
		if s := code.engine.Stats(); s != (Stats{}) {
			t.Errorf("the code is still in use: %+v", s)
		}
	})
}
