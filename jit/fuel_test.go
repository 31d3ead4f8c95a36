package jit

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

// eachFueled runs a test on every tier with an engine that counts safepoints, with
// the program compiled as a whole and function by function.
func eachFueled(t *testing.T, p *ops.Program, f func(*testing.T, *Code)) {
	for _, tc := range tierConfigs {
		tc.cfg.Fuel = true
		t.Run(tc.name, func(t *testing.T) {
			e := tc.engine(t)
			t.Run("whole", func(t *testing.T) { f(t, mustCompile(t, e, p)) })
			t.Run("apart", func(t *testing.T) { f(t, mustPrepare(t, e, p)) })
		})
	}
}

// TestFuel: a call may pass exactly as many safepoints as it has fuel for, entries
// and back-edges alike, and then ends with an error of its own; the instance is as
// good as new when it is given more.
func TestFuel(t *testing.T) {
	p := mustParse(t, "func main (i) (i)\n call loop\n return\n"+
		"func loop (i) (i)\nagain:\n sub a, a, 1\n bnz a, again\n return\n")
	eachFueled(t, p, func(t *testing.T, code *Code) {
		in := mustInstance(t, code, InstanceConfig{Fuel: 7})
		if in.Fuel() != 7 {
			t.Errorf("%d at first, want 7", in.Fuel())
		}
		call := func(n uint64) (uint64, error) {
			s := ops.State{Reg: [ops.NumRegs]uint64{n}}
			err := in.Call(context.Background(), 0, &s)
			return s.Reg[0], err
		}
		for _, n := range []uint64{1, 5, grantedFuel - 2, grantedFuel - 1, grantedFuel, interpPolls, 3*interpPolls + 1} {
			need := 2 + n // two entries, n back-edges
			for _, more := range []uint64{0, 1, grantedFuel} {
				in.SetFuel(need + more)
				if _, err := call(n); err != nil || in.Fuel() != more {
					t.Fatalf("loop of %d with fuel for %d more: %d left, %v", n, more, in.Fuel(), err)
				}
			}
			for _, less := range []uint64{1, need} {
				in.SetFuel(need - less)
				left, err := call(n)
				var trap *Trap
				var limit *LimitError
				if !errors.As(err, &trap) || trap.Reason != ops.ReasonOutOfFuel || !errors.As(err, &limit) || limit.Limit != "units of fuel" || limit.Max != int(need-less) {
					t.Fatalf("loop of %d with fuel for %d less: %v", n, less, err)
				}
				want, at := "out of fuel in function loop, pc 1, line 8", uint64(0)
				if less == need {
					want, at = "out of fuel in function main, pc 0, line 3", n
				}
				if err.Error() != want || left != at || in.Fuel() != 0 {
					t.Errorf("loop of %d with fuel for %d less: stopped at %d with %d left, %v; want %d and %s", n, less, left, in.Fuel(), err, at, want)
				}
			}
			if _, err := call(n); err == nil {
				t.Error("a call without fuel")
			}
		}
	})
}

// TestFuelOfTiers: whatever a program does, each tier uses the same fuel, and stops
// in the same state at the same place when it is used up.
func TestFuelOfTiers(t *testing.T) {
	fueled := func(i int) *Engine {
		tc := tierConfigs[i]
		tc.cfg.Fuel = true
		return tc.engine(t)
	}
	interp, jit := fueled(0), fueled(2)
	total := 0
	for _, p := range tiertest.Corpus(t) {
		codes := []*Code{mustCompile(t, interp, p.Program), mustCompile(t, jit, p.Program), mustPrepare(t, jit, p.Program)}
		for i := 0; i < len(p.Cases); i += stride(len(p.Cases)) {
			c := &p.Cases[i]
			for _, fuel := range []uint64{0, 1, 2, 3, 5, 8, 100, 5000, 1_000_000} {
				want := fueledEnd(t, codes[0], c, fuel)
				for _, code := range codes[1:] {
					if got := fueledEnd(t, code, c, fuel); got != want {
						t.Fatalf("%s: %v with fuel %d: interpreted\n%s\ncompiled\n%s", c.File, c, fuel, want, got)
					}
				}
				total++
			}
		}
		for _, c := range codes {
			c.Close()
		}
	}
	t.Logf("%d calls compared", total)
	if total < 500 {
		t.Errorf("only %d calls compared", total)
	}
}

