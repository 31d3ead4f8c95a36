package tiertest

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// Values is what operations compute, in plain Go and independent of the
// interpreter. A row of the table that writes d must be here.
var Values = map[ops.Code]func(l, r uint64) uint64{
	ops.Mov: func(l, _ uint64) uint64 { return l },
	ops.Add: func(l, r uint64) uint64 { return l + r },
	ops.Sub: func(l, r uint64) uint64 { return l - r },
	ops.Mul: func(l, r uint64) uint64 { return l * r },

	ops.And:  func(l, r uint64) uint64 { return l - l&^r },
	ops.Or:   func(l, r uint64) uint64 { return l + r&^l },
	ops.Xor:  func(l, r uint64) uint64 { return l&^r + r&^l },
	ops.Shl:  func(l, r uint64) uint64 { return shift(64, l, r%64, 1, 0) },
	ops.Shr:  func(l, r uint64) uint64 { return shift(64, l, r%64, -1, 0) },
	ops.Sar:  func(l, r uint64) uint64 { return shift(64, l, r%64, -1, l>>63) },
	ops.Rotl: func(l, r uint64) uint64 { return rotate(64, l, r%64) },
	ops.Rotr: func(l, r uint64) uint64 { return rotate(64, l, 64-r%64) },

	ops.Add32:  func(l, r uint64) uint64 { return (l + r) % (1 << 32) },
	ops.Sub32:  func(l, r uint64) uint64 { return (l - r) % (1 << 32) },
	ops.Mul32:  func(l, r uint64) uint64 { return (l * r) % (1 << 32) },
	ops.And32:  func(l, r uint64) uint64 { return (l - l&^r) % (1 << 32) },
	ops.Or32:   func(l, r uint64) uint64 { return (l + r&^l) % (1 << 32) },
	ops.Xor32:  func(l, r uint64) uint64 { return (l&^r + r&^l) % (1 << 32) },
	ops.Shl32:  func(l, r uint64) uint64 { return shift(32, l, r%32, 1, 0) },
	ops.Shr32:  func(l, r uint64) uint64 { return shift(32, l, r%32, -1, 0) },
	ops.Sar32:  func(l, r uint64) uint64 { return shift(32, l, r%32, -1, l>>31&1) },
	ops.Rotl32: func(l, r uint64) uint64 { return rotate(32, l, r%32) },
	ops.Rotr32: func(l, r uint64) uint64 { return rotate(32, l, 32-r%32) },

	ops.Neg:      func(l, _ uint64) uint64 { return ^l + 1 },
	ops.Not:      func(l, _ uint64) uint64 { return math.MaxUint64 - l },
	ops.Clz:      func(l, _ uint64) uint64 { return zeros(64, l, 63, -1) },
	ops.Ctz:      func(l, _ uint64) uint64 { return zeros(64, l, 0, 1) },
	ops.Popcnt:   func(l, _ uint64) uint64 { return ones(64, l) },
	ops.Bswap:    func(l, _ uint64) uint64 { return swap(8, l) },
	ops.Bswap16:  func(l, _ uint64) uint64 { return swap(2, l) },
	ops.Bswap32:  func(l, _ uint64) uint64 { return swap(4, l) },
	ops.Sext8:    func(l, _ uint64) uint64 { return extend(8, l, l>>7&1) },
	ops.Sext16:   func(l, _ uint64) uint64 { return extend(16, l, l>>15&1) },
	ops.Sext32:   func(l, _ uint64) uint64 { return extend(32, l, l>>31&1) },
	ops.Zext8:    func(l, _ uint64) uint64 { return extend(8, l, 0) },
	ops.Zext16:   func(l, _ uint64) uint64 { return extend(16, l, 0) },
	ops.Zext32:   func(l, _ uint64) uint64 { return extend(32, l, 0) },
	ops.Neg32:    func(l, _ uint64) uint64 { return (^l + 1) % (1 << 32) },
	ops.Not32:    func(l, _ uint64) uint64 { return (math.MaxUint64 - l) % (1 << 32) },
	ops.Clz32:    func(l, _ uint64) uint64 { return zeros(32, l, 31, -1) },
	ops.Ctz32:    func(l, _ uint64) uint64 { return zeros(32, l, 0, 1) },
	ops.Popcnt32: func(l, _ uint64) uint64 { return ones(32, l) },

	ops.Sext8x32:  func(l, _ uint64) uint64 { return extend(8, l, l>>7&1) % (1 << 32) },
	ops.Sext16x32: func(l, _ uint64) uint64 { return extend(16, l, l>>15&1) % (1 << 32) },

	ops.Mulh:  func(l, r uint64) uint64 { return low(rsh(mul(signed(64, l), signed(64, r)))) },
	ops.MulhU: func(l, r uint64) uint64 { return low(rsh(mul(unsigned(64, l), unsigned(64, r)))) },

	ops.Div:    func(l, r uint64) uint64 { return low(quo(signed(64, l), signed(64, r))) },
	ops.DivU:   func(l, r uint64) uint64 { return low(quo(unsigned(64, l), unsigned(64, r))) },
	ops.Rem:    func(l, r uint64) uint64 { return low(rem(signed(64, l), signed(64, r))) },
	ops.RemU:   func(l, r uint64) uint64 { return low(rem(unsigned(64, l), unsigned(64, r))) },
	ops.Div32:  func(l, r uint64) uint64 { return low(quo(signed(32, l), signed(32, r))) % (1 << 32) },
	ops.DivU32: func(l, r uint64) uint64 { return low(quo(unsigned(32, l), unsigned(32, r))) },
	ops.Rem32:  func(l, r uint64) uint64 { return low(rem(signed(32, l), signed(32, r))) % (1 << 32) },
	ops.RemU32: func(l, r uint64) uint64 { return low(rem(unsigned(32, l), unsigned(32, r))) },
}

