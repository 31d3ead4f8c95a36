package meaning_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/ops/meaning"
	"github.com/copyjit/copyjit/ops/meaning/bv"
)

// Every operation means something.
func TestCoverage(t *testing.T) {
	for _, code := range ops.Codes() {
		if !meaning.Known(code) {
			t.Errorf("nobody has said what %s means", code)
		}
	}
}

// Slots of the functions under test, and what their control does.
const (
	slotL = iota
	slotR
	slotD
	slotS
	numSlots

	trapTaken    = 7       // the code of a trap that says: the label
	labels       = 3       // of a switch, and places in the table
	memoryBytes  = 64      // small, so that bounds are met
	offset       = 5       // of addresses
	globalBefore = 1 << 63 // what the global holds
)

// program returns a program that executes one operation on slots, then returns.
// Where control can go elsewhere, a trap says that it went there, or slot d which
// label.
func program(t *testing.T, code ops.Code) *ops.Program {
	t.Helper()
	b := ops.NewBuilder()
	b.Memory(memoryBytes, memoryBytes)
	b.Global(globalBefore)
	b.Counters(1)
	i := ops.Int
	b.Func("f", ops.MakeSlotSignature([]ops.Type{i, i, i, i}, []ops.Type{i, i, i, i}), numSlots)
	row := code.Info()
	operand := func(allowed ops.Kinds, slot int) ops.Operand {
		if allowed.Has(ops.KindSlot) {
			return ops.Slot(slot)
		}
		return ops.Operand{}
	}
	d, l, r := operand(row.D, slotD), operand(row.L, slotL), operand(row.R, slotR)
	switch row.Extra {
	case ops.NoExtra:
		b.Op(code, d, l, r)
	case ops.LabelExtra:
		to := b.Label()
		if code == ops.Jump {
			b.Jump(to)
		} else {
			b.Branch(code, l, r, to)
			b.Return()
		}
		b.Bind(to)
		b.Trap(trapTaken)
	case ops.RegExtra:
		b.Mov(ops.Y, ops.Slot(slotS))
		b.Select(code, d, l, r, ops.Y)
	case ops.OffsetExtra:
		if row.D == ops.None {
			b.Store(code, l, r, offset)
		} else {
			b.Load(code, d, l, offset)
		}
	case ops.GlobalExtra:
		if row.D == ops.None {
			b.GlobalSet(code, l, 0)
		} else {
			b.GlobalGet(code, d, 0)
		}
	case ops.CounterExtra:
		b.Count(0)
	case ops.TrapCodeExtra:
		b.Trap(trapTaken)
	case ops.TableExtra:
		var list []ops.Label
		for range labels + 1 {
			list = append(list, b.Label())
		}
		b.Switch(l, list[:labels], list[labels])
		for n, to := range list {
			b.Bind(to)
			b.Mov(ops.Slot(slotD), ops.Imm(int64(n)))
			b.Return()
		}
	case ops.SignatureExtra:
		b.CallIndirect(l, ops.MakeSignature(nil, nil))
	case ops.FuncExtra:
		b.Call(b.Declare("g", ops.MakeSignature(nil, nil)))
	case ops.HostExtra:
		b.CallHost(b.Host("h", ops.MakeSignature(nil, nil)))
	}
	if row.Flow == ops.Next || row.Flow == ops.Invoke {
		b.Return()
	}
	if row.Extra == ops.FuncExtra {
		b.Begin(1, 0)
		b.Trap(trapTaken)
	}
	if row.Extra == ops.SignatureExtra {
		var funcs []ops.FuncID
		for range labels - 2 {
			funcs = append(funcs, b.Func("g", ops.MakeSignature(nil, nil), 0))
			b.Trap(trapTaken)
		}
		b.Table(append(funcs, ops.NoFunc, 0)...)
	}
	p, err := b.Build()
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return p
}

// values are numbers at which operations may do something else than beside them, or
// any.
func values(random *rand.Rand) uint64 {
	switch random.IntN(8) {
	case 0:
		return uint64(random.IntN(70)) - 3
	case 1:
		return 1<<random.IntN(64) - uint64(random.IntN(2))
	case 2:
		return ^uint64(0) << random.IntN(64)
	case 3:
		return uint64(int64(int32(random.Uint32())))
	case 4:
		return floats[random.IntN(len(floats))] ^ uint64(random.IntN(2))<<63
	case 5:
		return floats[random.IntN(len(floats))] + uint64(random.IntN(3)) - 1
	case 6:
		return floats32[random.IntN(len(floats32))] ^ uint64(random.IntN(2))<<31 + uint64(random.IntN(3)) - 1
	}
	return random.Uint64()
}

var floats = []uint64{
	0, 0x3ff0000000000000, 0x43e0000000000000, 0x43f0000000000000, 0x41e0000000000000, 0x41f0000000000000, 0x41dfffffffc00000, 0xc1e0000000200000,
	0x7ff0000000000000, 0x7ff8000000000000, 0x7fefffffffffffff, 0x0010000000000000, 0x3fe0000000000000, 0x3ff8000000000000, 0x4330000000000000,
}
var floats32 = []uint64{0, 0x3f800000, 0x5f000000, 0x5f800000, 0x4f000000, 0x4f800000, 0x7f800000, 0x7fc00000, 0x7f7fffff, 0x00800000, 0x3f000000, 0x3fc00000, 0x4b000000}

