package jit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// TestGlobals: each instance has globals of its own, with the values that the
// program declares at first.
func TestGlobals(t *testing.T) {
	p := mustBuild(t, func(b *ops.Builder) {
		b.Global(1)
		g := b.Global(1 << 40)
		b.Func("next", sample.IntToInt, 0)
		b.GlobalGet(ops.GGet, ops.X, g)
		b.Add(ops.A, ops.A, ops.X)
		b.GlobalSet(ops.GSet, ops.A, g)
		b.Return()
	})
	eachCode(t, p, func(t *testing.T, code *Code) {
		one, two := mustInstance(t, code, InstanceConfig{}), mustInstance(t, code, InstanceConfig{})
		for _, want := range []uint64{1<<40 + 2, 1<<40 + 4} {
			s := ops.State{Reg: [ops.NumRegs]uint64{2}}
			if err := one.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != want || one.Globals()[1] != want {
				t.Errorf("%d, the global is %d, %v; want %d", s.Reg[0], one.Globals()[1], err, want)
			}
		}
		two.Globals()[1] = 5
		var s ops.State
		if err := two.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 5 || one.Globals()[1] != 1<<40+4 || one.Globals()[0] != 1 {
			t.Errorf("%d, %v; the other's globals are %v", s.Reg[0], err, one.Globals())
		}
	})
}

// TestCounters: counters count, for each instance.
func TestCounters(t *testing.T) {
	p := mustBuild(t, func(b *ops.Builder) {
		first := b.Counters(2)
		b.Func("count", sample.IntToInt, 0)
		again := b.Label()
		b.Count(first)
		b.Bind(again)
		b.Count(first + 1)
		b.Sub(ops.A, ops.A, ops.Imm(1))
		b.Branch(ops.BNe, ops.A, ops.Imm(0), again)
		b.Return()
	})
	eachCode(t, p, func(t *testing.T, code *Code) {
		in, other := mustInstance(t, code, InstanceConfig{}), mustInstance(t, code, InstanceConfig{})
		for range 3 {
			if err := in.Call(context.Background(), 0, &ops.State{Reg: [ops.NumRegs]uint64{5}}); err != nil {
				t.Fatal(err)
			}
		}
		if got := fmt.Sprint(in.Counters(), other.Counters()); got != "[3 15] [0 0]" {
			t.Errorf("counters %s", got)
		}
	})
}

// loads is a program whose function main loads 8 bytes, and which asks for a memory
// of 64 bytes with some data.
func loads(t *testing.T) *ops.Program {
	return mustBuild(t, func(b *ops.Builder) {
		grow := b.Host("grow", noValues)
		b.Memory(64, 1<<20)
		b.Data(8, "\x01\x02")
		b.Data(9, "\x03\x00\x00\x00\x00\x00\x00\x01")
		b.Func("load", sample.IntToInt, 0)
		b.Load(ops.Load64, ops.A, ops.A, 0)
		b.Return()
		b.Func("store", sample.IntToInt, 0)
		b.Store(ops.Store64, ops.A, ops.Imm(-1), 0)
		b.Return()
		b.Func("size", sample.IntToInt, 0)
		b.Op(ops.MemSize, ops.A, ops.Operand{}, ops.Operand{})
		b.Return()
		// storeAfter stores behind a host call.
		b.Func("storeAfter", sample.IntToInt, 1)
		b.Mov(ops.Slot(0), ops.A)
		b.CallHost(grow)
		b.Mov(ops.X, ops.Slot(0))
		b.Store(ops.Store64, ops.X, ops.Imm(7), 0)
		b.Op(ops.MemSize, ops.A, ops.Operand{}, ops.Operand{})
		b.Return()
	})
}

var noGrow = map[string]HostFunc{"grow": func(*HostCall) error { return nil }}

