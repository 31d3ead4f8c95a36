package jit

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

var (
	noValues  = ops.MakeSignature(nil, nil)
	intsToInt = ops.MakeSignature([]ops.Type{ops.Int, ops.Int}, []ops.Type{ops.Int})
)

func mustBuild(t testing.TB, build func(*ops.Builder)) *ops.Program {
	t.Helper()
	b := ops.NewBuilder()
	build(b)
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// eachCode runs a test on every tier that the platform has, with the program
// compiled as a whole and function by function.
func eachCode(t *testing.T, p *ops.Program, f func(*testing.T, *Code)) {
	eachTier(t, func(t *testing.T, e *Engine) {
		t.Run("whole", func(t *testing.T) { f(t, mustCompile(t, e, p)) })
		t.Run("apart", func(t *testing.T) { f(t, mustPrepare(t, e, p)) })
	})
}

// TestHostCall: arguments and results of every kind, in registers and in slots.
func TestHostCall(t *testing.T) {
	types := []ops.Type{
		ops.Int, ops.Float, ops.Float32, ops.Int, ops.Int, ops.Int, ops.Int,
		ops.Float, ops.Float, ops.Float32, ops.Float,
	}
	for _, sig := range []ops.Signature{ops.MakeSignature(types, types), ops.MakeSlotSignature(types, types)} {
		p := mustBuild(t, func(b *ops.Builder) {
			mix := b.Host("mix", sig)
			b.Func("main", sig, max(sig.ParamSlots(), sig.ResultSlots()))
			for i := range sig.ParamSlots() {
				b.Mov(b.Out(i), ops.Slot(i))
			}
			b.CallHost(mix)
			for i := range sig.ResultSlots() {
				b.Mov(ops.Slot(i), b.Out(i))
			}
			b.Return()
		})
		eachCode(t, p, func(t *testing.T, code *Code) {
			in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"mix": func(h *HostCall) error {
				for i, typ := range types {
					switch typ {
					case ops.Int:
						h.Results[i] = h.Args[i] + uint64(i)
					case ops.Float:
						h.SetFloat64(i, h.Float64(i)+float64(i))
					case ops.Float32:
						h.SetFloat32(i, h.Float32(i)+float32(i))
					}
				}
				return nil
			}}})
			s := ops.State{Slots: make([]uint64, sig.ParamSlots())}
			args, results := make([]uint64, len(types)), make([]uint64, len(types))
			for i, typ := range types {
				args[i], results[i] = bitsOf(typ, 100*i), bitsOf(typ, 101*i)
			}
			setState(&s, sig.ParamPlaces(), args)
			if err := in.Call(context.Background(), 0, &s); err != nil {
				t.Fatal(err)
			}
			for i, got := range getState(&s, sig.ResultPlaces()) {
				if got != results[i] {
					t.Errorf("%v, value %d: %#x, want %#x", sig, i, got, results[i])
				}
			}
		})
	}
}

// bitsOf returns the bits of a value of a type.
func bitsOf(typ ops.Type, v int) uint64 {
	switch typ {
	case ops.Float:
		return math.Float64bits(float64(v))
	case ops.Float32:
		return uint64(math.Float32bits(float32(v)))
	}
	return uint64(v)
}

// placeIn returns what a State has at a place of a value.
func placeIn(s *ops.State, n ops.Number) *uint64 {
	switch {
	case n >= ops.FirstSlot:
		return &s.Slots[n-ops.FirstSlot]
	case n >= ops.FirstFReg32:
		return &s.FReg[n-ops.FirstFReg32]
	case n >= ops.FirstFReg:
		return &s.FReg[n-ops.FirstFReg]
	}
	return &s.Reg[n-ops.FirstReg]
}

func setState(s *ops.State, places []ops.Number, values []uint64) {
	for i, n := range places {
		*placeIn(s, n) = values[i]
	}
}

func getState(s *ops.State, places []ops.Number) (values []uint64) {
	for _, n := range places {
		values = append(values, *placeIn(s, n))
	}
	return values
}

