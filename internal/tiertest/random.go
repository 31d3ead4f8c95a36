package tiertest

import (
	"fmt"
	"math/rand/v2"

	"github.com/copyjit/copyjit/ops"
)

// Random returns a random program that is verified and terminates, with cases
// that say what to call but not what comes out: that is for the tiers to agree
// on. It uses every operation of the table that computes or branches, with every
// kind of operand; functions call later ones only, and loops count down in a
// slot that nothing else writes.
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
	for i := range n {
		g.sigs = append(g.sigs, ops.MakeSignature(ints(r.IntN(7)), ints(r.IntN(7))))
		g.b.Declare(fmt.Sprint("f", i), g.sigs[i])
	}
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
			for range c.Sig.Params() {
				c.Args = append(c.Args, g.number())
			}
			list.Cases = append(list.Cases, c)
		}
	}
	return list
}

func ints(n int) []ops.Type { return make([]ops.Type, n) }

type generator struct {
	r               *rand.Rand
	b               *ops.Builder
	sigs            []ops.Signature
	compute, branch []ops.Code

	fn    ops.FuncID
	slots []ops.Operand // those that operations may write
	loops []ops.Operand // counters
	depth int           // of loops
	left  int           // operations still to make
}

// maxLoops is how many counters a function has: loops nested deeper would only
// take long.
const maxLoops = 2

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
		if i >= sig.ParamSlots() {
			g.b.Mov(ops.Slot(i), g.imm())
		}
	}
	for i := range maxLoops {
		g.loops = append(g.loops, ops.Slot(own+i))
		g.b.Mov(ops.Slot(own+i), ops.Imm(0))
	}
	g.define(len(sig.Params()))
	g.block()
	for i := range sig.Results() {
		if i >= ops.NumRegs {
			g.b.Mov(ops.Slot(i-ops.NumRegs), g.value())
		}
	}
	g.b.Return()
}

// define gives a value to the registers from the n-th on.
func (g *generator) define(n int) {
	for ; n < ops.NumRegs; n++ {
		g.b.Mov(ops.Reg(n), g.imm())
	}
}

// block makes statements until there are enough.
func (g *generator) block() {
	for n := 1 + g.r.IntN(8); n > 0 && g.left > 0; n-- {
		g.left--
		switch k := g.r.IntN(20); {
		case k == 0 && g.depth < maxLoops:
			g.loop()
		case k < 4:
			g.choice()
		case k == 4 && int(g.fn)+1 < len(g.sigs):
			g.call(g.fn + 1 + ops.FuncID(g.r.IntN(len(g.sigs)-int(g.fn)-1)))
		case k == 5 && g.r.IntN(20) == 0:
			skip := g.b.Label()
			g.b.Branch(g.branch[g.r.IntN(len(g.branch))], g.place(), g.value(), skip)
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
	pick := func(kinds ops.Kinds) ops.Operand {
		switch {
		case kinds == ops.None:
			return ops.Operand{}
		case kinds.Has(ops.KindImm):
			return g.value()
		}
		return g.place()
	}
	g.b.Op(code, pick(row.D), pick(row.L), pick(row.R))
}

// choice makes an if with two branches.
func (g *generator) choice() {
	other, end := g.b.Label(), g.b.Label()
	g.b.Branch(g.branch[g.r.IntN(len(g.branch))], g.place(), g.value(), other)
	g.block()
	g.b.Jump(end)
	g.b.Bind(other)
	g.block()
	// An empty block would leave two labels at one place, which is fine too.
	g.b.Bind(end)
	g.operation()
}

// loop makes a loop of a few rounds.
func (g *generator) loop() {
	counter := g.loops[g.depth]
	g.depth++
	head := g.b.Label()
	g.b.Mov(counter, ops.Imm(int64(1+g.r.IntN(4))))
	g.b.Bind(head)
	g.block()
	g.b.Sub(counter, counter, ops.Imm(1))
	g.b.Branch(ops.BNe, counter, ops.Imm(0), head)
	g.depth--
}

// call makes a call and gives all registers values again behind it.
func (g *generator) call(id ops.FuncID) {
	sig := g.sigs[id]
	for i := range sig.ParamSlots() {
		g.b.Mov(g.b.Out(i), g.value())
	}
	g.b.Call(id)
	g.define(min(len(sig.Results()), ops.NumRegs))
	for i := range sig.ResultSlots() {
		g.b.Mov(g.place(), g.b.Out(i))
	}
}

// place returns a register or slot.
func (g *generator) place() ops.Operand {
	if n := g.r.IntN(ops.NumRegs + 3); n < ops.NumRegs || len(g.slots) == 0 {
		return ops.Reg(n % ops.NumRegs)
	}
	return g.slots[g.r.IntN(len(g.slots))]
}

// value returns a place or an immediate.
func (g *generator) value() ops.Operand {
	if g.r.IntN(3) == 0 {
		return g.imm()
	}
	return g.place()
}

func (g *generator) imm() ops.Operand { return ops.Uimm(g.number()) }

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
