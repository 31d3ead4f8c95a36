package tiertest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/copyjit/copyjit/ops"
)

// Random returns a random program that is verified and terminates, with cases
// that say what to call but not what comes out: that is for the tiers to agree
// on. It uses every operation of the table with every kind of operand; functions
// call later ones only, directly or through the table, and loops count down in a
// slot that nothing else writes.
//
// Which NaN arithmetic gives is up to the tier, so that behind every such operation
// stands one that makes all NaNs the same.
func Random(r *rand.Rand) Program {
	g := generator{r: r, b: ops.NewBuilder()}
	for _, c := range ops.Codes() {
		switch c.Flow() {
		case ops.Next:
			g.compute = append(g.compute, c)
		case ops.Branch:
			g.branch = append(g.branch, c)
		}
	}
	n := 1 + r.IntN(4)
	g.declare(n)
	for i := range n {
		g.function(ops.FuncID(i))
	}
	p, err := g.b.Build()
	if err != nil {
		panic("tiertest: a random program is rejected: " + err.Error())
	}
	list := Program{Name: "random", Program: p}
	for i := range n {
		for range 3 {
			c := Case{File: "random", Func: p.Func(ops.FuncID(i)).Name, ID: ops.FuncID(i), Sig: g.sigs[i]}
			for _, t := range c.Sig.Params() {
				c.Args = append(c.Args, g.valueOf(t))
			}
			list.Cases = append(list.Cases, c)
		}
	}
	return list
}

type generator struct {
	r               *rand.Rand
	b               *ops.Builder
	sigs            []ops.Signature
	hosts           []ops.Signature
	table           []ops.FuncID
	compute, branch []ops.Code

	fn    ops.FuncID
	slots []ops.Operand // those that operations may write
	loops []ops.Operand // counters
	depth int           // of loops
	left  int           // operations still to make
}

const (
	// maxLoops is how many counters a function has: loops nested deeper would only
	// take long.
	maxLoops = 2

	randomMemory  = 256 // bytes
	randomGlobals = 3
)

// declare declares n functions and all else that the program has.
func (g *generator) declare(n int) {
	g.b.Memory(randomMemory, randomMemory)
	data := make([]byte, g.r.IntN(randomMemory))
	for i := range data {
		data[i] = byte(g.r.Uint32())
	}
	g.b.Data(uint64(g.r.IntN(randomMemory-len(data))), string(data))
	for range randomGlobals {
		g.b.Global(g.number())
	}
	g.b.Counters(randomGlobals)
	for i := range 2 {
		g.hosts = append(g.hosts, g.signature(4))
		g.b.Host(fmt.Sprint("h", i), g.hosts[i])
	}
	for i := range n {
		g.sigs = append(g.sigs, g.signature(9))
		g.b.Declare(fmt.Sprint("f", i), g.sigs[i])
		g.table = append(g.table, ops.FuncID(i))
	}
	g.table = append(g.table, ops.NoFunc)
	g.b.Table(g.table...)
}

// signature returns one of fewer than n parameters and results.
func (g *generator) signature(n int) ops.Signature {
	types := func() (list []ops.Type) {
		for range g.r.IntN(n) {
			list = append(list, ops.Type(g.r.IntN(4)%3))
		}
		return list
	}
	if g.r.IntN(5) == 0 {
		return ops.MakeSlotSignature(types(), types())
	}
	return ops.MakeSignature(types(), types())
}

// Of the float registers the first two hold float64 wherever an operation stands,
// the others float32.
const firstSingle = 2

// isSingle reports whether a float register is one of those with a float32.
func isSingle(n ops.Number) bool { return (n-ops.FirstFReg)%ops.NumFRegs >= firstSingle }

func (g *generator) function(id ops.FuncID) {
	sig := g.sigs[id]
	own := max(sig.ParamSlots(), sig.ResultSlots()) + g.r.IntN(5)
	if g.r.IntN(8) == 0 {
		own += 60 // beyond what one word of the verifier's state holds
	}
	g.b.Begin(id, own+maxLoops)
	g.fn, g.slots, g.loops, g.depth, g.left = id, nil, nil, 0, 5+g.r.IntN(30)
	for i := range own {
		g.slots = append(g.slots, ops.Slot(i))
	}
	if n := sig.ParamSlots(); n < own {
		g.b.Clear(ops.Slot(n), own-n)
	}
	for i := range maxLoops {
		g.loops = append(g.loops, ops.Slot(own+i))
		g.b.Mov(ops.Slot(own+i), ops.Imm(0))
	}
	g.define(sig.ParamPlaces())
	g.block()
	g.values(sig.Results(), sig.ResultPlaces(), ops.Slot)
	g.b.Return()
}

