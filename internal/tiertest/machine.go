package tiertest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// Forms of operations on floats and of those that take more than d, l and r: as
// forms, but what comes out is what the interpreter says, whose own tests have it
// from elsewhere.

// Floats has float64 at which operations change their minds: zeros, subnormals, the
// limits of integers and of exactness with their neighbours, halves, infinities,
// NaNs quiet and signalling, with and without a payload and a sign.
var Floats = floats(math.Float64bits, math.Nextafter, func(v float64) float64 { return v },
	1, 1<<52, 1<<52-1, 0x7ff<<52, 0x7ff<<52|1<<51, 0x7ff<<52|1, 0xfff<<52|1<<51|0xbeef, 0xfff<<52|1<<50, math.Float64bits(math.MaxFloat64))

// Floats32 is the same of float32.
var Floats32 = floats(func(v float32) uint64 { return uint64(math.Float32bits(v)) }, math.Nextafter32, func(v float64) float32 { return float32(v) },
	1, 1<<23, 1<<23-1, 0xff<<23, 0xff<<23|1<<22, 0xff<<23|1, 0x1ff<<23|1<<22|0xbee, 0x1ff<<23|1<<21, uint64(math.Float32bits(math.MaxFloat32)))

func floats[F float32 | float64](bits func(F) uint64, next func(F, F) F, of func(float64) F, more ...uint64) []uint64 {
	list := more
	for _, v := range []float64{
		0, 0.5, 1, 1.5, 2.5, 0.1, 3.75, 1 << 23, 1 << 24, 1<<24 + 2, 1 << 31, 1 << 32, 1 << 52, 1<<52 + 1, 1 << 53, 1 << 63, 1 << 64, 1e30, 1e300,
	} {
		f := of(v)
		for _, g := range []F{f, next(f, 0), next(f, F(math.Inf(1)))} {
			list = append(list, bits(g), bits(-g))
		}
	}
	negated := of(math.Copysign(0, -1))
	list = append(list, bits(negated))
	slices.Sort(list)
	return slices.Compact(list)
}

// memoryBytes is the size of the memory of programs made here.
const memoryBytes = 64

// offsets are those that accesses have.
var offsets = []uint32{0, 1, 7, 56, 57, 63, 64, 1 << 31, math.MaxUint32}

// addresses are values with which, and with the offsets, accesses are just within
// the memory or just outside.
var addresses = []uint64{
	0, 1, 8, 55, 56, 57, 60, 61, 62, 63, 64, 1 << 31, 1<<32 - 1, 1<<32 - 8, 1 << 32, 1<<63 - 1, 1 << 63,
	math.MaxUint64, math.MaxUint64 - 7, math.MaxUint64 - 63, math.MaxUint64 - 1<<32 + 1, math.MaxUint64 - 1<<32 + 9, 1<<32 + 8,
}

// floatPlaces are what an operand that is a float is tried as.
var floatPlaces = []ops.Operand{ops.FA, ops.FX, ops.FY, ops.FO, ops.Slot(0), ops.Slot(1)}

// A machineForm makes the functions of one operation.
type machineForm struct {
	code  ops.Code
	row   *ops.Info
	b     *ops.Builder
	exact bool
	count int // of functions
}

// machineForms returns the program of one operation.
func machineForms(t testing.TB, code ops.Code) Program {
	f := machineForm{code: code, row: code.Info(), b: ops.NewBuilder()}
	f.exact = keepsBits(code)
	f.b.Memory(memoryBytes, memoryBytes)
	data := make([]byte, memoryBytes)
	for i := range data {
		data[i] = byte(0x81 + 37*i)
	}
	f.b.Data(0, string(data))
	for i := range 3 {
		f.b.Global(0xfedc_ba98_7654_3210 + uint64(i)<<60)
	}
	f.b.Counters(3)
	p := Program{Name: "forms/" + code.String()}
	for _, d := range f.operands(f.row.D, ops.OperandD) {
		for _, l := range f.operands(f.row.L, ops.OperandL) {
			for _, r := range f.operands(f.row.R, ops.OperandR) {
				for _, s := range f.extras(d, l, r) {
					p.Cases = append(p.Cases, f.function(p.Name, d, l, r, s)...)
				}
			}
		}
	}
	var err error
	if p.Program, err = f.b.Build(); err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	for i := range p.Cases {
		c := &p.Cases[i]
		o := c.Interpret(p.Program)
		c.Want, c.Trap, c.World = o.Results, o.Trap, o.World
		if o.Trap != 0 {
			c.In = c.Func
		}
	}
	return p
}

// keepsBits reports whether an operation moves floats without looking at them, so
// that even a NaN comes out as it went in.
func keepsBits(code ops.Code) bool {
	switch code {
	case ops.FMov, ops.FMov32, ops.FAbs, ops.FAbs32, ops.FNeg, ops.FNeg32, ops.FCopysign, ops.FCopysign32,
		ops.FSelNZ, ops.FSelNZ32, ops.FSelZ, ops.FSelZ32, ops.FBits, ops.FBits32, ops.FFromBits, ops.FFromBits32:
		return true
	}
	switch code.Info().Extra {
	case ops.OffsetExtra, ops.GlobalExtra:
		return true
	}
	return false
}

// width returns the type of an operand that is a float.
func (f *machineForm) width(which ops.Operands) ops.Type {
	if f.row.Single&which != 0 {
		return ops.Float32
	}
	return ops.Float
}

// isFloat reports whether an operand is a float.
func isFloat(k ops.Kinds) bool { return k.Has(ops.KindFReg) }

