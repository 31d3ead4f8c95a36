package jit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

// A tierConfig is one way to run the corpus.
type tierConfig struct {
	name string
	cfg  Config
}

var tierConfigs = []tierConfig{
	{"interp", Config{Tier: TierInterp}},
	{"interp polls", Config{Tier: TierInterp, Tuning: Tuning{ExitAtPolls: true}}},
	{"jit", Config{Tier: TierNative, Tuning: Tuning{Validate: true, Poison: true}}},
	{"jit polls", Config{Tier: TierNative, Tuning: Tuning{Validate: true, ExitAtPolls: true}}},
	{"jit counts", Config{Tier: TierNative, Tuning: Tuning{Validate: true, CountPolls: true}}},
}

// engine returns an engine of the config, or nil where the platform has none.
func (tc *tierConfig) engine(t *testing.T) *Engine {
	t.Helper()
	if tc.cfg.Tier == TierNative {
		native(t, Tuning{}) // fails or skips as it must
	}
	e, err := NewEngine(tc.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// TestCorpus runs every program of testdata on every tier, as it is and with
// every safepoint exiting, and compares the results with what the files say.
func TestCorpus(t *testing.T) {
	programs := append(tiertest.Corpus(t), tiertest.Forms(t)...)
	for _, tc := range tierConfigs {
		t.Run(tc.name, func(t *testing.T) {
			e := tc.engine(t)
			for _, p := range programs {
				code := mustCompile(t, e, p.Program)
				runCases(t, code, p.Cases)
				code.Close()
			}
			if s := e.Stats(); s.Codes != 0 || s.CodeBytes != 0 {
				t.Errorf("after closing all code: %+v", s)
			}
		})
	}
}

// TestFactorial: 1 … 3628800 for 0 … 10, on every tier.
func TestFactorial(t *testing.T) {
	p := tiertest.Factorial(t)
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, p.Program)
		want := uint64(1)
		for n := range uint64(11) {
			want *= max(n, 1)
			s := &ops.State{Reg: [ops.NumRegs]uint64{n}}
			if err := mustInstance(t, code, InstanceConfig{}).Call(context.Background(), 0, s); err != nil || s.Reg[0] != want {
				t.Errorf("%d! = %d, error %v; want %d", n, s.Reg[0], err, want)
			}
		}
		if want != 3628800 {
			t.Errorf("the last one is %d", want)
		}
	})
}

// caseInstance returns an instance with the stack and the functions of the host that
// cases run with, as the interpreter's tests have them.
func caseInstance(t *testing.T, code *Code) *Instance {
	t.Helper()
	hosts := make(map[string]HostFunc)
	for _, h := range code.program.Hosts() {
		hosts[h.Name] = func(call *HostCall) error {
			copy(call.Results, tiertest.Host(h, call.Args, bytesOf(call.Memory())))
			return nil
		}
	}
	return mustInstance(t, code, InstanceConfig{StackBytes: 8 * tiertest.StackWords, Host: hosts})
}

func bytesOf(m *Memory) []byte {
	if m == nil {
		return nil
	}
	return m.Bytes()
}

// closeCase gives back what a case's instance has taken.
func closeCase(in *Instance) {
	if m := in.Memory(); m != nil {
		m.Close()
	}
}

// worldOf describes what the instance has besides registers and frames.
func worldOf(in *Instance) string {
	return tiertest.World(bytesOf(in.Memory()), in.Globals(), in.Counters())
}

// stride is how many of so many cases one stands for: under an emulator and the race
// detector, which tests are short for, there is no time for all.
func stride(cases int) int {
	if testing.Short() {
		return 1 + cases/100
	}
	return 1
}

// runCases runs cases on one instance, which begins each as if it were new.
func runCases(t *testing.T, code *Code, cases []tiertest.Case) {
	t.Helper()
	in := caseInstance(t, code)
	defer closeCase(in)
	p := in.program
	memory := tiertest.Memory(p)
	for i := 0; i < len(cases); i += stride(len(cases)) {
		copy(bytesOf(in.Memory()), memory)
		copy(in.Globals(), p.Globals())
		clear(in.Counters())
		c := &cases[i]
		s := c.State()
		err := in.Call(context.Background(), c.ID, s)
		if diff := c.Diff(p, outcome(t, in, c, s, err)); diff != "" {
			t.Error(diff)
		}
	}
}