// TestInstanceMemory: the program gets the memory that it asks for, with its data;
// an access out of bounds traps with function and pc and changes nothing.
func TestInstanceMemory(t *testing.T) {
	eachCode(t, loads(t), func(t *testing.T, code *Code) {
		in := mustInstance(t, code, InstanceConfig{Host: noGrow})
		if m := in.Memory(); m.Size() != 64 || m.Max() != 1<<20 {
			t.Errorf("a memory of %d bytes that can grow to %d", m.Size(), m.Max())
		}
		call := func(fn ops.FuncID, a uint64) (uint64, error) {
			s := ops.State{Reg: [ops.NumRegs]uint64{a}}
			err := in.Call(context.Background(), fn, &s)
			return s.Reg[0], err
		}
		if v, err := call(0, 8); err != nil || v != 0x301 {
			t.Errorf("data: %#x, %v", v, err)
		}
		if v, err := call(0, 56); err != nil || v != 0 {
			t.Errorf("the last 8 bytes: %#x, %v", v, err)
		}
		if v, err := call(2, 0); err != nil || v != 64 {
			t.Errorf("the size: %d, %v", v, err)
		}
		before := string(in.Memory().Bytes())
		for _, addr := range []uint64{57, 64, 1 << 32, 1 << 63, 1<<64 - 8, 1<<64 - 1} {
			for fn, name := range []string{"load", "store"} {
				_, err := call(ops.FuncID(fn), addr)
				want := "memory access out of bounds in function " + name + ", pc 0"
				if err == nil || err.Error() != want {
					t.Errorf("%s at %#x: %v, want %s", name, addr, err, want)
				}
			}
		}
		if string(in.Memory().Bytes()) != before {
			t.Error("an access out of bounds changed the memory")
		}
	})
}

// TestGivenMemory: instances share a memory, one running at a time, and one that is
// too small is refused.
func TestGivenMemory(t *testing.T) {
	eachCode(t, loads(t), func(t *testing.T, code *Code) {
		small, err := NewMemory(63, 63)
		if err != nil {
			t.Fatal(err)
		}
		defer small.Close()
		_, err = code.NewInstance(InstanceConfig{Memory: small, Host: noGrow})
		if want := "jit: the program asks for a memory of 64 bytes, InstanceConfig.Memory has 63"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		shared, err := NewMemory(100, 200)
		if err != nil {
			t.Fatal(err)
		}
		var other *Instance
		grow := func(h *HostCall) error {
			if err := other.Call(h.Context(), 0, &ops.State{}); !errors.Is(err, ErrInUse) {
				t.Errorf("two instances run with one memory: %v", err)
			}
			if err := h.Memory().Close(); !errors.Is(err, ErrInUse) {
				t.Errorf("closing the memory of an instance that runs: %v", err)
			}
			if _, err := code.NewInstance(InstanceConfig{Memory: shared, Host: noGrow}); !errors.Is(err, ErrInUse) {
				t.Errorf("an instance with a memory in use: %v", err)
			}
			return nil
		}
		in := mustInstance(t, code, InstanceConfig{Memory: shared, Host: map[string]HostFunc{"grow": grow}})
		other = mustInstance(t, code, InstanceConfig{Memory: shared, Host: noGrow})
		s := ops.State{Reg: [ops.NumRegs]uint64{90}}
		if err := in.Call(context.Background(), 3, &s); err != nil || s.Reg[0] != 100 {
			t.Errorf("%d, %v", s.Reg[0], err)
		}
		s = ops.State{Reg: [ops.NumRegs]uint64{90}}
		if err := other.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 7 {
			t.Errorf("what the other instance stored: %d, %v", s.Reg[0], err)
		}
		if err := shared.Close(); err != nil {
			t.Error(err)
		}
		if err := in.Call(context.Background(), 0, &s); !errors.Is(err, ErrClosed) {
			t.Errorf("a call without its memory: %v", err)
		}
		if _, err := code.NewInstance(InstanceConfig{Memory: shared, Host: noGrow}); !errors.Is(err, ErrClosed) {
			t.Errorf("an instance with a closed memory: %v", err)
		}
	})
}

