package jit

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// tableProgram is a program whose main(x, i) calls the function with the index i in
// the table with x: of add and mul, of nothing, and of a function of another
// signature.
func tableProgram(t testing.TB) *ops.Program {
	return mustBuild(t, func(b *ops.Builder) {
		add := b.Declare("add", sample.IntToInt)
		mul := b.Declare("mul", sample.IntToInt)
		other := b.Declare("other", noValues)
		b.Table(add, mul, ops.NoFunc, other)
		b.Func("main", intsToInt, 1)
		b.Mov(ops.Slot(0), ops.X)
		b.CallIndirect(ops.Slot(0), sample.IntToInt)
		b.Return()
		b.Func("inRegister", intsToInt, 0)
		b.CallIndirect(ops.X, sample.IntToInt)
		b.Return()
		b.Begin(add, 0)
		b.Add(ops.A, ops.A, ops.Imm(100))
		b.Return()
		b.Begin(mul, 0)
		b.Mul(ops.A, ops.A, ops.Imm(100))
		b.Return()
		b.Begin(other, 0)
		b.Return()
	})
}

// Functions of tableProgram.
const (
	tableAdd = iota
	tableMul
	tableOther
	tableMain
	tableInRegister
)

// TestTable: indirect calls go where the table says, and trap, in this order, for an
// index that is out of range, a place without a function and another signature.
func TestTable(t *testing.T) {
	eachCode(t, tableProgram(t), func(t *testing.T, code *Code) {
		in := mustInstance(t, code, InstanceConfig{})
		if in.TableSize() != 4 {
			t.Errorf("a table of %d entries", in.TableSize())
		}
		for fn, at := range map[ops.FuncID]string{tableMain: "main, pc 1", tableInRegister: "inRegister, pc 0"} {
			for index, want := range map[uint64]string{
				0:         "107",
				1:         "700",
				2:         "no function in the table in function " + at,
				3:         "indirect call of another signature in function " + at,
				4:         "table index out of range in function " + at,
				1 << 60:   "table index out of range in function " + at,
				1<<64 - 1: "table index out of range in function " + at,
			} {
				s := ops.State{Reg: [ops.NumRegs]uint64{7, index}}
				got := "no result"
				if err := in.Call(context.Background(), fn, &s); err != nil {
					got = err.Error()
				} else {
					got = fmt.Sprint(s.Reg[0])
				}
				if got != want {
					t.Errorf("index %d: %s, want %s", index, got, want)
				}
			}
		}
	})
}

