package jit

import (
	"context"
	"errors"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// largeProgram is one that is not compiled under the engine's lock: it returns its
// argument plus the number of its operations.
func largeProgram(t testing.TB) *ops.Program {
	return mustBuild(t, func(b *ops.Builder) {
		b.Func("main", sample.IntToInt, 0)
		for range 2 * maxLocked {
			b.Add(ops.A, ops.A, ops.Imm(1))
		}
		b.Return()
	})
}

// during returns a method that calls f in the middle of a compilation.
func during(how method, f func()) *method {
	inner := how.make
	how.make = func(s *scratch, p *ops.Program) (made, error) {
		f()
		return inner(s, p)
	}
	return &how
}

// TestCompileBesideCompile: while a large program is compiled the engine compiles,
// runs and frees others.
func TestCompileBesideCompile(t *testing.T) {
	e := native(t, Tuning{Validate: true})
	for name, how := range map[string]method{"whole": whole, "apart": stubs} {
		t.Run(name, func(t *testing.T) {
			p := largeProgram(t)
			c, err := e.newCode(p, during(how, func() {
				small := mustCompile(t, e, sample.Program(sample.Fib))
				s := ops.State{Reg: [ops.NumRegs]uint64{10}}
				if err := mustInstance(t, small, InstanceConfig{}).Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 55 {
					t.Errorf("fib(10) = %d, %v", s.Reg[0], err)
				}
				small.Close()
			}))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			var s ops.State
			if err := mustInstance(t, c, InstanceConfig{}).Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 2*maxLocked {
				t.Errorf("%d, %v", s.Reg[0], err)
			}
		})
	}
}

// TestCloseBesideCompile: an engine that is closed during a compilation refuses its
// result, and nothing is left of it.
func TestCloseBesideCompile(t *testing.T) {
	p := largeProgram(t)
	e := native(t, Tuning{})
	if _, err := e.newCode(p, during(whole, func() { e.Close() })); !errors.Is(err, ErrClosed) {
		t.Errorf("closed before there was code memory: %v", err)
	}

	e = native(t, Tuning{})
	work := new(scratch)
	m, err := whole.make(work, p)
	if err != nil {
		t.Fatal(err)
	}
	mem, block, err := e.beginFill(&m)
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	if e.mem == nil {
		t.Fatal("code memory was unmapped while code was written to it")
	}
	if err := m.fill(mem, block, Tuning{}); err != nil {
		t.Error(err)
	}
	e.mu.Lock()
	e.filling--
	e.unmap()
	e.mu.Unlock()
	if e.mem != nil {
		t.Error("code memory is still mapped")
	}
}

// TestNoProgram: there is an error for who compiles what a closed Code returns.
func TestNoProgram(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		if _, err := e.Compile(nil); !errors.Is(err, errNoProgram) {
			t.Errorf("error %v", err)
		}
	})
}
