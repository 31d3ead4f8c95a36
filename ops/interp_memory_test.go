package ops_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// An access is what a load gives, or a store writes, of so many bytes.
type access struct {
	size   int
	signed bool // a load has copies of the sign above the bytes
	half   bool // but zeros in the upper half
	swap   bool // most significant byte first
}

// accesses has the operations of 64-bit addresses; those of 32-bit addresses
// follow in the same order.
var accesses = map[ops.Code]access{
	ops.Load8U:     {size: 1},
	ops.Load8S:     {size: 1, signed: true},
	ops.Load16U:    {size: 2},
	ops.Load16S:    {size: 2, signed: true},
	ops.Load32U:    {size: 4},
	ops.Load32S:    {size: 4, signed: true},
	ops.Load64:     {size: 8},
	ops.Load8Sx32:  {size: 1, signed: true, half: true},
	ops.Load16Sx32: {size: 2, signed: true, half: true},
	ops.LoadSw16:   {size: 2, swap: true},
	ops.LoadSw32:   {size: 4, swap: true},
	ops.LoadSw64:   {size: 8, swap: true},
	ops.FLoad:      {size: 8},
	ops.FLoad32:    {size: 4},
	ops.Store8:     {size: 1},
	ops.Store16:    {size: 2},
	ops.Store32:    {size: 4},
	ops.Store64:    {size: 8},
	ops.FStore:     {size: 8},
	ops.FStore32:   {size: 4},
}

// load returns what the access gives of bytes, put together bit by bit.
func (a access) load(b []byte) (v uint64) {
	for i := range 64 {
		at := i / 8
		if at >= a.size {
			if !a.signed || a.half && i >= 32 {
				break
			}
			v |= uint64(b[a.size-1]>>7) << i
			continue
		}
		if a.swap {
			at = a.size - 1 - at
		}
		v |= uint64(b[at]>>(i%8)&1) << i
	}
	return v
}

// TestMemory accesses the first and last bytes of a memory, and what is beyond.
func TestMemory(t *testing.T) {
	const words = 1 << 32
	for base, a := range accesses {
		for _, length := range []int{0, a.size - 1, a.size, 40} {
			n, size := uint64(length), uint64(a.size)
			for _, c := range []struct {
				addr   uint64
				offset uint32
			}{
				{0, 0}, {1, 0}, {0, 1}, {n - size, 0}, {0, uint32(n - size)}, {n/2 - 1, uint32(n/2 - size + 1)},
				{n - size + 1, 0}, {0, uint32(n - size + 1)}, {n, 0}, {n + 1, 0},
				{words, 0}, {words + 3, 1}, {words - 1, 0}, {words - 1, 1}, {0, words - 1}, {words - 1, words - 1},
				{math.MaxUint64, 0}, {math.MaxUint64, 1}, {math.MaxUint64 - 3, 8}, {1 << 63, 0},
				{math.MaxUint64 - words + 2, words - 1},
			} {
				a.check(t, base, length, c.addr, c.offset)
				a.check(t, base+ops.Load8UA32-ops.Load8U, length, c.addr, c.offset)
			}
		}
	}
	if n := len(accesses); n != int(ops.Load8UA32-ops.Load8U) {
		t.Errorf("there are %d loads and stores, and %d are tested", ops.Load8UA32-ops.Load8U, n)
	}
}

// check does one access with operands of all kinds.
func (a access) check(t *testing.T, code ops.Code, length int, addr uint64, offset uint32) {
	t.Helper()
	low, high := addr, false // the effective address, and whether there is none in 64 bits
	if code >= ops.Load8UA32 {
		low = uint64(uint32(addr))
	}
	low += uint64(offset)
	high = low < uint64(offset)
	inside := !high && low <= uint64(length) && uint64(length)-low >= uint64(a.size)

	row := code.Info()
	for _, dk := range kindsOf(row.D) {
		for _, lk := range kindsOf(row.L) {
			for _, rk := range kindsOf(row.R) {
				name := fmt.Sprintf("%s (%s, %s, %s) at %#x+%#x of %d bytes", code, dk, lk, rk, addr, offset, length)
				const value = 0x8192_a3b4_c5d6_e7f8
				m, exit := a.run(t, code, length, addr, value, offset, dk, lk, rk)
				memory := pattern(length)
				if inside && row.D == ops.None {
					for i := range a.size {
						memory[int(low)+i] = byte(uint64(value) >> (8 * i))
					}
				}
				want := uint64(unchanged)
				if inside && row.D != ops.None {
					want = a.load(memory[low:])
				}
				switch {
				case inside && exit != ops.ExitReturn:
					t.Errorf("%s: %s (%s)", name, exit, m.Reason)
				case !inside && (exit != ops.ExitTrap || m.Reason != ops.ReasonOutOfBounds):
					t.Errorf("%s: %s (%s): want a trap", name, exit, m.Reason)
				case !bytes.Equal(m.Memory, memory):
					t.Errorf("%s: the memory is %x, want %x", name, m.Memory, memory)
				case inside && row.D != ops.None && m.Frame(3)[2] != want:
					t.Errorf("%s: got %#x, want %#x", name, m.Frame(3)[2], want)
				case !inside && dk == ops.KindSlot && m.Frame(3)[2] != unchanged:
					t.Errorf("%s: it traps, and d is %#x", name, m.Frame(3)[2])
				}
			}
		}
	}
}