// register returns the register with a Number.
func register(n ops.Number) ops.Operand {
	if n >= ops.FirstFReg {
		return ops.FReg(int(n-ops.FirstFReg) % ops.NumFRegs)
	}
	return ops.Reg(int(n - ops.FirstReg))
}

// setSlot gives a slot a value of a type: a float32 has zeros above it.
func (g *generator) setSlot(slot ops.Operand, t ops.Type) {
	if t == ops.Float32 {
		g.b.Op(ops.FMov32, slot, g.operand(ops.FValue, true), ops.Operand{})
		return
	}
	g.b.Mov(slot, g.operand(ops.Value, false))
}

// values puts values of these types in their places: in slots, and in those float
// registers that hold the other width so far. These are last: until then, what goes
// into a slot may come from them.
func (g *generator) values(types []ops.Type, places []ops.Number, slot func(int) ops.Operand) {
	for i, n := range places {
		if n >= ops.FirstSlot {
			g.setSlot(slot(int(n)-ops.FirstSlot), types[i])
		}
	}
	for _, n := range places {
		switch {
		case n >= ops.FirstSlot:
		case n >= ops.FirstFReg32 && !isSingle(n):
			g.b.Op(ops.FMov32, register(n), g.floatImm(true), ops.Operand{})
		case n >= ops.FirstFReg && n < ops.FirstFReg32 && isSingle(n):
			g.b.Op(ops.FMov, register(n), g.floatImm(false), ops.Operand{})
		}
	}
}

// define gives a value to the registers that the places, of parameters or results,
// do not.
func (g *generator) define(places []ops.Number) {
	for n := range ops.Number(ops.NumRegs) {
		if !slices.Contains(places, ops.FirstReg+n) {
			g.b.Mov(ops.Reg(int(n)), g.imm())
		}
	}
	for n := range ops.Number(ops.NumFRegs) {
		switch {
		case !isSingle(ops.FirstFReg+n) && !slices.Contains(places, ops.FirstFReg+n):
			g.b.Op(ops.FMov, ops.FReg(int(n)), g.floatImm(false), ops.Operand{})
		case isSingle(ops.FirstFReg+n) && !slices.Contains(places, ops.FirstFReg32+n):
			g.b.Op(ops.FMov32, ops.FReg(int(n)), g.floatImm(true), ops.Operand{})
		}
	}
}

// block makes statements until there are enough.
func (g *generator) block() {
	for n := 1 + g.r.IntN(8); n > 0 && g.left > 0; n-- {
		g.left--
		switch k := g.r.IntN(20); {
		case k == 0 && g.depth < maxLoops:
			g.loop()
		case k < 3:
			g.choice()
		case k == 3:
			g.jumps()
		case k == 4 && int(g.fn)+1 < len(g.sigs):
			g.call(g.fn + 1 + ops.FuncID(g.r.IntN(len(g.sigs)-int(g.fn)-1)))
		case k == 5:
			h := g.r.IntN(len(g.hosts))
			g.around(g.hosts[h], func() { g.b.CallHost(ops.HostID(h)) })
		case k == 6 && g.r.IntN(20) == 0:
			skip := g.b.Label()
			g.goTo(skip)
			g.b.Trap(uint32(g.r.IntN(100)))
			g.b.Bind(skip)
		default:
			g.operation()
		}
	}
}

