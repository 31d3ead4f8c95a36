package bv

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// An Op is the operation at the root of a term.
type Op uint8

// The operations. w is the width of the result in bits.
const (
	Const   Op = iota // Value
	Var               // an unknown, by Name
	Sum               // Σ Coefs[i]·Args[i] + Value, modulo 2ʷ
	Mul               // product of two terms, modulo 2ʷ
	MulHU             // upper half of the product of unsigned numbers
	MulHS             // upper half of the product of signed numbers
	UDiv              // quotient of unsigned numbers; by 0 all ones
	SDiv              // quotient of signed numbers, rounded towards 0, modulo 2ʷ; by 0 all ones
	And               // bit by bit
	Or                // bit by bit
	Xor               // bit by bit
	Not               // all bits inverted
	Shl               // shifted left; 0 if the count is w or more
	Shr               // shifted right, zeros come in; 0 if the count is w or more
	Sar               // shifted right, copies of the sign come in
	Rotl              // rotated left by a count of log₂ w bits
	Concat            // Args[0] above Args[1]
	Extract           // w bits of Args[0] from the bit Value on
	Zext              // zeros above
	Sext              // copies of the sign above
	Ite               // Args[1] if Args[0], a bit, is 1, otherwise Args[2]
	Eq                // 1 if equal
	Ult               // 1 if less as unsigned numbers
	Slt               // 1 if less as signed numbers
	Clz               // zeros above the highest one
	Ctz               // zeros below the lowest one
	Popcnt            // ones
	Apply             // the function Name, of which nothing is known but its values at constants
	Memory            // an unknown memory, by Name: bytes by addresses of 64 bits
	Store             // the memory Args[0] with the bytes of Args[2], lowest first, at Args[1]
	Load              // w/8 bytes of the memory Args[0] at Args[1]
)

var opNames = [...]string{"const", "var", "sum", "mul", "mulhu", "mulhs", "udiv", "sdiv", "and", "or", "xor", "not", "shl", "shr", "sar", "rotl",
	"concat", "extract", "zext", "sext", "ite", "=", "<u", "<s", "clz", "ctz", "popcnt", "apply", "memory", "store", "load"}

// String returns the operation's name.
func (op Op) String() string { return opNames[op] }

// A Term is a value of Width bits, up to 64, or a memory, whose Width is 0. Terms
// are never changed.
type Term struct {
	Op    Op
	Width uint8
	Value uint64 // see Op
	Name  string // of Var, Memory and Apply
	Args  []*Term
	Coefs []uint64 // of Sum

	id   uint32
	pool *Pool
}

// A Pool makes terms, for one goroutine.
type Pool struct {
	terms map[string]*Term
	key   []byte
	funcs map[string]Func
}

// A Func evaluates a function at constants.
type Func func(args []uint64) uint64

// NewPool returns an empty pool. The functions that Apply knows are those of
// floats.go.
func NewPool() *Pool {
	return &Pool{terms: make(map[string]*Term), funcs: floatFuncs}
}

// Len returns how many terms the pool has.
func (p *Pool) Len() int { return len(p.terms) }

// make returns the one term of this kind.
func (p *Pool) make(op Op, width uint8, value uint64, name string, args []*Term, coefs []uint64) *Term {
	k := append(p.key[:0], byte(op), width)
	k = binary.LittleEndian.AppendUint64(k, value)
	for _, a := range args {
		if a.pool != p {
			panic("bv: terms of two pools")
		}
		k = binary.LittleEndian.AppendUint32(k, a.id)
	}
	for _, c := range coefs {
		k = binary.LittleEndian.AppendUint64(k, c)
	}
	k = append(k, name...)
	p.key = k
	if t := p.terms[string(k)]; t != nil {
		return t
	}
	t := &Term{Op: op, Width: width, Value: value, Name: name, id: uint32(len(p.terms)), pool: p}
	t.Args, t.Coefs = append(t.Args, args...), append(t.Coefs, coefs...)
	p.terms[string(k)] = t
	return t
}

func (t *Term) node(op Op, width uint8, value uint64, args ...*Term) *Term {
	return t.pool.make(op, width, value, "", args, nil)
}

// Mask returns w ones.
func Mask(w uint8) uint64 { return ^uint64(0) >> (64 - w) }

// Const returns a constant, modulo 2ʷ.
func (p *Pool) Const(v uint64, w uint8) *Term { return p.make(Const, w, v&Mask(w), "", nil, nil) }

// Bool returns one bit.
func (p *Pool) Bool(b bool) *Term {
	if b {
		return p.Const(1, 1)
	}
	return p.Const(0, 1)
}

// Var returns an unknown of that name.
func (p *Pool) Var(name string, w uint8) *Term { return p.make(Var, w, 0, name, nil, nil) }

// Memory returns an unknown memory of that name.
func (p *Pool) Memory(name string) *Term { return p.make(Memory, 0, 0, name, nil, nil) }

// Pool returns the pool that made the term.
func (t *Term) Pool() *Pool { return t.pool }

// Const returns a constant of the term's width.
func (t *Term) Const(v uint64) *Term { return t.pool.Const(v, t.Width) }

// IsConst reports whether the term is a constant.
func (t *Term) IsConst() bool { return t.Op == Const }

// Is reports whether the term is the constant v.
func (t *Term) Is(v uint64) bool { return t.Op == Const && t.Value == v }

// True reports whether the term is the bit 1.
func (t *Term) True() bool { return t.Width == 1 && t.Is(1) }

// False reports whether the term is the bit 0.
func (t *Term) False() bool { return t.Width == 1 && t.Is(0) }

// ID numbers the terms of a pool in the order in which they were made.
func (t *Term) ID() int { return int(t.id) }

// signed returns a constant as a signed number.
func (t *Term) signed() int64 { return int64(t.Value<<(64-t.Width)) >> (64 - t.Width) }

// String returns the term for a human reader; parts that are deep are left out.
func (t *Term) String() string { return t.text(6) }

func (t *Term) text(depth int) string {
	switch {
	case t.Op == Const:
		return fmt.Sprintf("%#x", t.Value)
	case t.Op == Var || t.Op == Memory:
		return t.Name
	case depth == 0:
		return "…"
	}
	name := t.Op.String()
	switch t.Op {
	case Apply:
		name = t.Name
	case Extract:
		name = fmt.Sprintf("extract[%d:%d]", int(t.Value)+int(t.Width)-1, t.Value)
	case Zext, Sext, Load:
		name = fmt.Sprintf("%s%d", name, t.Width)
	}
	var parts []string
	for i, a := range t.Args {
		text := a.text(depth - 1)
		if t.Op == Sum && t.Coefs[i] != 1 {
			text = fmt.Sprintf("%d·%s", t.pool.Const(t.Coefs[i], t.Width).signed(), text)
		}
		parts = append(parts, text)
	}
	if t.Op == Sum {
		if t.Value != 0 {
			parts = append(parts, fmt.Sprint(t.Const(t.Value).signed()))
		}
		return "(" + strings.Join(parts, " + ") + ")"
	}
	return "(" + name + " " + strings.Join(parts, " ") + ")"
}