// TestMissingHost: what a program imports and is not given is an error that names
// it.
func TestMissingHost(t *testing.T) {
	p := mustBuild(t, func(b *ops.Builder) {
		b.Host("there", noValues)
		b.Host("missing", intsToInt)
		b.Func("main", noValues, 0)
		b.Return()
	})
	eachCode(t, p, func(t *testing.T, code *Code) {
		_, err := code.NewInstance(InstanceConfig{Host: map[string]HostFunc{"there": func(*HostCall) error { return nil }}})
		want := "jit: the program imports the host function missing (i, i) (i), which InstanceConfig.Host has not"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

// hostProgram is a program whose main(n) adds 1 to n, calls the host function with
// it and adds 10 to what comes back; its spill keeps n across the call.
func hostProgram(t *testing.T) *ops.Program {
	return mustBuild(t, func(b *ops.Builder) {
		host := b.Host("host", sample.IntToInt)
		b.Func("main", sample.IntToInt, 1)
		b.Add(ops.A, ops.A, ops.Imm(1))
		b.Mov(ops.Slot(0), ops.A)
		b.CallHost(host)
		b.Add(ops.A, ops.A, ops.Imm(10))
		b.Sub(ops.A, ops.A, ops.Slot(0))
		b.Add(ops.A, ops.A, ops.Slot(0))
		b.Return()
	})
}

// TestHostError: the error of a host function ends the call, wrapped with the place;
// the instance works afterwards.
func TestHostError(t *testing.T) {
	eachCode(t, hostProgram(t), func(t *testing.T, code *Code) {
		boom := errors.New("boom")
		fail := true
		in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"host": func(h *HostCall) error {
			if fail {
				return boom
			}
			h.Results[0] = h.Args[0]
			return nil
		}}})
		err := in.Call(context.Background(), 0, &ops.State{})
		var host *HostError
		if !errors.Is(err, boom) || !errors.As(err, &host) {
			t.Fatalf("error %v", err)
		}
		if want := "host function host, called in function main, pc 2: boom"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
		if host.Host != "host" || host.Func != "main" || host.PC != 2 || host.Trace() != "main:2\n" {
			t.Errorf("%+v, %s", host, host.Trace())
		}
		fail = false
		s := ops.State{Reg: [ops.NumRegs]uint64{5}}
		if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 16 {
			t.Errorf("the next call: %d, %v", s.Reg[0], err)
		}
	})
}

// TestNested: host functions call the instance again, down to a depth; frames below
// stay as they are.
func TestNested(t *testing.T) {
	eachCode(t, hostProgram(t), func(t *testing.T, code *Code) {
		in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"host": func(h *HostCall) error {
			s := ops.State{Reg: [ops.NumRegs]uint64{h.Args[0]}}
			if h.Args[0] < 20 {
				if err := h.Call(h.Context(), 0, &s); err != nil {
					return err
				}
			}
			h.Results[0] = s.Reg[0]
			return nil
		}}})
		for range 2 {
			s := ops.State{Reg: [ops.NumRegs]uint64{0}}
			if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 20+20*10 {
				t.Fatalf("%d, %v", s.Reg[0], err)
			}
		}
	})
}

// TestNestedTrap: a trap in a nested run is the nested call's error, which the host
// function may pass on or not.
func TestNestedTrap(t *testing.T) {
	p := mustBuild(t, func(b *ops.Builder) {
		host := b.Host("host", noValues)
		b.Func("main", noValues, 0)
		b.CallHost(host)
		b.Return()
		b.Func("fails", noValues, 0)
		b.Trap(7)
	})
	eachCode(t, p, func(t *testing.T, code *Code) {
		passOn := true
		in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"host": func(h *HostCall) error {
			err := h.Call(h.Context(), 1, nil)
			if err == nil || err.Error() != "trap 7 in function fails, pc 0" {
				t.Errorf("the nested call: %v", err)
			}
			if !passOn {
				return nil
			}
			return err
		}}})
		err := in.Call(context.Background(), 0, nil)
		var trap *Trap
		if !errors.As(err, &trap) || trap.Code != 7 || trap.Trace() != "fails:0\nmain:0\n" {
			t.Errorf("error %v", err)
		}
		if want := "host function host, called in function main, pc 0: trap 7 in function fails, pc 0"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
		passOn = false
		if err := in.Call(context.Background(), 0, nil); err != nil {
			t.Errorf("a trap that is not passed on: %v", err)
		}
	})
}

// TestNestedOverflow: nested runs share the stack, and its end is a trap in the
// innermost.
func TestNestedOverflow(t *testing.T) {
	eachCode(t, hostProgram(t), func(t *testing.T, code *Code) {
		depth := 0
		cfg := InstanceConfig{StackBytes: 400, Host: map[string]HostFunc{"host": func(h *HostCall) error {
			depth++
			return h.Call(h.Context(), 0, &ops.State{})
		}}}
		err := mustInstance(t, code, cfg).Call(context.Background(), 0, nil)
		var trap *Trap
		if !errors.As(err, &trap) || trap.Reason != ops.ReasonStackOverflow || trap.Func != "main" || trap.PC != 0 {
			t.Fatalf("error %v", err)
		}
		one := "host function host, called in function main, pc 2: "
		if want := strings.Repeat(one, 4) + "… 2 more: " + strings.Repeat(one, 4) + "stack overflow in function main, pc 0"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
		// A frame is a header, a slot and the header of the outgoing area.
		if depth != 400/(8*5) {
			t.Errorf("%d levels", depth)
		}
		depth = 0
		cfg.StackBytes = 1 << 20
		err = mustInstance(t, code, cfg).Call(context.Background(), 0, nil)
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Max != MaxNesting || depth != MaxNesting {
			t.Errorf("%d levels: %.200v", depth, err)
		}
	})
}