// operation makes one that computes, with operands of any kind that it takes.
func (g *generator) operation() {
	code := g.compute[g.r.IntN(len(g.compute))]
	row := code.Info()
	pick := func(kinds ops.Kinds, which ops.Operands) ops.Operand { return g.operand(kinds, row.Single&which != 0) }
	d, l, r := pick(row.D, ops.OperandD), pick(row.L, ops.OperandL), pick(row.R, ops.OperandR)
	switch row.Extra {
	case ops.RegExtra:
		g.b.Select(code, d, l, r, ops.Reg(g.r.IntN(ops.NumRegs)))
	case ops.OffsetExtra:
		offset := uint32(g.r.IntN(randomMemory / 2))
		switch g.r.IntN(10) {
		case 0: // anything, mostly out of bounds
			if g.r.IntN(3) == 0 {
				offset = uint32(g.number())
			}
		default:
			g.b.And(l, l, ops.Imm(randomMemory/2-1-7))
		}
		if row.D == ops.None {
			g.b.Store(code, l, r, offset)
		} else {
			g.b.Load(code, d, l, offset)
		}
	case ops.GlobalExtra:
		if row.D == ops.None {
			g.b.GlobalSet(code, l, g.r.IntN(randomGlobals))
		} else {
			g.b.GlobalGet(code, d, g.r.IntN(randomGlobals))
		}
	case ops.CounterExtra:
		g.b.Count(g.r.IntN(randomGlobals))
	default:
		g.b.Op(code, d, l, r)
	}
	if row.D.Has(ops.KindFReg) && !keepsBits(code) {
		g.sameNaN(d, row.Single&ops.OperandD != 0)
	}
}

// sameNaN makes d one certain NaN if it is any.
func (g *generator) sameNaN(d ops.Operand, single bool) {
	number := g.b.Label()
	if single {
		g.b.Branch(ops.FBEq32, d, d, number)
		g.b.Op(ops.FMov32, d, ops.Imm(0x7fc00000), ops.Operand{})
	} else {
		g.b.Branch(ops.FBEq, d, d, number)
		g.b.Op(ops.FMov, d, ops.Imm(0x7ff8<<48), ops.Operand{})
	}
	g.b.Bind(number)
}

// goTo makes any branch.
func (g *generator) goTo(to ops.Label) {
	code := g.branch[g.r.IntN(len(g.branch))]
	row := code.Info()
	g.b.Branch(code, g.operand(row.L, row.Single != 0), g.operand(row.R, row.Single != 0), to)
}

// choice makes an if with two branches.
func (g *generator) choice() {
	other, end := g.b.Label(), g.b.Label()
	g.goTo(other)
	g.block()
	g.b.Jump(end)
	g.b.Bind(other)
	g.block()
	// An empty block would leave two labels at one place, which is fine too.
	g.b.Bind(end)
	g.operation()
}

// jumps makes a switch.
func (g *generator) jumps() {
	end := g.b.Label()
	labels := make([]ops.Label, g.r.IntN(4))
	for i := range labels {
		labels[i] = g.b.Label()
		if i > 0 && g.r.IntN(4) == 0 {
			labels[i] = labels[i-1]
		}
	}
	l := g.place()
	if g.r.IntN(4) > 0 {
		g.b.And(l, l, ops.Imm(3))
	}
	g.b.Switch(l, labels, end)
	for i, to := range labels {
		if slices.Contains(labels[:i], to) {
			continue
		}
		g.b.Bind(to)
		g.block()
		if g.r.IntN(2) == 0 {
			g.b.Jump(end)
			continue
		}
		g.operation()
		g.b.Jump(end)
	}
	g.b.Bind(end)
	g.operation()
}

// loop makes a loop of a few rounds, whose back-edge is a branch or, now and then, a
// switch.
func (g *generator) loop() {
	counter := g.loops[g.depth]
	g.depth++
	head := g.b.Label()
	g.b.Mov(counter, ops.Imm(int64(1+g.r.IntN(4))))
	g.b.Bind(head)
	g.block()
	g.b.Sub(counter, counter, ops.Imm(1))
	if g.r.IntN(4) == 0 {
		end := g.b.Label()
		g.b.Switch(counter, []ops.Label{end}, head)
		g.b.Bind(end)
	} else {
		g.b.Branch(ops.BNe, counter, ops.Imm(0), head)
	}
	g.depth--
}