// Traps is for which numbers operations trap, and why, 0 where they do not.
var Traps = map[ops.Code]func(l, r uint64) ops.Reason{
	ops.Div: func(l, r uint64) ops.Reason {
		if l == 1<<63 && r == math.MaxUint64 {
			return ops.ReasonIntegerOverflow
		}
		return byZero(64, r)
	},
	ops.DivU: func(_, r uint64) ops.Reason { return byZero(64, r) },
	ops.Rem:  func(_, r uint64) ops.Reason { return byZero(64, r) },
	ops.RemU: func(_, r uint64) ops.Reason { return byZero(64, r) },
	ops.Div32: func(l, r uint64) ops.Reason {
		if l<<32 == 1<<63 && r<<32 == math.MaxUint32<<32 {
			return ops.ReasonIntegerOverflow
		}
		return byZero(32, r)
	},
	ops.DivU32: func(_, r uint64) ops.Reason { return byZero(32, r) },
	ops.Rem32:  func(_, r uint64) ops.Reason { return byZero(32, r) },
	ops.RemU32: func(_, r uint64) ops.Reason { return byZero(32, r) },
}

// byZero says whether division by a number of so many bits traps.
func byZero(bits int, r uint64) ops.Reason {
	if r<<(64-bits) == 0 {
		return ops.ReasonDivideByZero
	}
	return 0
}

// unsigned returns the lowest so many bits as a number, signed as one with a sign.
func unsigned(bits int, v uint64) *big.Int {
	return new(big.Int).SetUint64(v << (64 - bits) >> (64 - bits))
}

func signed(bits int, v uint64) *big.Int {
	x := unsigned(bits, v)
	if x.Bit(bits-1) != 0 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(bits)))
	}
	return x
}