const unchanged = 0x7777

// pattern returns a memory of n different bytes, most of them negative.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(0x85 + 11*i)
	}
	return b
}

// run does one access, of address and value that come in slots.
func (a access) run(t *testing.T, code ops.Code, length int, addr, value uint64, offset uint32, dk, lk, rk ops.Kind) (*ops.Machine, ops.Exit) {
	t.Helper()
	three := make([]ops.Type, 3)
	b := ops.NewBuilder()
	b.Func("f", ops.MakeSlotSignature(three, three), 3)
	operand := func(k ops.Kind, n int) ops.Operand {
		switch k {
		case ops.KindReg:
			b.Mov(ops.Reg(n), ops.Slot(n))
			return ops.Reg(n)
		case ops.KindFReg:
			move := ops.FMov
			if a.size == 4 {
				move = ops.FMov32
			}
			b.Op(move, ops.FReg(n), ops.Slot(n), ops.Operand{})
			return ops.FReg(n)
		case ops.KindImm:
			if code.Info().Single&ops.OperandR != 0 {
				value = uint64(uint32(value))
			}
			return ops.Uimm(value)
		}
		return ops.Slot(n)
	}
	l := operand(lk, 0)
	if code.Info().D == ops.None {
		b.Store(code, l, operand(rk, 1), offset)
	} else {
		d := operand(dk, 2)
		b.Load(code, d, l, offset)
		switch {
		case dk == ops.KindReg:
			b.Mov(ops.Slot(2), d)
		case dk == ops.KindFReg && a.size == 4:
			b.Op(ops.FMov32, ops.Slot(2), d, ops.Operand{})
		case dk == ops.KindFReg:
			b.Op(ops.FMov, ops.Slot(2), d, ops.Operand{})
		}
	}
	b.Return()
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	m := &ops.Machine{Stack: make([]uint64, 100), Polls: 1, Memory: pattern(length)}
	m.Enter(0)
	copy(m.Frame(3), []uint64{addr, value, unchanged})
	return m, m.Run(p)
}

// TestFloatsInMemory: loads and stores keep all bits of a NaN.
func TestFloatsInMemory(t *testing.T) {
	for _, c := range []struct {
		load, store ops.Code
		bits        uint64
	}{
		{ops.FLoad, ops.FStore, 1<<63 | signalling},
		{ops.FLoad32, ops.FStore32, 1<<31 | signalling32},
		{ops.FLoadA32, ops.FStoreA32, signalling},
		{ops.FLoad32A32, ops.FStore32A32, signalling32},
	} {
		typ := ops.Float
		if c.load.AccessBytes() == 4 {
			typ = ops.Float32
		}
		b := ops.NewBuilder()
		b.Func("f", ops.MakeSignature([]ops.Type{ops.Int, typ}, []ops.Type{typ}), 0)
		b.Store(c.store, ops.A, ops.FA, 3)
		b.Load(c.load, ops.FA, ops.A, 3)
		b.Return()
		p, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		m := &ops.Machine{Stack: make([]uint64, 100), Polls: 1, Memory: make([]byte, 16)}
		m.Enter(0)
		m.Reg[0], m.FReg[0] = 5, c.bits
		if exit := m.Run(p); exit != ops.ExitReturn || m.FReg[0] != c.bits {
			t.Errorf("%s, %s: %s, %#x: want %#x", c.store, c.load, exit, m.FReg[0], c.bits)
		}
	}
}