// TestGrow: the memory grows in a host function of a nested run, and every level goes
// on with the larger one.
func TestGrow(t *testing.T) {
	eachCode(t, loads(t), func(t *testing.T, code *Code) {
		grow := func(h *HostCall) error {
			if n := h.Memory().Size(); n < 64+3*1000 {
				if err := h.Memory().Grow(1000); err != nil {
					return err
				}
				s := ops.State{Reg: [ops.NumRegs]uint64{uint64(n) + 1000 - 8}}
				if err := h.Call(h.Context(), 3, &s); err != nil {
					return err
				}
				if s.Reg[0] != 64+3000 {
					t.Errorf("an inner level sees %d bytes", s.Reg[0])
				}
			}
			return nil
		}
		in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"grow": grow}})
		// At first this is out of bounds.
		s := ops.State{Reg: [ops.NumRegs]uint64{64 + 3000 - 8}}
		if err := in.Call(context.Background(), 3, &s); err != nil || s.Reg[0] != 64+3000 {
			t.Fatalf("%d, %v", s.Reg[0], err)
		}
		for _, addr := range []uint64{64 + 1000 - 8, 64 + 2000 - 8, 64 + 3000 - 8} {
			if v, err := in.Memory().Uint64(addr); err != nil || v != 7 {
				t.Errorf("at %d: %d, %v", addr, v, err)
			}
		}
	})
}

// TestNoMemory: a program that asks for no memory has one of no bytes.
func TestNoMemory(t *testing.T) {
	p := mustBuild(t, func(b *ops.Builder) {
		b.Func("load", sample.IntToInt, 0)
		b.Load(ops.Load8U, ops.A, ops.A, 0)
		b.Return()
		b.Func("size", sample.IntToInt, 0)
		b.Op(ops.MemSize, ops.A, ops.Operand{}, ops.Operand{})
		b.Return()
	})
	eachCode(t, p, func(t *testing.T, code *Code) {
		in := mustInstance(t, code, InstanceConfig{})
		if err := in.Call(context.Background(), 0, &ops.State{}); err == nil || !strings.Contains(err.Error(), "memory access out of bounds in function load, pc 0") {
			t.Errorf("a load: %v", err)
		}
		s := ops.State{Reg: [ops.NumRegs]uint64{5}}
		if err := in.Call(context.Background(), 1, &s); err != nil || s.Reg[0] != 0 {
			t.Errorf("the size: %d, %v", s.Reg[0], err)
		}
	})
}

// TestLargeAddresses: a memory of more than 4 GiB, addressed with 64 bits and with
// 32 and an offset.
func TestLargeAddresses(t *testing.T) {
	const size = 5 << 30
	if ^uint(0)>>32 == 0 {
		t.Skip("an int has 32 bits")
	}
	p := mustBuild(t, func(b *ops.Builder) {
		b.Memory(size, size)
		b.Func("store", intsToInt, 0)
		b.Store(ops.Store64, ops.A, ops.X, 0)
		b.Load(ops.Load64, ops.A, ops.A, 0)
		b.Return()
		b.Func("store32", intsToInt, 0)
		b.Store(ops.Store64A32, ops.A, ops.X, 1<<32-1)
		b.Load(ops.Load64A32, ops.A, ops.A, 1<<32-1)
		b.Return()
	})
	eachCode(t, p, func(t *testing.T, code *Code) {
		in, err := code.NewInstance(InstanceConfig{})
		if err != nil {
			t.Skip(err)
		}
		defer in.Memory().Close()
		for _, addr := range []uint64{size - 8, 1<<32 - 4} {
			s := ops.State{Reg: [ops.NumRegs]uint64{addr, addr + 1}}
			if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != addr+1 {
				t.Errorf("at %#x: %d, %v", addr, s.Reg[0], err)
			}
		}
		// The upper half of the address does not count.
		s := ops.State{Reg: [ops.NumRegs]uint64{0xffffffff_00001000, 42}}
		if err := in.Call(context.Background(), 1, &s); err != nil || s.Reg[0] != 42 {
			t.Errorf("an address of 32 bits: %d, %v", s.Reg[0], err)
		}
		if v, err := in.Memory().Uint64(0x1000 + 1<<32 - 1); err != nil || v != 42 {
			t.Errorf("it stored %d, %v", v, err)
		}
		s = ops.State{Reg: [ops.NumRegs]uint64{size - 7}}
		if err := in.Call(context.Background(), 0, &s); err == nil || !strings.Contains(err.Error(), "out of bounds") {
			t.Errorf("the end: %v", err)
		}
	})
}