func (f *machineForm) operands(kinds ops.Kinds, which ops.Operands) []ops.Operand {
	if !isFloat(kinds) {
		return operands(kinds)
	}
	list := slices.Clone(floatPlaces)
	if kinds.Has(ops.KindImm) {
		for _, v := range []float64{0, 1, -2.5, math.Inf(-1), math.NaN(), 0x1p-140} {
			if f.width(which) == ops.Float32 {
				list = append(list, ops.F32(float32(v)))
			} else {
				list = append(list, ops.F64(v))
			}
		}
	}
	return list
}

// extras returns what the operation takes besides.
func (f *machineForm) extras(d, l, r ops.Operand) []uint32 {
	switch f.row.Extra {
	case ops.RegExtra:
		if d.Kind() == ops.KindReg && l.Kind() == ops.KindReg && r.Kind() == ops.KindReg {
			return []uint32{0, 1, 2, 3} // all coincidences
		}
		// One of four, so that each meets every operand that it may be.
		f.count++
		return []uint32{uint32(f.count+f.count/4+f.count/16) % ops.NumRegs}
	case ops.GlobalExtra, ops.CounterExtra:
		return []uint32{0, 2}
	case ops.OffsetExtra:
		return offsets
	}
	return []uint32{0}
}

// function makes a function of some operands, with its cases. It takes and returns
// all registers and two slots, and says whether a branch was taken.
func (f *machineForm) function(file string, d, l, r ops.Operand, extra uint32) []Case {
	from := f.width(ops.OperandL)
	if !isFloat(f.row.L) {
		from = f.width(ops.OperandR)
		if !isFloat(f.row.R) {
			from = f.width(ops.OperandD)
		}
	}
	params := []ops.Type{ops.Int, ops.Int, ops.Int, ops.Int, from, from, from, from, ops.Int, ops.Int}
	results := slices.Clone(params)
	if isFloat(f.row.D) {
		if i := slices.Index(allPlaces, d); i >= 0 {
			results[i] = f.width(ops.OperandD)
		}
	}
	branches := f.row.Flow == ops.Branch || f.row.Flow == ops.Switches
	if branches {
		results = append(results, ops.Int)
	}
	sig := ops.MakeSignature(params, results)
	name := fmt.Sprintf("%s %s, %s, %s, %d", f.code, d, l, r, extra)
	id := f.b.Func(name, sig, sig.ResultSlots())
	if branches {
		f.b.Mov(ops.Slot(2), ops.Imm(1))
		f.branch(l, r)
	} else {
		f.operation(d, l, r, extra)
	}
	f.b.Return()
	cases := make([]Case, casesPerFunction)
	for i := range cases {
		c := &cases[i]
		*c = Case{File: file, Func: name, ID: id, Sig: sig, Exact: f.exact}
		f.fill(c, l, r, int(id)*casesPerFunction+i, from)
	}
	return cases
}

// operation appends the operation.
func (f *machineForm) operation(d, l, r ops.Operand, extra uint32) {
	switch f.row.Extra {
	case ops.RegExtra:
		f.b.Select(f.code, d, l, r, ops.Reg(int(extra)))
	case ops.OffsetExtra:
		if f.row.D == ops.None {
			f.b.Store(f.code, l, r, extra)
		} else {
			f.b.Load(f.code, d, l, extra)
		}
	case ops.GlobalExtra:
		if f.row.D == ops.None {
			f.b.GlobalSet(f.code, l, int(extra))
		} else {
			f.b.GlobalGet(f.code, d, int(extra))
		}
	case ops.CounterExtra:
		f.b.Count(int(extra))
	default:
		f.b.Op(f.code, d, l, r)
	}
}

// branch appends what sets slot 2 to 0 if a branch is not taken, or to the number of
// the label that a switch goes to.
func (f *machineForm) branch(l, r ops.Operand) {
	b := f.b
	if f.row.Flow == ops.Branch {
		taken := b.Label()
		b.Branch(f.code, l, r, taken)
		b.Mov(ops.Slot(2), ops.Imm(0))
		b.Bind(taken)
		return
	}
	end := b.Label()
	labels := []ops.Label{b.Label(), b.Label(), b.Label()}
	other := b.Label()
	b.Switch(l, append(labels, labels[1]), other)
	for i, to := range append(labels, other) {
		b.Bind(to)
		b.Mov(ops.Slot(2), ops.Imm(int64(i)))
		b.Jump(end)
	}
	b.Bind(end)
}

// allPlaces is where parameters and results are, in the order of a signature.
var allPlaces = []ops.Operand{ops.A, ops.X, ops.Y, ops.O, ops.FA, ops.FX, ops.FY, ops.FO, ops.Slot(0), ops.Slot(1)}

// fill makes the arguments of the n-th case.
func (f *machineForm) fill(c *Case, l, r ops.Operand, n int, from ops.Type) {
	list := Floats
	if from == ops.Float32 {
		list = Floats32
	}
	c.Args = make([]uint64, len(allPlaces))
	for i := range c.Args {
		c.Args[i] = 0xf0f0_0000_0000_0000 + uint64(n)<<8 + uint64(i)
		if allPlaces[i].Kind() == ops.KindFReg {
			c.Args[i] = list[(7*n+i)%len(list)]
		}
	}
	set := func(o ops.Operand, kinds ops.Kinds, n int) {
		values := Boundary
		switch {
		case isFloat(kinds):
			values = list
		case f.row.Extra == ops.OffsetExtra && o == l:
			values = addresses
		}
		if i := slices.Index(allPlaces, o); i >= 0 && o != (ops.Operand{}) {
			c.Args[i] = values[n%len(values)]
		}
	}
	set(r, f.row.R, n/7+n)
	set(l, f.row.L, n)
}
