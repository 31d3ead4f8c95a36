package ops_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// TestTableTooLarge: so many places are not counted before they are refused.
func TestTableTooLarge(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("a list of so many functions is larger than the address space")
	}
	places := make([]ops.FuncID, ops.MaxGlobals)
	checkMistakes(t, []mistake{{"table", func(b *ops.Builder) {
		b.Table(b.Func("f", sig(0, 0), 0))
		b.Return()
		b.Table(places...)
	}, "program: 1 and 268435456 more places in the table of functions: at most 268435456 are possible"}})
}

// TestDeclareErrors has one program per mistake with what programs declare.
func TestDeclareErrors(t *testing.T) {
	var (
		none, a  = ops.Operand{}, ops.A
		function = func(b *ops.Builder, slots int) { b.Func("f", sig(1, 1), slots) }
	)
	checkMistakes(t, []mistake{
		{"global that is not declared, read", func(b *ops.Builder) {
			b.Global(1)
			b.Global(2)
			function(b, 0)
			b.GlobalGet(ops.GGet, a, 2)
		}, "function f, pc 0: gget: global 2: the program has declared 2"},
		{"global that is not declared, written", func(b *ops.Builder) {
			function(b, 0)
			b.GlobalSet(ops.FGSet32, ops.F32(1), 0)
		}, "function f, pc 0: fgset32: global 0: the program has declared 0"},
		{"negative global", func(b *ops.Builder) {
			b.Global(1)
			function(b, 0)
			b.GlobalGet(ops.GGet, a, -1)
		}, "function f, pc 0: gget: global -1: the program has declared 1"},
		{"global that is written where it is read", func(b *ops.Builder) {
			b.Global(1)
			function(b, 0)
			b.GlobalGet(ops.GSet, a, 0)
		}, "function f, pc 0: gset: its destination cannot be the register a (want nothing)"},
		{"no operation on a global", func(b *ops.Builder) {
			function(b, 0)
			b.GlobalSet(ops.Mov, a, 0)
		}, "function f, pc 0: mov takes nothing more, not a global"},
		{"no operation at all", func(b *ops.Builder) {
			function(b, 0)
			b.Load(ops.NumCodes, a, a, 0)
		}, fmt.Sprintf("function f, pc 0: Code(%d) is no operation", ops.NumCodes)},

		{"counter that is not declared", func(b *ops.Builder) {
			b.Counters(3)
			function(b, 0)
			b.Count(3)
		}, "function f, pc 0: count: counter 3: the program has declared 3"},
		{"negative counter", func(b *ops.Builder) {
			function(b, 0)
			b.Count(-1)
		}, "function f, pc 0: count: counter -1: the program has declared 0"},
		{"fewer counters than none", func(b *ops.Builder) {
			b.Counters(-1)
		}, "program: 0 and -1 more counters: at most 268435456 are possible"},
		{"too many counters", func(b *ops.Builder) {
			b.Counters(2)
			b.Counters(ops.MaxGlobals - 1)
		}, "program: 2 and 268435455 more counters: at most 268435456 are possible"},

		{"clear of no slots", func(b *ops.Builder) {
			function(b, 1)
			b.Clear(ops.Slot(0), 0)
		}, "function f, pc 0: clear: 0 slots: from 1 to those that there are"},
		{"clear of more slots than there can be", func(b *ops.Builder) {
			function(b, 1)
			b.Clear(ops.Slot(0), ops.MaxFrame+1)
		}, "function f, pc 0: clear: 32769 slots: from 1 to those that there are"},
		{"clear beyond the frame", func(b *ops.Builder) {
			function(b, 3)
			b.Clear(ops.Slot(1), 3)
		}, "function f, pc 0: clear: slot [3] is outside the frame, which has 3 slots"},
		{"clear beyond a large frame", func(b *ops.Builder) {
			function(b, 300)
			b.Clear(ops.Slot(0), 301)
		}, "function f, pc 0: clear: slot [300] is outside the frame, which has 300 slots"},
		{"clear of the outgoing area", func(b *ops.Builder) {
			g := b.Declare("g", sig(6, 0))
			function(b, 1)
			b.Clear(b.Out(0), 1)
			b.Call(g)
		}, "function f, pc 0: clear: slot [3] is outside the frame, which has 1 slots"},
		{"clear of a register", func(b *ops.Builder) {
			function(b, 1)
			b.Clear(a, 1)
		}, "function f, pc 0: clear: its destination cannot be the register a (want slot)"},
		{"a slot behind the cleared ones", func(b *ops.Builder) {
			function(b, 3)
			b.Clear(ops.Slot(0), 2)
			b.Mov(a, ops.Slot(2))
		}, "function f, pc 2: mov: it reads slot [2], which is not written on every path to it"},
		{"unreachable clear", func(b *ops.Builder) {
			function(b, 3)
			b.Return()
			b.Clear(ops.Slot(0), 2)
		}, "function f, pc 1: mov: no operation before it leads here"},

		{"switch to a label that is not bound", func(b *ops.Builder) {
			function(b, 0)
			l, m := b.Label(), b.Label()
			b.Switch(a, []ops.Label{l, m}, l)
			b.Bind(l)
			b.Return()
		}, "function f, pc 0: switch: label 1 is not bound"},
		{"switch to a label of no function", func(b *ops.Builder) {
			function(b, 0)
			l := b.Label()
			b.Switch(a, []ops.Label{l}, 9)
			b.Bind(l)
			b.Return()
		}, "function f, pc 0: switch: label 9 is not bound"},
		{"switch on an immediate", func(b *ops.Builder) {
			function(b, 0)
			l := b.Label()
			b.Bind(l)
			b.Switch(ops.Imm(3), nil, l)
		}, "function f, pc 0: switch: its left operand cannot be the immediate 3 (want register or slot)"},
		{"operation behind a switch", func(b *ops.Builder) {
			function(b, 0)
			l := b.Label()
			b.Bind(l)
			b.Switch(a, nil, l)
			b.Return()
		}, "function f, pc 1: return: no operation before it leads here"},
		{"a place that one label of a switch lacks", func(b *ops.Builder) {
			function(b, 0)
			l, m := b.Label(), b.Label()
			b.Mov(ops.X, a)
			b.Bind(l)
			b.Mov(a, ops.X)
			b.Call(0)
			b.Switch(a, []ops.Label{m, l}, m)
			b.Bind(m)
			b.Return()
		}, "function f, pc 1: mov: it reads register x, which is not written on every path to it"},
		{"switch by Op", func(b *ops.Builder) {
			function(b, 0)
			b.Op(ops.Switch, none, a, none)
		}, "function f, pc 0: switch takes a jump table: it is not appended by Op"},

		{"indirect call of no signature", func(b *ops.Builder) {
			function(b, 0)
			b.CallIndirect(a, math.MaxUint32)
		}, "function f, pc 0: calli: signature 4294967295 is not one of MakeSignature's"},
		{"indirect call without an argument", func(b *ops.Builder) {
			function(b, 0)
			b.CallIndirect(a, ops.MakeSignature(mixed, nil))
		}, "function f, pc 0: calli: its argument 0, register fa, is not written on every path to it"},
		{"indirect call with an index that is not there", func(b *ops.Builder) {
			function(b, 0)
			b.CallIndirect(ops.X, sig(0, 0))
		}, "function f, pc 0: calli: it reads register x, which is not written on every path to it"},
		{"index dead after an indirect call", func(b *ops.Builder) {
			function(b, 0)
			b.CallIndirect(a, sig(0, 0))
			b.Return()
		}, "function f, pc 1: return: its result 0, register a, is not written on every path to it"},
		{"host function that is not declared", func(b *ops.Builder) {
			b.Host("h", sig(0, 0))
			function(b, 0)
			b.CallHost(1)
		}, "function f, pc 0: callh: host function 1: the program has declared 1"},
		{"host function with the last index", func(b *ops.Builder) {
			function(b, 0)
			b.CallHost(math.MaxUint32)
		}, "function f, pc 0: callh: host function 4294967295: the program has declared 0"},
		{"call of no function", func(b *ops.Builder) {
			function(b, 0)
			b.Call(ops.NoFunc)
		}, "function f, pc 0: call of function 4294967295, which is not declared"},
		{"begin of no function", func(b *ops.Builder) {
			b.Begin(ops.NoFunc, 0)
		}, "program: function 4294967295 is not declared"},
		{"jump to no label", func(b *ops.Builder) {
			function(b, 0)
			b.Jump(math.MaxUint32)
		}, "function f, pc 0: jump: label 4294967295 is not bound"},
		{"no function in the table", func(b *ops.Builder) {
			b.Table(ops.NoFunc - 1)
		}, "program: the table of functions: function 4294967294 is not declared"},
		{"host call without an argument", func(b *ops.Builder) {
			h := b.Host("log", sig(2, 0))
			function(b, 0)
			b.CallHost(h)
		}, "function f, pc 0: callh log: its argument 1, register x, is not written on every path to it"},
		{"argument dead after a host call", func(b *ops.Builder) {
			h := b.Host("log", sig(1, 0))
			function(b, 0)
			b.CallHost(h)
			b.Return()
		}, "function f, pc 1: return: its result 0, register a, is not written on every path to it"},
		{"host function of no signature", func(b *ops.Builder) {
			b.Host("h", math.MaxUint32)
		}, "program: host function h: signature 4294967295 is not one of MakeSignature's"},
		{"function of no signature", func(b *ops.Builder) {
			b.Declare("f", math.MaxUint32)
		}, "function f: signature 4294967295 is not one of MakeSignature's"},
		{"two host functions of one name", func(b *ops.Builder) {
			b.Host("h", sig(0, 0))
			b.Host("h", sig(1, 0))
		}, "program: two functions of the host have the name h"},
		{"function in the table that is not declared", func(b *ops.Builder) {
			b.Table(ops.NoFunc, b.Declare("f", sig(0, 0)), 1)
		}, "program: the table of functions: function 1 is not declared"},

		{"less memory than at first", func(b *ops.Builder) {
			b.Memory(2, 1)
		}, "program: memory of 2 to 1 bytes: the second number is less than the first"},
		{"more memory than possible", func(b *ops.Builder) {
			b.Memory(0, ops.MaxMemory+1)
		}, "program: memory of up to 70368744177665 bytes: at most 70368744177664 are possible"},
		{"memory twice", func(b *ops.Builder) {
			b.Memory(10, 10)
			b.Data(5, "12345")
			b.Memory(9, 10)
		}, "program: the memory is declared twice"},
		{"data beyond the memory", func(b *ops.Builder) {
			b.Memory(10, 100)
			b.Data(6, "12345")
		}, "program: data of 5 bytes at 6: the memory has 10 at first"},
		{"data at an address that wraps around", func(b *ops.Builder) {
			b.Memory(10, 100)
			b.Data(math.MaxUint64, "12345")
		}, "program: data of 5 bytes at 18446744073709551615: the memory has 10 at first"},
		{"data without memory", func(b *ops.Builder) {
			b.Data(0, "1")
		}, "program: data of 1 bytes at 0: the memory has 0 at first"},
		{"a load by Op", func(b *ops.Builder) {
			function(b, 0)
			b.Op(ops.Load8U, a, a, none)
		}, "function f, pc 0: load8u takes an offset: it is not appended by Op"},
		{"a store that is none", func(b *ops.Builder) {
			function(b, 0)
			b.Store(ops.BEq, a, a, 0)
		}, "function f, pc 0: beq takes a label, not an offset"},
		{"a load that is a trap", func(b *ops.Builder) {
			function(b, 0)
			b.Load(ops.Trap, a, a, 0)
		}, "function f, pc 0: trap takes a trap code, not an offset"},
		{"a load that counts", func(b *ops.Builder) {
			function(b, 0)
			b.Load(ops.Count, a, a, 0)
		}, "function f, pc 0: count takes a counter, not an offset"},
		{"a load of what is not written", func(b *ops.Builder) {
			function(b, 0)
			b.Load(ops.Load8U, a, ops.Y, 0)
		}, "function f, pc 0: load8u: it reads register y, which is not written on every path to it"},
	})
}