// What an operation means is what the interpreter does.
func TestInterpreter(t *testing.T) {
	for _, code := range ops.Codes() {
		if !meaning.Known(code) {
			continue // TestCoverage says so
		}
		t.Run(code.String(), func(t *testing.T) {
			p := program(t, code)
			random := rand.New(rand.NewPCG(uint64(code), 0))
			runs := 1000
			if code.Info().Extra == ops.OffsetExtra {
				runs = 200 // of which each makes a memory
			}
			for range runs {
				compare(t, code, p, [numSlots]uint64{values(random), values(random), values(random), values(random)}, random.Uint64())
			}
		})
	}
}

// compare runs an operation and compares with its meaning.
func compare(t *testing.T, code ops.Code, prog *ops.Program, in [numSlots]uint64, seed uint64) {
	t.Helper()
	row := code.Info()
	if row.Extra == ops.OffsetExtra && seed&3 != 0 {
		in[slotL] %= memoryBytes + 2 // most accesses near or in the memory
	}
	if row.Flow == ops.Switches || row.Extra == ops.SignatureExtra {
		in[slotL] %= labels + 2
	}
	for operand, slot := range map[ops.Operands]int{ops.OperandD: slotD, ops.OperandL: slotL, ops.OperandR: slotR} {
		if row.Single&operand != 0 {
			in[slot] &= 1<<32 - 1 // a float32 in a slot
		}
	}
	m := &ops.Machine{Stack: make([]uint64, 64), Memory: make([]byte, memoryBytes), Globals: []uint64{globalBefore}, Counters: []uint64{seed}, Table: prog.Table(), Polls: 1 << 30}
	for n := range m.Memory {
		m.Memory[n] = byte(seed >> (n % 57))
	}
	before := slices.Clone(m.Memory)
	m.Enter(0)
	copy(m.Frame(numSlots), in[:])
	exit := m.Run(prog)

	pool := bv.NewPool()
	c := func(v uint64) *bv.Term { return pool.Const(v, 64) }
	mem := pool.Memory("zeros")
	for n, b := range before {
		if row.Extra != ops.OffsetExtra {
			break
		}
		mem = mem.Store(c(uint64(n)), pool.Const(uint64(b), 8))
	}
	signatures := []uint64{uint64(ops.MakeSignature(nil, nil)), meaning.NoSignature, uint64(prog.Func(0).Sig), 0, 0, 0}
	e, err := meaning.Of(code, &meaning.Inputs{
		Pool: pool, D: c(in[slotD]), L: c(in[slotL]), R: c(in[slotR]), S: c(in[slotS]), Offset: c(offset),
		Memory: mem, MemSize: c(memoryBytes), Global: c(globalBefore), Counter: c(seed),
		TableSize: c(labels), EntrySignature: pool.Const(signatures[min(in[slotL], 5)], 32), Signature: pool.Const(signatures[0], 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("%s of l %#x, r %#x, d %#x, s %#x: "+format, append([]any{code, in[slotL], in[slotR], in[slotD], in[slotS]}, args...)...)
	}
	reason := e.Chosen()
	switch {
	case reason != 0:
		if exit != ops.ExitTrap || m.Reason != reason {
			fail("the interpreter ends with %v, %v; the meaning is %v", exit, m.Reason, reason)
		}
		e = &meaning.Effect{} // nothing else
	case row.Flow == ops.Branch && e.Taken.True() || row.Flow == ops.Goto || row.Extra == ops.SignatureExtra || row.Extra == ops.FuncExtra:
		if exit != ops.ExitTrap || m.Reason != ops.ReasonExplicit {
			fail("the interpreter ends with %v; it should have gone to the label or function", exit)
		}
	case row.Extra == ops.HostExtra:
		if exit != ops.ExitHostCall {
			fail("the interpreter ends with %v", exit)
		}
	case exit != ops.ExitReturn:
		fail("the interpreter ends with %v, %v", exit, m.Reason)
	}
	if row.Flow == ops.Invoke {
		return // in the callee, whose frame is another
	}
	wantD := in[slotD]
	got := m.Frame(numSlots)[slotD]
	switch {
	case e.AnyNaN != nil && e.AnyNaN.True():
		v := c(got)
		if row.Single&ops.OperandD != 0 {
			v = v.Extract(0, 32)
		}
		if !meaning.IsQuietNaN(v).True() || got != got&bv.Mask(v.Width) {
			fail("the interpreter gives %#x, which is no quiet NaN", got)
		}
		wantD = got
	case e.D != nil && row.D != ops.None:
		wantD = e.D.Value
	case row.Flow == ops.Switches:
		wantD = min(e.Index.Value, labels)
	}
	if got != wantD {
		fail("the interpreter makes d %#x; the meaning is %#x", got, wantD)
	}
	for slot, want := range map[int]uint64{slotL: in[slotL], slotR: in[slotR], slotS: in[slotS]} {
		if got := m.Frame(numSlots)[slot]; exit == ops.ExitReturn && got != want {
			fail("slot %d becomes %#x", slot, got)
		}
	}
	if want := orElse(e.Global, globalBefore); m.Globals[0] != want {
		fail("the global becomes %#x, want %#x", m.Globals[0], want)
	}
	if want := orElse(e.Counter, seed); m.Counters[0] != want {
		fail("the counter becomes %#x, want %#x", m.Counters[0], want)
	}
	if e.Memory != nil {
		addr, v := e.Memory.Args[1].Value, e.Memory.Args[2]
		copy(before[addr:], binary.LittleEndian.AppendUint64(nil, v.Value)[:v.Width/8])
	}
	if !slices.Equal(m.Memory, before) {
		fail("the memory becomes % x, want % x", m.Memory, before)
	}
}

func orElse(t *bv.Term, v uint64) uint64 {
	if t == nil {
		return v
	}
	return t.Value
}