// low returns the lowest 64 bits of a number.
func low(x *big.Int) uint64 {
	return new(big.Int).And(x, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
}

func mul(x, y *big.Int) *big.Int { return new(big.Int).Mul(x, y) }
func quo(x, y *big.Int) *big.Int { return new(big.Int).Quo(x, y) }
func rem(x, y *big.Int) *big.Int { return new(big.Int).Rem(x, y) }
func rsh(x *big.Int) *big.Int    { return new(big.Int).Rsh(x, 64) }

// shift moves the bits of v, a number of so many bits, up (by is 1) or down (−1);
// the bit in comes in.
func shift(bits int, v, count uint64, by int, in uint64) uint64 {
	return permute(bits, v, func(to int) int { return to - by*int(count) }, in)
}

// rotate moves the bits of v, a number of so many bits, up, and round.
func rotate(bits int, v, count uint64) uint64 {
	return permute(bits, v, func(to int) int { return (to - int(count) + bits) % bits }, 0)
}

// extend makes 64 bits of so many, with copies of the bit in above them.
func extend(bits int, v, in uint64) uint64 {
	return permute(64, v, func(to int) int {
		if to < bits {
			return to
		}
		return -1
	}, in)
}

// swap makes a number of so many bytes with those of v in opposite order.
func swap(bytes int, v uint64) uint64 {
	return permute(8*bytes, v, func(to int) int { return 8*(bytes-1-to/8) + to%8 }, 0)
}

// zeros counts zeros of v, a number of so many bits, from one of its ends.
func zeros(bits int, v uint64, from, by int) (n uint64) {
	for ; n < uint64(bits) && v>>from&1 == 0; n++ {
		from += by
	}
	return n
}

// ones counts the ones among the lowest so many bits of v.
func ones(bits int, v uint64) (n uint64) {
	for i := range bits {
		n += v >> i & 1
	}
	return n
}

// permute makes a number of so many bits, each of which is that bit of v which from
// says, or the bit in where v has no such bit.
func permute(bits int, v uint64, from func(to int) int, in uint64) (w uint64) {
	for to := range bits {
		bit := in
		if n := from(to); n >= 0 && n < bits {
			bit = v >> n & 1
		}
		w |= bit << to
	}
	return w
}

// Conditions is when branches are taken, likewise.
var Conditions = map[ops.Code]func(l, r uint64) bool{
	ops.BEq:  func(l, r uint64) bool { return l == r },
	ops.BNe:  func(l, r uint64) bool { return l != r },
	ops.BLt:  func(l, r uint64) bool { return int64(l) < int64(r) },
	ops.BLe:  func(l, r uint64) bool { return int64(l) <= int64(r) },
	ops.BGt:  func(l, r uint64) bool { return int64(l) > int64(r) },
	ops.BGe:  func(l, r uint64) bool { return int64(l) >= int64(r) },
	ops.BLtU: func(l, r uint64) bool { return l < r },
	ops.BLeU: func(l, r uint64) bool { return l <= r },
	ops.BGtU: func(l, r uint64) bool { return l > r },
	ops.BGeU: func(l, r uint64) bool { return l >= r },

	ops.BAny:  func(l, r uint64) bool { return ones(64, l-l&^r) > 0 },
	ops.BNone: func(l, r uint64) bool { return ones(64, l-l&^r) == 0 },
	ops.BZ:    func(l, _ uint64) bool { return ones(64, l) == 0 },
	ops.BNZ:   func(l, _ uint64) bool { return ones(64, l) > 0 },
	ops.BZ32:  func(l, _ uint64) bool { return ones(32, l) == 0 },
	ops.BNZ32: func(l, _ uint64) bool { return ones(32, l) > 0 },
}

func init() {
	for n := range ops.BGeU - ops.BEq + 1 {
		condition(ops.BEq+n, ops.BEq32+n, ops.SetEq+n, ops.SetEq32+n)
	}
	condition(ops.BAny, ops.BAny32, ops.SetAny, ops.SetAny32)
	condition(ops.BNone, ops.BNone32, ops.SetNone, ops.SetNone32)
}

// condition adds the other operations with the condition of a branch. Of 32 bits it
// is that of 64, on numbers moved to the upper half.
func condition(branch, branch32, set, set32 ops.Code) {
	cond := Conditions[branch]
	cond32 := func(l, r uint64) bool { return cond(l<<32, r<<32) }
	Conditions[branch32] = cond32
	Values[set] = func(l, r uint64) uint64 { return truth(cond(l, r)) }
	Values[set32] = func(l, r uint64) uint64 { return truth(cond32(l, r)) }
}

func truth(is bool) uint64 {
	if is {
		return 1
	}
	return 0
}

// Boundary has values at which operations change their minds.
var Boundary = []uint64{
	0, 1, 2, ^uint64(0), ^uint64(1),
	1<<31 - 1, 1 << 31, -1 << 31 & (1<<64 - 1), 1<<32 - 1, 1 << 32,
	1<<63 - 1, 1 << 63, 1<<63 + 1, 0x0123456789abcdef,
	31, 32, 33, 63, 64, 65, 127, 1<<32 + 1, 0xffff_ffff_8000_0001, 0x80, 0xff80, 0x8000,
}

// immediates of both sizes that a form can have.
var immediates = []int64{
	0, 1, -1, 1<<31 - 1, -1 << 31, 31, 32, 63, 64, // 32 bits
	1 << 31, -1<<31 - 1, 1<<63 - 1, -1 << 63, 0x0123456789abcdef, // 64 bits
}

// places is what a generated function passes through: parameters and results,
// in the order of a signature.
var places = []ops.Operand{ops.A, ops.X, ops.Y, ops.O, ops.Slot(0), ops.Slot(1)}

// casesPerFunction is how many values a generated function is tried with. They
// go round Boundary, so that the functions together see many pairs.
const casesPerFunction = 4

// controls reports whether an operation does no more than direct control: forms of
// its own has only what branches.
func controls(code ops.Code) bool {
	switch code.Flow() {
	case ops.Goto, ops.Invoke, ops.Leave:
		return true
	}
	return false
}

// Forms returns one program per operation that computes or compares. Each has a
// function per combination of operands: every register, two slots and
// immediates of either size, coinciding or not. A function takes and returns all
// registers and two slots, so that a wrong write is seen too; that of a branch
// returns a further slot: 1 if the branch was taken. Every operation of such a
// function but the one behind a branch is executed by each of its cases.
//
// They are made once; nobody may change them.
func Forms(t testing.TB) []Program {
	t.Helper()
	made.Lock()
	defer made.Unlock()
	if made.forms == nil {
		made.forms = makeForms(t)
	}
	return slices.Clone(made.forms)
}

var made struct {
	sync.Mutex
	forms []Program
}

// Forget lets go of what Forms has made, before a test of how long the collector
// takes.
func Forget() {
	made.Lock()
	defer made.Unlock()
	made.forms = nil
}

func makeForms(t testing.TB) []Program {
	t.Helper()
	list := []Program{control(t)}
	for _, code := range ops.Codes() {
		value, cond := Values[code], Conditions[code]
		switch {
		case value != nil || cond != nil:
			list = append(list, forms(t, code))
		case !controls(code):
			list = append(list, machineForms(t, code))
		}
	}
	return list
}

// operands returns what an operand of these kinds is tried as.
func operands(kinds ops.Kinds) []ops.Operand {
	if kinds == ops.None {
		return []ops.Operand{{}}
	}
	list := append([]ops.Operand(nil), places...)
	if kinds.Has(ops.KindImm) {
		for _, v := range immediates {
			list = append(list, ops.Imm(v))
		}
	}
	return list
}

// forms returns the program of one operation.
func forms(t testing.TB, code ops.Code) Program {
	row := code.Info()
	sig := ops.MakeSignature(make([]ops.Type, len(places)), make([]ops.Type, len(places)))
	if Conditions[code] != nil {
		sig = ops.MakeSignature(make([]ops.Type, len(places)), make([]ops.Type, len(places)+1))
	}
	p := Program{Name: "forms/" + code.String()}
	b := ops.NewBuilder()
	for _, d := range operands(row.D) {
		for _, l := range operands(row.L) {
			for _, r := range operands(row.R) {
				name := fmt.Sprintf("%s %s, %s, %s", code, d, l, r)
				id := b.Func(name, sig, sig.ResultSlots())
				if Conditions[code] != nil {
					taken := b.Label()
					b.Mov(ops.Slot(2), ops.Imm(1))
					b.Branch(code, l, r, taken)
					b.Mov(ops.Slot(2), ops.Imm(0))
					b.Bind(taken)
				} else {
					b.Op(code, d, l, r)
				}
				b.Return()
				cases := casesPerFunction
				if row.R == ops.None {
					cases = len(Boundary) // of so few functions
				}
				for i := range cases {
					c := Case{File: p.Name, Func: name, ID: id, Sig: sig}
					c.fill(code, d, l, r, int(id)*cases+i)
					p.Cases = append(p.Cases, c)
				}
			}
		}
	}
	var err error
	if p.Program, err = b.Build(); err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	return p
}

// fill makes the arguments and results of the n-th case of an operation.
func (c *Case) fill(code ops.Code, d, l, r ops.Operand, n int) {
	// All places get different values, l and r those that it is their turn for.
	c.Args = make([]uint64, len(places))
	for i := range c.Args {
		c.Args[i] = 0xf0f0_0000_0000_0000 + uint64(n)<<8 + uint64(i)
	}
	get := func(o ops.Operand, v uint64) uint64 {
		for i, p := range places {
			if p == o {
				c.Args[i] = v
				return v
			}
		}
		return o.Uint64()
	}
	k := uint64(len(Boundary))
	lv := get(l, Boundary[uint64(n)%k])
	rv := get(r, Boundary[(uint64(n)/k+uint64(n))%k])
	if l == r {
		lv = rv
	}
	c.Want = append([]uint64(nil), c.Args...)
	if taken := Conditions[code]; taken != nil {
		v := uint64(0)
		if taken(lv, rv) {
			v = 1
		}
		c.Want = append(c.Want, v)
		return
	}
	if traps := Traps[code]; traps != nil {
		if c.Trap = traps(lv, rv); c.Trap != 0 {
			c.Want, c.In = nil, c.Func
			return
		}
	}
	for i, p := range places {
		if p == d {
			c.Want[i] = Values[code](lv, rv)
		}
	}
}

// control returns the program of the operations that only direct control.
func control(t testing.TB) Program {
	p, err := Read("forms/control", []byte(`copyjit 1
; call jump -> 1
; call call 10, 20, 30, 40, 50, 60 -> 60, 10, 20, 30, 40, 50
; call trap -> trap 4294967295 in trap
; call trapped -> trap 4294967295 in trap
; call indirect 0 -> 5
; call indirect 1 -> no function in the table in indirect
; call indirect 2 -> indirect call of another signature in indirect
; call indirect 3 -> table index out of range in indirect
; call indirect -1 -> table index out of range in indirect
; call indirectslot 0 -> 5
; call indirectslot 4294967296 -> table index out of range in indirectslot
; call hosted 1, 2 -> 8, 6

host sum (i, i) (i, i)
table five, [], jump

func five (i) (i)
	mov a, 5
	return

func indirect (i) (i)
	calli a, (i) (i)
	return

func indirectslot (i) (i) slots 1
	mov [0], a
	calli [0], (i) (i)
	return

func hosted (i, i) (i, i)
	callh sum
	return

func jump () (i)
	mov a, 0
	beq a, 0, over
back:
	return
over:
	mov a, 1
	jump on
on:
	jump back

func rotate (i, i, i, i, i, i) (i, i, i, i, i, i) slots 3
	mov [2], [1]
	mov [1], [0]
	mov [0], o
	mov o, y
	mov y, x
	mov x, a
	mov a, [2]
	return

func call (i, i, i, i, i, i) (i, i, i, i, i, i) slots 2
	mov [out+0], [0]
	mov [out+1], [1]
	call rotate
	mov [0], [out+0]
	mov [1], [out+1]
	return

func trap ()
	trap 0xffff_ffff

func trapped ()
	call trap
	return
`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
