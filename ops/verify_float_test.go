package ops_test

import (
	"testing"

	"github.com/copyjit/copyjit/ops"
)

var (
	integer = []ops.Type{ops.Int}
	double  = []ops.Type{ops.Float}
	single  = []ops.Type{ops.Float32}
	mixed   = []ops.Type{ops.Float, ops.Int, ops.Float32}
)

// TestVerifyFloats has one program per mistake with float registers, and with
// what reads places besides l and r.
func TestVerifyFloats(t *testing.T) {
	var (
		none          ops.Operand
		a, x, y       = ops.A, ops.X, ops.Y
		fa, fx, fy    = ops.FA, ops.FX, ops.FY
		toDouble      = ops.MakeSignature(integer, double)
		ofDouble      = ops.MakeSignature(double, double)
		ofSingle      = ops.MakeSignature(single, single)
		ofIntegers    = sig(2, 1)
		function      = func(b *ops.Builder, s ops.Signature) ops.FuncID { return b.Func("f", s, 1) }
		noSuchFReg    = ops.FReg(4)
		negativeFReg  = ops.FReg(-1)
		notOnAllPaths = ", which is not written on every path to it"
	)
	checkMistakes(t, []mistake{
		{"float64 read as float32", func(b *ops.Builder) {
			function(b, ofDouble)
			b.Op(ops.FAdd32, fx, fa, fa)
		}, "function f, pc 0: fadd32: it reads register fa, which holds a float64, not a float32"},
		{"float32 read as float64", func(b *ops.Builder) {
			function(b, ofSingle)
			b.Op(ops.FNeg, fx, fa, none)
		}, "function f, pc 0: fneg: it reads register fa, which holds a float32, not a float64"},
		{"writing one width takes the other away", func(b *ops.Builder) {
			function(b, ofDouble)
			b.Op(ops.FMov32, fa, ops.F32(1), none)
			b.Op(ops.FMov, fx, fa, none)
		}, "function f, pc 1: fmov: it reads register fa, which holds a float32, not a float64"},
		{"and back", func(b *ops.Builder) {
			function(b, ofSingle)
			b.Op(ops.FPromote, fa, fa, none)
			b.Op(ops.FPromote, fx, fa, none)
		}, "function f, pc 1: fpromote: it reads register fa, which holds a float64, not a float32"},
		{"widths that differ between paths", func(b *ops.Builder) {
			function(b, ops.MakeSignature(mixed, nil))
			l := b.Label()
			b.Branch(ops.BZ, a, none, l)
			b.Op(ops.FMov32, fa, ops.F32(1), none)
			b.Bind(l)
			b.Op(ops.FMov, fa, fa, none)
		}, "function f, pc 2: fmov: it reads register fa" + notOnAllPaths},
		{"a loop that changes the width", func(b *ops.Builder) {
			function(b, ops.MakeSignature(mixed, nil))
			l := b.Label()
			b.Bind(l)
			b.Op(ops.FDemote, fa, fa, none)
			b.Branch(ops.BNZ, a, none, l)
			b.Return()
		}, "function f, pc 0: fdemote: it reads register fa" + notOnAllPaths},
		{"an integer register is not a float register", func(b *ops.Builder) {
			function(b, toDouble)
			b.Op(ops.FloatI64, fx, a, none)
			b.Return()
		}, "function f, pc 1: return: its result 0, register fa, is not written on every path to it"},
		{"result of the wrong width", func(b *ops.Builder) {
			function(b, toDouble)
			b.Op(ops.FloatI64F32, fa, a, none)
			b.Return()
		}, "function f, pc 1: return: its result 0, register fa, holds a float32, not a float64"},
		{"argument of the wrong width", func(b *ops.Builder) {
			g := b.Declare("g", ops.MakeSignature([]ops.Type{ops.Float, ops.Float32}, nil))
			function(b, ops.MakeSignature(mixed, nil))
			b.Op(ops.FPromote, fx, fx, none)
			b.Call(g)
		}, "function f, pc 1: call g: its argument 1, register fx, holds a float64, not a float32"},
		{"argument in a slot", func(b *ops.Builder) {
			g := b.Declare("g", ops.MakeSlotSignature(mixed, nil))
			function(b, ops.MakeSignature(mixed, nil))
			b.Mov(b.Out(0), a)
			b.Mov(b.Out(1), a)
			b.Call(g)
		}, "function f, pc 2: call g: its argument 2, outgoing slot [out+2], is not written on every path to it"},
		{"result in a slot", func(b *ops.Builder) {
			function(b, ops.MakeSlotSignature(nil, double))
			b.Op(ops.FMov, fa, ops.F64(1), none)
			b.Return()
		}, "function f, pc 1: return: its result 0, slot [0], is not written on every path to it"},
		{"float register dead after a call", func(b *ops.Builder) {
			f := function(b, ops.MakeSignature([]ops.Type{ops.Float, ops.Float}, double))
			b.Call(f)
			b.Op(ops.FAdd, fa, fa, fx)
		}, "function f, pc 1: fadd: it reads register fx" + notOnAllPaths},
		{"float32 dead after a call", func(b *ops.Builder) {
			g := b.Declare("g", sig(0, 0))
			function(b, ofSingle)
			b.Call(g)
			b.Return()
		}, "function f, pc 1: return: its result 0, register fa, is not written on every path to it"},
		{"a float64 as an immediate for float32", func(b *ops.Builder) {
			function(b, ofSingle)
			b.Op(ops.FAdd32, fa, fa, ops.F64(1))
			b.Return()
		}, "function f, pc 0: fadd32: the immediate 0x3ff0000000000000 has more bits than a float32"},
		{"the same for a move", func(b *ops.Builder) {
			b.Global(0)
			function(b, ofSingle)
			b.GlobalSet(ops.FGSet32, ops.Uimm(1<<32), 0)
			b.Return()
		}, "function f, pc 0: fgset32: the immediate 0x100000000 has more bits than a float32"},
		{"no such float register, read", func(b *ops.Builder) {
			function(b, ofDouble)
			b.Op(ops.FAdd, fa, fa, noSuchFReg)
		}, "function f, pc 0: fadd: it reads a register that does not exist"},
		{"no such float register, read as float32", func(b *ops.Builder) {
			function(b, ofSingle)
			b.Op(ops.FAdd32, fa, fa, noSuchFReg)
		}, "function f, pc 0: fadd32: it reads a register that does not exist"},
		{"no such float register, written as float32", func(b *ops.Builder) {
			function(b, ofSingle)
			b.Op(ops.FMov32, negativeFReg, fa, none)
		}, "function f, pc 0: fmov32: it writes a register that does not exist"},
		{"no such float register, perhaps written", func(b *ops.Builder) {
			function(b, ops.MakeSignature(mixed, nil))
			b.Op(ops.FSelNZ32, noSuchFReg, a, fx)
		}, "function f, pc 0: fselnz32: it reads a register that does not exist"},
		{"an integer register for a float", func(b *ops.Builder) {
			function(b, ofDouble)
			b.Op(ops.FAdd, a, fa, fa)
		}, "function f, pc 0: fadd: its destination cannot be the register a (want float register or slot)"},
		{"a float register for an integer", func(b *ops.Builder) {
			function(b, toDouble)
			b.Add(a, a, fa)
		}, "function f, pc 0: add: its right operand cannot be the float register fa (want register or slot or immediate)"},
		{"a float as an address", func(b *ops.Builder) {
			function(b, ofDouble)
			b.Load(ops.FLoad, fa, fa, 0)
		}, "function f, pc 0: fload: its left operand cannot be the float register fa (want register or slot)"},

		{"select reads its destination", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Select(ops.SelLt, y, a, x, a)
		}, "function f, pc 0: sellt: it reads register y" + notOnAllPaths},
		{"select reads its destination in a slot", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Select(ops.SelLt, ops.Slot(0), a, x, a)
		}, "function f, pc 0: sellt: it reads slot [0]" + notOnAllPaths},
		{"select's destination far outside the frame", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Select(ops.SelLt, ops.Slot(300), a, x, a)
		}, "function f, pc 0: sellt: slot [300] is outside the frame, which has 1 slots"},
		{"select of a register never written", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Select(ops.SelAny32, a, a, x, y)
		}, "function f, pc 0: selany32: it reads register y" + notOnAllPaths},
		{"select of no register", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Select(ops.SelEq, a, a, x, ops.Reg(4))
		}, "function f, pc 0: seleq: it reads a register that does not exist"},
		{"select of a slot", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Select(ops.SelEq, a, a, x, ops.Slot(0))
		}, "function f, pc 0: seleq: what it selects cannot be the slot [0] (want register)"},
		{"select of an immediate", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Select(ops.SelEq, a, a, x, ops.Imm(1))
		}, "function f, pc 0: seleq: what it selects cannot be the immediate 1 (want register)"},
		{"select of operands never written", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Select(ops.SelEq, a, a, y, x)
		}, "function f, pc 0: seleq: it reads register y" + notOnAllPaths},
		{"unreachable select", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Return()
			b.Select(ops.SelEq, a, a, x, x)
		}, "function f, pc 1: seleq: no operation before it leads here"},
		{"select of floats reads its destination", func(b *ops.Builder) {
			function(b, ops.MakeSignature(mixed, nil))
			b.Op(ops.FSelZ, fy, a, fa)
		}, "function f, pc 0: fselz: it reads register fy" + notOnAllPaths},
		{"select of floats at the wrong width", func(b *ops.Builder) {
			function(b, ops.MakeSignature(mixed, nil))
			b.Op(ops.FSelZ, fx, a, fa)
		}, "function f, pc 0: fselz: it reads register fx, which holds a float32, not a float64"},
		{"select that is none", func(b *ops.Builder) {
			function(b, ofIntegers)
			b.Select(ops.Add, a, a, x, x)
		}, "function f, pc 0: add takes nothing more, not a register to select"},
	})
}