// fueledEnd runs a case and says how it ended.
func fueledEnd(t *testing.T, code *Code, c *tiertest.Case, fuel uint64) string {
	in := caseInstance(t, code)
	defer closeCase(in)
	in.SetFuel(fuel)
	s := c.State()
	err := in.Call(context.Background(), c.ID, s)
	var trap *Trap
	if errors.As(err, &trap) {
		return fmt.Sprintf("%v\n%s%d left\n%s", trap, trap.Trace(), in.Fuel(), worldOf(in))
	}
	return fmt.Sprintf("%v %v\n%d left\n%s", err, c.Results(s), in.Fuel(), worldOf(in))
}

// TestFuelOfHostCalls: neither host calls nor the calls that they make refill what
// there is, unless they say so.
func TestFuelOfHostCalls(t *testing.T) {
	p := mustParse(t, "host note ()\nfunc main (i)\nagain:\n callh note\n jump again\nfunc leaf ()\n return\n")
	eachFueled(t, p, func(t *testing.T, code *Code) {
		notes, more, nested := 0, uint64(0), false
		in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"note": func(h *HostCall) error {
			if notes++; more != 0 {
				h.Instance().SetFuel(more)
				more = 0
			}
			if nested {
				return h.Call(h.Context(), 1, nil)
			}
			return nil
		}}})
		for _, tt := range []struct {
			fuel, more uint64
			nested     bool
			want       int
		}{
			{fuel: 1, want: 1},
			{fuel: 100, want: 100},
			{fuel: 3 * grantedFuel, want: 3 * grantedFuel},
			{fuel: 2 * interpPolls, want: 2 * interpPolls},
			{fuel: 1, more: 50, want: 51},
			{fuel: 101, nested: true, want: 51}, // the last nested call is out of fuel
		} {
			in.SetFuel(tt.fuel)
			notes, more, nested = 0, tt.more, tt.nested
			err := in.Call(context.Background(), 0, nil)
			var trap *Trap
			if !errors.As(err, &trap) || trap.Reason != ops.ReasonOutOfFuel {
				t.Fatalf("%+v: %v", tt, err)
			}
			if notes != tt.want {
				t.Errorf("%+v: %d host calls, %v", tt, notes, err)
			}
		}
	})
}

// TestNoFuel: fuel that nobody counts is refused.
func TestNoFuel(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, mustParse(t, spin))
		if _, err := code.NewInstance(InstanceConfig{Fuel: 1}); !errors.Is(err, errNoFuel) {
			t.Errorf("an instance with fuel: %v", err)
		}
		in := mustInstance(t, code, InstanceConfig{})
		if err := in.SetFuel(1); !errors.Is(err, errNoFuel) {
			t.Errorf("SetFuel: %v", err)
		}
	})
}

// BenchmarkFuel is a loop of two operations with and without counting, in one run.
func BenchmarkFuel(b *testing.B) {
	native(b, Tuning{})
	p := mustParse(b, "func main (i)\nagain:\n sub a, a, 1\n bnz a, again\n return\n")
	for _, bm := range []struct {
		name string
		cfg  Config
	}{{"none", Config{}}, {"counted", Config{Fuel: true}}, {"exits", Config{Tuning: Tuning{ExitAtPolls: true}}}} {
		b.Run(bm.name, func(b *testing.B) {
			bm.cfg.Tier = TierNative
			e, err := NewEngine(bm.cfg)
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			in := mustInstance(b, mustCompile(b, e, p), InstanceConfig{})
			s := ops.State{Reg: [ops.NumRegs]uint64{uint64(b.N)}}
			if err := in.Call(context.Background(), 0, &s); err != nil {
				b.Fatal(err)
			}
		})
	}
}