// TestDeclared checks that a program has what was declared, and that the next one
// of the same Builder starts with nothing.
func TestDeclared(t *testing.T) {
	b := ops.NewBuilder()
	b.Memory(10, 100)
	b.Data(7, "abc")
	b.Data(0, "")
	if g := b.Global(5); g != 0 {
		t.Errorf("the first global is %d", g)
	}
	if g := b.Global(math.Float64bits(2.5)); g != 1 {
		t.Errorf("the second global is %d", g)
	}
	b.Counters(2)
	if c := b.Counters(3); c != 2 {
		t.Errorf("the third counter is %d", c)
	}
	h := b.Host("log", sig(1, 0))
	f := b.Func("f", sig(1, 1), 0)
	b.CallHost(h)
	b.Trap(0)
	if i := b.Table(ops.NoFunc, f); i != 0 {
		t.Errorf("the table's first place is %d", i)
	}
	if i := b.Table(f); i != 2 {
		t.Errorf("the table's third place is %d", i)
	}
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	want := ops.MemorySize{Min: 10, Max: 100}
	if p.Memory() != want || !slices.Equal(p.Data(), []ops.Data{{Offset: 7, Bytes: "abc"}, {}}) ||
		!slices.Equal(p.Globals(), []uint64{5, 0x4004 << 48}) || p.Counters() != 5 ||
		!slices.Equal(p.Hosts(), []ops.Host{{Name: "log", Sig: sig(1, 0)}}) ||
		!slices.Equal(p.Table(), []ops.FuncID{ops.NoFunc, f, f}) {
		t.Errorf("memory %v, data %v, globals %v, %d counters, hosts %v, table %v",
			p.Memory(), p.Data(), p.Globals(), p.Counters(), p.Hosts(), p.Table())
	}

	b.Func("f", sig(1, 1), 0)
	b.Return()
	if p, err = b.Build(); err != nil {
		t.Fatal(err)
	}
	want = ops.MemorySize{}
	if p.Memory() != want || p.Data() != nil || p.Globals() != nil || p.Counters() != 0 || p.Hosts() != nil || p.Table() != nil {
		t.Error("the next program has something of the one before")
	}
}