// call makes a call, directly or through the table, where now and then there is
// nothing, another signature or no place.
func (g *generator) call(id ops.FuncID) {
	if g.r.IntN(2) == 0 {
		g.around(g.sigs[id], func() { g.b.Call(id) })
		return
	}
	index, sig := slices.Index(g.table, id), g.sigs[id]
	if g.r.IntN(20) == 0 {
		// One that traps, unless the signature happens to be the same: then the
		// function must be a later one all the same.
		if g.r.IntN(2) == 0 {
			index = len(g.table) - 1 + g.r.IntN(3)
		}
		sig = g.sigs[g.r.IntN(len(g.sigs))]
	}
	l, ok := g.free(sig)
	if !ok {
		g.around(g.sigs[id], func() { g.b.Call(id) })
		return
	}
	g.around(sig, func() {
		g.b.Mov(l, ops.Imm(int64(index)))
		g.b.CallIndirect(l, sig)
	})
}

// free returns a place that holds no argument of a call and that may be written: a
// register, or the counter of a loop that there is not.
func (g *generator) free(sig ops.Signature) (place ops.Operand, ok bool) {
	for n := range ops.NumRegs {
		if !slices.Contains(sig.ParamPlaces(), ops.Reg(n).Number()) {
			return ops.Reg(n), true
		}
	}
	if g.depth == maxLoops {
		return place, false
	}
	return g.loops[maxLoops-1], true
}

// around makes a call's arguments before it and gives all registers values again
// behind it.
func (g *generator) around(sig ops.Signature, call func()) {
	g.values(sig.Params(), sig.ParamPlaces(), g.b.Out)
	call()
	g.define(sig.ResultPlaces())
	for i := range sig.ResultSlots() {
		g.b.Mov(g.place(), g.b.Out(i))
	}
}

// operand returns one of those kinds.
func (g *generator) operand(kinds ops.Kinds, single bool) ops.Operand {
	isImm := kinds.Has(ops.KindImm) && g.r.IntN(3) == 0
	switch {
	case kinds == ops.None:
		return ops.Operand{}
	case kinds.Has(ops.KindFReg) && isImm:
		return g.floatImm(single)
	case isImm:
		return g.imm()
	case kinds.Has(ops.KindFReg):
		return g.floatPlace(single)
	}
	return g.place()
}

// place returns a register or slot.
func (g *generator) place() ops.Operand {
	if n := g.r.IntN(ops.NumRegs + 3); n < ops.NumRegs || len(g.slots) == 0 {
		return ops.Reg(n % ops.NumRegs)
	}
	return g.slots[g.r.IntN(len(g.slots))]
}

// floatPlace returns a float register of a width, or a slot.
func (g *generator) floatPlace(single bool) ops.Operand {
	if g.r.IntN(3) == 0 && len(g.slots) > 0 {
		return g.slots[g.r.IntN(len(g.slots))]
	}
	n := g.r.IntN(firstSingle)
	if single {
		n += firstSingle
	}
	return ops.FReg(n)
}

func (g *generator) imm() ops.Operand { return ops.Uimm(g.number()) }

func (g *generator) floatImm(single bool) ops.Operand {
	if single {
		return ops.Imm(int64(int32(g.valueOf(ops.Float32))))
	}
	if g.r.IntN(4) == 0 {
		return ops.Imm(int64(int32(g.number()))) // fits a form with 32 bits: a subnormal or NaN
	}
	return ops.Uimm(g.valueOf(ops.Float))
}

// valueOf returns a value of a type.
func (g *generator) valueOf(t ops.Type) uint64 {
	switch {
	case t == ops.Int:
		return g.number()
	case t == ops.Float && g.r.IntN(2) == 0:
		return Floats[g.r.IntN(len(Floats))]
	case t == ops.Float:
		return ops.F64(float64(int64(g.number())) / 1000).Uint64()
	case g.r.IntN(2) == 0:
		return Floats32[g.r.IntN(len(Floats32))]
	}
	return uint64(uint32(ops.F32(float32(int32(g.number())) / 1000).Uint64()))
}

// number returns one of which operations may change their minds, or any.
func (g *generator) number() uint64 {
	switch g.r.IntN(4) {
	case 0:
		return Boundary[g.r.IntN(len(Boundary))]
	case 1:
		return uint64(int64(g.r.IntN(16) - 8))
	}
	return g.r.Uint64() >> g.r.IntN(64)
}