// TestAccessBytes checks how many bytes are said to be accessed.
func TestAccessBytes(t *testing.T) {
	for _, c := range ops.Codes() {
		want := accesses[c].size
		if c >= ops.Load8UA32 && c <= ops.FStore32A32 {
			want = accesses[c-ops.Load8UA32+ops.Load8U].size
		}
		if got := c.AccessBytes(); got != want {
			t.Errorf("%s accesses %d bytes, want %d", c, got, want)
		}
	}
}

// TestGlobals moves values between globals and places of either bank.
func TestGlobals(t *testing.T) {
	b := ops.NewBuilder()
	for i := range 5 {
		b.Global(uint64(100 + i))
	}
	b.Func("f", ops.MakeSignature([]ops.Type{ops.Float, ops.Float32}, []ops.Type{ops.Int, ops.Float, ops.Float32}), 2)
	b.GlobalSet(ops.FGSet, ops.FA, 0)
	b.GlobalSet(ops.FGSet32, ops.FX, 1)
	b.GlobalSet(ops.GSet, ops.Imm(-7), 2)
	b.GlobalSet(ops.FGSet32, ops.F32(-1.5), 3)
	b.GlobalGet(ops.GGet, ops.Slot(0), 4)
	b.GlobalSet(ops.GSet, ops.Slot(0), 2)
	b.GlobalGet(ops.GGet, ops.A, 2)
	b.GlobalGet(ops.FGGet, ops.FA, 0)
	b.GlobalGet(ops.FGGet32, ops.Slot(1), 0)
	b.Op(ops.FMov32, ops.FX, ops.Slot(1), ops.Operand{})
	b.Return()
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	m := &ops.Machine{Stack: make([]uint64, 100), Polls: 1, Globals: append([]uint64(nil), p.Globals()...)}
	m.Enter(0)
	m.FReg = [ops.NumFRegs]uint64{0xdead_beef<<32 | signalling32, signalling32}
	if exit := m.Run(p); exit != ops.ExitReturn {
		t.Fatal(exit)
	}
	want := []uint64{0xdead_beef<<32 | signalling32, signalling32, 104, bits32(-1.5), 104}
	if fmt.Sprint(m.Globals) != fmt.Sprint(want) {
		t.Errorf("globals %#x, want %#x", m.Globals, want)
	}
	if m.Reg[0] != 104 || m.FReg[0] != want[0] || m.FReg[1] != signalling32 {
		t.Errorf("results %#x, %#x", m.Reg[0], m.FReg)
	}
}

// TestBulk checks counters, cleared slots and the size of the memory.
func TestBulk(t *testing.T) {
	b := ops.NewBuilder()
	b.Counters(3)
	b.Func("f", ops.MakeSlotSignature(make([]ops.Type, 5), make([]ops.Type, 5)), 5)
	b.Clear(ops.Slot(1), 3)
	b.Count(2)
	b.Count(2)
	b.Count(0)
	b.Op(ops.MemSize, ops.Slot(2), ops.Operand{}, ops.Operand{})
	b.Return()
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	m := &ops.Machine{Stack: make([]uint64, 100), Polls: 1, Memory: make([]byte, 77), Counters: []uint64{math.MaxUint64, 5, 6}}
	m.Enter(0)
	copy(m.Frame(5), []uint64{1, 2, 3, 4, 5})
	if exit := m.Run(p); exit != ops.ExitReturn {
		t.Fatal(exit)
	}
	if got := fmt.Sprint(m.Frame(5), m.Counters); got != "[1 0 77 0 5] [0 5 8]" {
		t.Errorf("slots and counters %s", got)
	}
}

// TestClearManySlots: a cleared range is written, in small frames and in large ones.
func TestClearManySlots(t *testing.T) {
	for _, slots := range []int{1, 47, 48, 49, 64, 200, ops.MaxFrame - ops.HeaderWords} {
		b := ops.NewBuilder()
		b.Func("f", sig(0, 1), slots)
		b.Clear(ops.Slot(0), slots)
		b.Add(ops.Slot(slots-1), ops.Slot(0), ops.Slot(slots/2))
		b.Mov(ops.A, ops.Slot(slots-1))
		b.Return()
		p, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		m := &ops.Machine{Stack: make([]uint64, ops.MaxFrame), Polls: 1}
		for i := range m.Stack {
			m.Stack[i] = 0xbad
		}
		m.Enter(0)
		if exit := m.Run(p); exit != ops.ExitReturn || m.Reg[0] != 0 {
			t.Errorf("%d slots: %s, %d", slots, exit, m.Reg[0])
		}
	}
}