// TestFloatSignatures checks where parameters and results are.
func TestFloatSignatures(t *testing.T) {
	const i, f, f32 = ops.Int, ops.Float, ops.Float32
	six := []ops.Type{f, f32, i, f, i, f32, f, i, i, i} // the sixth float and the fifth integer are without registers
	for _, c := range []struct {
		sig    ops.Signature
		text   string
		places []ops.Number
		floats bool
	}{
		{ops.MakeSignature([]ops.Type{i, f, f32}, nil), "(i, f, f32)", []ops.Number{1, 5, 10}, true},
		{ops.MakeSignature(six, nil), "(f, f32, i, f, i, f32, f, i, i, i)", []ops.Number{5, 10, 1, 7, 2, 12, 16, 3, 4, 17}, true},
		{ops.MakeSlotSignature([]ops.Type{i, f, f32}, nil), "(i, f, f32) inslots", []ops.Number{16, 17, 18}, false},
		{ops.MakeSlotSignature(nil, nil), "()", nil, false},
		{ops.MakeSignature([]ops.Type{i, i, i, i, i}, nil), "(i, i, i, i, i)", []ops.Number{1, 2, 3, 4, 16}, false},
	} {
		if c.sig.String() != c.text || !slices.Equal(c.sig.ParamPlaces(), c.places) || c.sig.FloatRegs() != c.floats {
			t.Errorf("%s: places %d, floats %t: want %+v", c.sig, c.sig.ParamPlaces(), c.sig.FloatRegs(), c)
		}
		results := ops.MakeSignature(nil, c.sig.Params())
		if c.floats && (!slices.Equal(results.ResultPlaces(), c.places) || !results.FloatRegs()) {
			t.Errorf("%s: places %d", results, results.ResultPlaces())
		}
	}
	if ops.MakeSlotSignature(integer, nil) == ops.MakeSignature(integer, nil) {
		t.Error("in registers or in slots is one signature")
	}
	defer func() {
		if s := recover(); s != "ops: no such type: Type(3)" {
			t.Errorf("a type that is none: %v", s)
		}
	}()
	ops.MakeSignature([]ops.Type{3}, nil)
}
