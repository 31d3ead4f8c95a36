package jit

import (
	"context"
	"math"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// TestFloatsAcrossExits: float registers of both widths are what they were after
// safepoints that exit, host calls with nested runs that change all of them, and
// calls of functions that are compiled meanwhile.
func TestFloatsAcrossExits(t *testing.T) {
	sig := ops.MakeSignature([]ops.Type{ops.Float, ops.Float32, ops.Int}, []ops.Type{ops.Float, ops.Float32, ops.Int})
	p := mustBuild(t, func(b *ops.Builder) {
		host := b.Host("host", sig)
		halve := b.Declare("halve", sig)
		// sum adds half of (n, n) in both widths, n times.
		b.Func("sum", sig, 4)
		again := b.Label()
		b.Op(ops.FMov, ops.Slot(0), ops.F64(0), ops.Operand{})
		b.Op(ops.FMov32, ops.Slot(1), ops.F32(0), ops.Operand{})
		b.Bind(again)
		b.Mov(ops.Slot(2), ops.A)
		b.CallHost(host)
		b.Call(halve)
		b.Op(ops.FAdd, ops.Slot(0), ops.Slot(0), ops.FA)
		b.Op(ops.FAdd32, ops.Slot(1), ops.Slot(1), ops.FX)
		b.Op(ops.FAdd, ops.FA, ops.FA, ops.FA)
		b.Op(ops.FAdd32, ops.FX, ops.FX, ops.FX)
		b.Sub(ops.A, ops.Slot(2), ops.Imm(1))
		b.Branch(ops.BNe, ops.A, ops.Imm(0), again)
		b.Op(ops.FMov, ops.FA, ops.Slot(0), ops.Operand{})
		b.Op(ops.FMov32, ops.FX, ops.Slot(1), ops.Operand{})
		b.Return()
		b.Begin(halve, 0)
		b.Op(ops.FMul, ops.FA, ops.FA, ops.F64(0.5))
		b.Op(ops.FMul32, ops.FX, ops.FX, ops.F32(0.5))
		b.Return()
		b.Func("clobber", sig, 0)
		b.Op(ops.FMov, ops.FY, ops.F64(math.NaN()), ops.Operand{})
		b.Op(ops.FMov32, ops.FO, ops.F32(float32(math.Inf(1))), ops.Operand{})
		b.Op(ops.FAdd, ops.FA, ops.FA, ops.FA)
		b.Op(ops.FAdd32, ops.FX, ops.FX, ops.FX)
		b.Return()
	})
	sum, _ := p.Lookup("sum")
	clobber, _ := p.Lookup("clobber")
	eachCode(t, p, func(t *testing.T, code *Code) {
		in := mustInstance(t, code, InstanceConfig{Host: map[string]HostFunc{"host": func(h *HostCall) error {
			s := ops.State{}
			setState(&s, []ops.Number{ops.FirstFReg, ops.FirstFReg32 + 1, ops.FirstReg}, h.Args)
			if err := h.Call(h.Context(), clobber, &s); err != nil {
				return err
			}
			if d, f := math.Float64frombits(s.FReg[0]), math.Float32frombits(uint32(s.FReg[1])); d != 2*h.Float64(0) || f != 2*h.Float32(1) || s.FReg[1]>>32 != 0 {
				t.Errorf("twice %v and %v is %v and %v", h.Float64(0), h.Float32(1), d, f)
			}
			copy(h.Results, h.Args)
			return nil
		}}})
		s := ops.State{Reg: [ops.NumRegs]uint64{5}, FReg: [ops.NumFRegs]uint64{bitsOf(ops.Float, 3), bitsOf(ops.Float32, 7)}}
		if err := in.Call(context.Background(), sum, &s); err != nil {
			t.Fatal(err)
		}
		if got := math.Float64frombits(s.FReg[0]); got != 7.5 {
			t.Errorf("float64: %v, want 7.5", got)
		}
		if got := math.Float32frombits(uint32(s.FReg[1])); got != 17.5 || s.FReg[1]>>32 != 0 {
			t.Errorf("float32: %v (%#x), want 17.5", got, s.FReg[1])
		}
	})
}