// TestVerifiedFloats has functions that are right, and must stay so where the verifier
// does not run.
func TestVerifiedFloats(t *testing.T) {
	none := ops.Operand{}
	for _, c := range []struct {
		name  string
		sig   ops.Signature
		build func(b *ops.Builder)
	}{
		{"both widths in turn", ops.MakeSignature(single, double), func(b *ops.Builder) {
			b.Op(ops.FPromote, ops.FX, ops.FA, none)
			b.Op(ops.FDemote, ops.FX, ops.FX, none)
			b.Op(ops.FMul32, ops.FX, ops.FX, ops.FA)
			b.Op(ops.FPromote, ops.FA, ops.FX, none)
			b.Return()
		}},
		{"a slot has no width", ops.MakeSignature(single, double), func(b *ops.Builder) {
			b.Op(ops.FMov32, ops.Slot(0), ops.FA, none)
			b.Op(ops.FMov, ops.FA, ops.Slot(0), none)
			b.Return()
		}},
		{"select between operands that coincide", sig(1, 1), func(b *ops.Builder) {
			b.Select(ops.SelNone, ops.A, ops.A, ops.A, ops.A)
			b.Return()
		}},
		{"the width that both paths have", ops.MakeSignature(mixed, single), func(b *ops.Builder) {
			l := b.Label()
			b.Branch(ops.FBLt, ops.FA, ops.F64(0), l)
			b.Op(ops.FMov, ops.FA, ops.F64(0), none)
			b.Bind(l)
			b.Op(ops.FDemote, ops.FA, ops.FA, none)
			b.Return()
		}},
	} {
		b := ops.NewBuilder()
		b.Func("f", c.sig, 1)
		c.build(b)
		if _, err := b.Build(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