// outcome describes the end of a call as tiertest does.
func outcome(t *testing.T, in *Instance, c *tiertest.Case, s *ops.State, err error) tiertest.Outcome {
	t.Helper()
	var trap *Trap
	switch {
	case err == nil:
		return tiertest.Outcome{Results: c.Results(s), World: worldOf(in)}
	case errors.As(err, &trap):
		o := tiertest.Outcome{Trap: trap.Reason, Code: trap.Code, World: worldOf(in)}
		o.At = ops.Site{Func: trap.Stack[0].ID, PC: trap.PC}
		for _, f := range trap.Stack[1:] {
			o.Callers = append(o.Callers, ops.Site{Func: f.ID, PC: f.PC})
		}
		return o
	}
	t.Errorf("%s:%d: %s: %v", c.File, c.Line, c, err)
	return tiertest.Outcome{}
}

// A snapshot is what both tiers must agree on at a safepoint.
type snapshot struct {
	exit  ops.Exit
	site  ops.Site
	depth int
	state string // integer registers and the current frame
	freg  [ops.NumFRegs]uint64
}

// differs reports whether a snapshot of the interpreter's is another one than that
// of compiled code.
func (s snapshot) differs(compiled snapshot) bool {
	for i, f := range s.freg {
		if sameFloat(f, compiled.freg[i]) {
			s.freg[i] = compiled.freg[i]
		}
	}
	return s != compiled
}

// sameFloat reports whether a float register of the interpreter holds what that of
// compiled code does. Nothing says which of them are float32, above which the
// interpreter has zeros and compiled code anything, and any NaN is as good as another.
func sameFloat(interp, compiled uint64) bool {
	if interp>>32 == 0 {
		a, b := math.Float32frombits(uint32(interp)), math.Float32frombits(uint32(compiled))
		return uint32(interp) == uint32(compiled) || a != a && b != b
	}
	a, b := math.Float64frombits(interp), math.Float64frombits(compiled)
	return interp == compiled || a != a && b != b
}

// snapshots runs a case with every safepoint exiting and returns what it saw at
// the first of them, and how it ended.
func snapshots(t *testing.T, code *Code, c *tiertest.Case, limit int) (list []snapshot, end string) {
	t.Helper()
	in := caseInstance(t, code)
	defer closeCase(in)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	in.observe = func(in *Instance, exit ops.Exit, site ops.Site) {
		fp := in.interp.FP
		if in.native() {
			fp = in.top()
		}
		regs, fregs := in.registers()
		f := code.Program().Func(site.Func)
		frame := in.interp.Stack[fp+ops.HeaderWords:][:f.Slots]
		if exit == ops.ExitEntry {
			frame = frame[:f.Sig.ParamSlots()] // the others have what was on the stack
		}
		list = append(list, snapshot{exit, site, fp, fmt.Sprint(*regs, frame), *fregs})
		if len(list) == limit {
			cancel()
		}
	}
	s := c.State()
	err := in.Call(ctx, c.ID, s)
	var trap *Trap
	if errors.As(err, &trap) {
		return list, trap.Error() + "\n" + trap.Trace() + worldOf(in)
	}
	return list, fmt.Sprint(err, c.Results(s), worldOf(in))
}

// TestLockStep compares the whole state of both tiers at every safepoint, and
// the stacks of traps.
func TestLockStep(t *testing.T) {
	interp, jit := tierConfigs[1].engine(t), tierConfigs[3].engine(t)
	total := 0
	for _, p := range append(tiertest.Corpus(t), tiertest.Forms(t)...) {
		a, b := mustCompile(t, interp, p.Program), mustCompile(t, jit, p.Program)
		// Of the many cases of a form some: their results are compared elsewhere.
		for i := 0; i < len(p.Cases); i += stride(len(p.Cases)) + len(p.Cases)/300 {
			c := &p.Cases[i]
			n, diff := compareCase(t, a, b, c)
			if total += n; diff != "" {
				t.Fatalf("%s: %v: %s", c.File, c, diff)
			}
		}
	}
	t.Logf("%d safepoints compared", total)
	if total < 1000 {
		t.Errorf("only %d safepoints compared", total)
	}
}

// compareCase runs a case on the interpreter and compiled and returns how many
// safepoints it compared, and the first difference.
func compareCase(t *testing.T, interp, jit *Code, c *tiertest.Case) (safepoints int, diff string) {
	t.Helper()
	want, wantEnd := snapshots(t, interp, c, 20_000)
	got, gotEnd := snapshots(t, jit, c, 20_000)
	for i := range min(len(want), len(got)) {
		if want[i].differs(got[i]) {
			return i, fmt.Sprintf("safepoint %d:\ninterp %+v\njit    %+v", i, want[i], got[i])
		}
	}
	if len(want) != len(got) || wantEnd != gotEnd {
		return len(got), fmt.Sprintf("%d safepoints and %s on the interpreter, %d and %s compiled", len(want), wantEnd, len(got), gotEnd)
	}
	return len(got), ""
}