// TestSetTable: Go puts functions into the table and takes them away, for one
// instance.
func TestSetTable(t *testing.T) {
	eachCode(t, tableProgram(t), func(t *testing.T, code *Code) {
		in, other := mustInstance(t, code, InstanceConfig{}), mustInstance(t, code, InstanceConfig{})
		if fn, ok := in.TableFunc(1); !ok || fn != tableMul {
			t.Errorf("function %d, %v", fn, ok)
		}
		if err := errors.Join(in.SetTableFunc(2, tableAdd), in.SetTableFunc(0, tableMul), in.ClearTableFunc(1)); err != nil {
			t.Fatal(err)
		}
		if fn, ok := in.TableFunc(2); !ok || fn != tableAdd {
			t.Errorf("function %d, %v", fn, ok)
		}
		for _, i := range []int{-1, 1, 4} {
			if _, ok := in.TableFunc(i); ok {
				t.Errorf("there is a function with the index %d", i)
			}
		}
		for _, in := range []*Instance{in, other} {
			got := ""
			for index := range uint64(3) {
				s := ops.State{Reg: [ops.NumRegs]uint64{7, index}}
				err := in.Call(context.Background(), tableInRegister, &s)
				got += fmt.Sprint(s.Reg[0], " ", err != nil, "; ")
			}
			want := map[*Instance]string{in: "700 false; 7 true; 107 false; ", other: "107 false; 700 false; 7 true; "}[in]
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		for want, err := range map[string]error{
			"jit: index -1 of the table: it has 4 entries":     in.SetTableFunc(-1, 0),
			"jit: index 4 of the table: it has 4 entries":      in.ClearTableFunc(4),
			"jit: function 5 for the table: the program has 5": in.SetTableFunc(0, 5),
		} {
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	})
}

// TestTableFirstCall: a function that is called through the table for the first time
// is compiled, and later calls do not leave compiled code.
func TestTableFirstCall(t *testing.T) {
	e := native(t, Tuning{})
	code := mustPrepare(t, e, tableProgram(t))
	in := mustInstance(t, code, InstanceConfig{})
	stub := in.table[0].code
	for range 2 {
		s := ops.State{Reg: [ops.NumRegs]uint64{7, 0}}
		if err := in.Call(context.Background(), tableMain, &s); err != nil || s.Reg[0] != 107 {
			t.Fatalf("%d, %v", s.Reg[0], err)
		}
	}
	u := code.shared.apart.units[tableAdd].Load()
	if u == nil || in.table[0].code == stub || in.table[0].code != u.addr {
		t.Errorf("the table leads to %#x, the stub is at %#x, the code %+v", in.table[0].code, stub, u)
	}
	// Another instance finds the code at once.
	if other := mustInstance(t, code, InstanceConfig{}); other.table[0].code != u.addr {
		t.Errorf("the table of another instance leads to %#x", other.table[0].code)
	}
}

// switchProgram is a program of functions with switches.
func switchProgram(t testing.TB) *ops.Program {
	return mustBuild(t, func(b *ops.Builder) {
		b.Func("first", sample.IntToInt, 0)
		b.Return()
		// Counts in a how often it came by: 100 for the loop, 1 for one.
		b.Func("main", intsToInt, 1)
		loop, one, done := b.Label(), b.Label(), b.Label()
		b.Mov(ops.Slot(0), ops.A)
		b.Mov(ops.A, ops.Imm(0))
		b.Bind(loop)
		b.Add(ops.A, ops.A, ops.Imm(100))
		b.Sub(ops.Slot(0), ops.Slot(0), ops.Imm(1))
		b.Switch(ops.Slot(0), []ops.Label{done, one, loop, loop}, done)
		b.Bind(one)
		b.Add(ops.A, ops.A, ops.Imm(1))
		b.Bind(done)
		b.Return()
		// classify(x) is 10, 11 or 12 for 0, 1 and 2, and 99 for everything else.
		b.Func("classify", sample.IntToInt, 0)
		labels := []ops.Label{b.Label(), b.Label(), b.Label()}
		other := b.Label()
		b.Switch(ops.A, labels, other)
		for i, l := range labels {
			b.Bind(l)
			b.Mov(ops.A, ops.Imm(int64(10+i)))
			b.Return()
		}
		b.Bind(other)
		b.Mov(ops.A, ops.Imm(99))
		b.Return()
		// only has a default and nothing else.
		b.Func("only", sample.IntToInt, 0)
		end := b.Label()
		b.Switch(ops.A, nil, end)
		b.Bind(end)
		b.Mov(ops.A, ops.Imm(5))
		b.Return()
	})
}

// TestSwitch: the label of the index, the default for every other index.
func TestSwitch(t *testing.T) {
	eachCode(t, switchProgram(t), func(t *testing.T, code *Code) {
		in := mustInstance(t, code, InstanceConfig{})
		for _, c := range []struct {
			fn      ops.FuncID
			a, want uint64
		}{
			{2, 0, 10}, {2, 1, 11}, {2, 2, 12}, {2, 3, 99}, {2, 1 << 32, 99}, {2, 1 << 63, 99}, {2, 1<<64 - 1, 99},
			{3, 0, 5}, {3, 1, 5}, {3, 1<<64 - 1, 5},
			{1, 0, 100}, {1, 1, 100}, {1, 2, 101}, {1, 3, 201}, {1, 4, 301}, {1, 5, 100}, {1, 1 << 63, 100},
		} {
			s := ops.State{Reg: [ops.NumRegs]uint64{c.a}}
			if err := in.Call(context.Background(), c.fn, &s); err != nil || s.Reg[0] != c.want {
				t.Errorf("function %d of %d: %d, %v; want %d", c.fn, c.a, s.Reg[0], err, c.want)
			}
		}
	})
}

// TestSwitchPolls: a loop of switches is a safepoint like any other.
func TestSwitchPolls(t *testing.T) {
	p := mustBuild(t, func(b *ops.Builder) {
		b.Func("spin", sample.IntToInt, 0)
		again := b.Label()
		b.Bind(again)
		b.Switch(ops.A, []ops.Label{again}, again)
	})
	eachCode(t, p, func(t *testing.T, code *Code) {
		in := mustInstance(t, code, InstanceConfig{})
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- in.Call(ctx, 0, &ops.State{}) }()
		waitRunning(in)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}