// TestNestedMisuse: an instance serves one goroutine at a time, also in host
// functions, and a HostCall is over with its function.
func TestNestedMisuse(t *testing.T) {
	eachCode(t, hostProgram(t), func(t *testing.T, code *Code) {
		var in *Instance
		var old *HostCall
		in = mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"host": func(h *HostCall) error {
			if h.Args[0] == 2 { // nested, while the outer level is in Call
				done := make(chan error)
				go func() { done <- old.Call(h.Context(), 0, nil) }()
				if err := <-done; !errors.Is(err, ErrInUse) {
					t.Errorf("two goroutines in HostCall.Call: %v", err)
				}
				return nil
			}
			old = h
			if err := in.Call(h.Context(), 0, nil); !errors.Is(err, ErrInUse) {
				t.Errorf("Instance.Call in a host function: %v", err)
			}
			if h.Instance() != in || h.Memory() != nil {
				t.Error("another instance, or a memory that nobody gave it")
			}
			return h.Call(h.Context(), 0, &ops.State{Reg: [ops.NumRegs]uint64{1}})
		}}})
		if err := in.Call(context.Background(), 0, nil); err != nil {
			t.Fatal(err)
		}
		if err := old.Call(context.Background(), 0, nil); !errors.Is(err, ErrClosed) {
			t.Errorf("a HostCall that is over: %v", err)
		}
		done, cancel := context.WithCancel(context.Background())
		cancel()
		in.hosts[0].call = func(h *HostCall) error { return h.Call(done, 0, nil) }
		if err := in.Call(context.Background(), 0, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("a nested call with a context that is done: %v", err)
		}
	})
}

// TestHostPanic: a panic in a host function goes through, and the instance is free
// again; one that an outer host function catches ends the nested run only.
func TestHostPanic(t *testing.T) {
	eachCode(t, hostProgram(t), func(t *testing.T, code *Code) {
		memory, err := NewMemory(1, 1)
		if err != nil {
			t.Fatal(err)
		}
		catch := false
		in := mustInstance(t, code, InstanceConfig{Memory: memory, Host: map[string]HostFunc{"host": func(h *HostCall) (err error) {
			h.Results[0] = h.Args[0]
			switch h.Args[0] {
			case 100:
				return nil
			case 2:
				panic("boom")
			}
			defer func() {
				if catch && recover() != "boom" {
					t.Error("no panic came through the nested run")
				}
			}()
			return h.Call(h.Context(), 0, &ops.State{Reg: [ops.NumRegs]uint64{1}})
		}}})
		func() {
			defer func() {
				if recover() != "boom" {
					t.Error("no panic came through")
				}
			}()
			in.Call(context.Background(), 0, nil)
		}()
		s := ops.State{Reg: [ops.NumRegs]uint64{99}}
		if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 110 {
			t.Errorf("the next call: %d, %v", s.Reg[0], err)
		}
		catch = true
		s = ops.State{}
		if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 11 {
			t.Errorf("a panic that is caught: %d, %v", s.Reg[0], err)
		}
		if err := memory.Close(); err != nil {
			t.Errorf("the memory is still in use: %v", err)
		}
		if err := in.Call(context.Background(), 0, nil); !errors.Is(err, ErrClosed) {
			t.Errorf("a call without its memory: %v", err)
		}
	})
}

// TestHostClose: code that is closed in a host function is freed behind the call.
func TestHostClose(t *testing.T) {
	eachCode(t, hostProgram(t), func(t *testing.T, code *Code) {
		e := code.engine
		in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"host": func(h *HostCall) error {
			h.Results[0] = h.Args[0]
			if h.Args[0] == 2 {
				return nil
			}
			code.Close()
			return h.Call(h.Context(), 0, &ops.State{Reg: [ops.NumRegs]uint64{1}})
		}}})
		var s ops.State
		if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 11 {
			t.Errorf("%d, %v", s.Reg[0], err)
		}
		if n := e.Stats().CodeBytes; n != 0 {
			t.Errorf("%d bytes of code are in use", n)
		}
	})
}

// BenchmarkHostCall measures a call of a host function that does nothing.
func BenchmarkHostCall(b *testing.B) {
	e := native(b, Tuning{})
	p := mustBuild(b, func(b *ops.Builder) {
		host := b.Host("nothing", noValues)
		b.Func("main", sample.IntToInt, 1)
		again := b.Label()
		b.Bind(again)
		b.Mov(ops.Slot(0), ops.A)
		b.CallHost(host)
		b.Sub(ops.A, ops.Slot(0), ops.Imm(1))
		b.Branch(ops.BNe, ops.A, ops.Imm(0), again)
		b.Return()
	})
	in := mustInstance(b, mustCompile(b, e, p), InstanceConfig{Host: map[string]HostFunc{"nothing": func(*HostCall) error { return nil }}})
	b.ReportAllocs()
	s := ops.State{Reg: [ops.NumRegs]uint64{uint64(b.N)}}
	if err := in.Call(context.Background(), 0, &s); err != nil {
		b.Fatal(err)
	}
}
