package jit

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/copyjit/copyjit/ops"
)

// panickingContext panics when it is asked the second time.
type panickingContext struct {
	context.Context
	asked int
}

func (c *panickingContext) Err() error {
	if c.asked++; c.asked > 1 {
		panic("asked")
	}
	return nil
}

// TestPanic: a panic of the caller's context unwinds through Call and leaves
// instance and engine usable.
func TestPanic(t *testing.T) {
	for _, tc := range []tierConfig{tierConfigs[1], tierConfigs[3]} {
		t.Run(tc.name, func(t *testing.T) {
			e := tc.engine(t)
			code := mustCompile(t, e, mustParse(t, "func id (i) (i)\n return\n"))
			in := mustInstance(t, code, InstanceConfig{})
			func() {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				in.Call(&panickingContext{Context: context.Background()}, 0, nil)
			}()
			s := ops.State{Reg: [ops.NumRegs]uint64{3}}
			if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 3 {
				t.Errorf("a call behind the panic: %d, %v", s.Reg[0], err)
			}
			code.Close()
			if s := e.Stats(); s != (Stats{}) {
				t.Errorf("after closing: %+v", s)
			}
		})
	}
}

// TestCloseOrder: engine and codes may be closed in any order, with and without
// instances, and nothing is left.
func TestCloseOrder(t *testing.T) {
	for _, tc := range tierConfigs {
		t.Run(tc.name, func(t *testing.T) {
			for _, engineFirst := range []bool{false, true} {
				e := tc.engine(t)
				var codes []*Code
				var in *Instance
				for i := range 6 {
					c := mustCompile(t, e, mustParse(t, "func f ()\n return\n"))
					if i%2 == 0 {
						in = mustInstance(t, c, InstanceConfig{StackBytes: 64})
					}
					codes = append(codes, c)
				}
				if engineFirst {
					e.Close()
				}
				for _, c := range codes {
					c.Close()
					if c.Program() != nil {
						t.Error("a closed code has its program")
					}
				}
				if s := e.Stats(); s != (Stats{}) || len(e.inUse) != 0 {
					t.Errorf("engine first: %v: after closing all: %+v, %d in use", engineFirst, s, len(e.inUse))
				}
				if err := in.Call(context.Background(), 0, nil); !errors.Is(err, ErrClosed) {
					t.Errorf("a call of closed code: %v", err)
				}
			}
		})
	}
}

// TestForgottenInstance: closing code whose instance has been collected is not
// unordered with its last call (for the race detector).
func TestForgottenInstance(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, mustParse(t, "func f ()\n return\n"))
		in := mustInstance(t, code, InstanceConfig{StackBytes: 64})
		go in.Call(context.Background(), 0, nil)
		in = nil
		time.Sleep(5 * time.Millisecond)
		runtime.GC()
		runtime.GC()
		code.Close()
		if s := e.Stats(); s != (Stats{}) {
			t.Errorf("after closing: %+v", s)
		}
	})
}

// TestEmpty: a program without functions compiles, to nothing.
func TestEmpty(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		for range 10 {
			code := mustCompile(t, e, mustParse(t, ""))
			in := mustInstance(t, code, InstanceConfig{})
			if err := in.Call(context.Background(), 0, nil); err == nil {
				t.Error("a call in a program without functions")
			}
			code.Close()
		}
		if s := e.Stats(); s != (Stats{}) {
			t.Errorf("after closing: %+v", s)
		}
	})
}
