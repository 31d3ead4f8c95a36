package gen

import (
	"fmt"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// A Row is what the generator needs to know of an operation: its mnemonic and
// what each operand may be. The index of a row is the operation's code.
type Row struct {
	Name    string // "" if there is no such operation
	D, L, R Kinds
	S       bool // it reads one register more
}

// Kinds is a set of operand kinds.
type Kinds uint8

// The kinds of operand.
const (
	Absent Kinds = 1 << iota
	Reg
	FReg // float register
	Slot
	Imm
)

// A kind is what an operand is in one form.
type kind uint8

// The kinds of operand in a form. From reg on they are what a key holds, in this
// order; an absent operand and a float register count as registers there, because
// an operation's row says which it is.
const (
	absent kind = iota
	freg
	reg
	slot
	imm32
	imm64
)

func (k kind) letter() string { return [...]string{"", "r", "r", "s", "i", "w"}[k] }

func (k kind) key() int { return int(max(k, reg) - reg) }

// register reports whether the operand is a register, of either bank.
func (k kind) register() bool { return k == reg || k == freg }

func (s Kinds) kinds() []kind {
	var list []kind
	for i, ks := range [...][]kind{{absent}, {reg}, {freg}, {slot}, {imm32, imm64}} {
		if s>>i&1 != 0 {
			list = append(list, ks...)
		}
	}
	return list
}

// A form is an operation, the kinds of its operands, and which of them are known
// to be the same place: a stencil, in other words.
type form struct {
	row     string
	d, l, r kind
	s       bool // there is a register s
	same    int  // stencils.SameDL or SameDR or all or none
	keys    []int
}

const sameAll = stencils.SameDL | stencils.SameDR | stencils.SameLR

// name returns the name of the form's template: the operation, a letter for each
// operand, and the operands that coincide.
func (f *form) name() string {
	name := f.row
	if kinds := f.d.letter() + f.l.letter() + f.r.letter(); kinds != "" {
		name += "_" + kinds
	}
	return name + [...]string{
		0: "", stencils.SameDL: "_dl", stencils.SameDR: "_dr", sameAll: "_dlr",
	}[f.same]
}

// forms returns all forms that the rows ask for, in the order of their keys.
func forms(rows []Row) ([]*form, error) {
	var all []*form
	for code, row := range rows {
		if row.Name == "" {
			continue
		}
		for _, d := range row.D.kinds() {
			for _, l := range row.L.kinds() {
				for _, r := range row.R.kinds() {
					if d >= imm32 || l >= imm32 && r >= imm32 {
						return nil, fmt.Errorf("row %d, %s: an immediate as d, or two immediates: a key cannot say so", code, row.Name)
					}
					all = append(all, coincidences(form{row: row.Name, d: d, l: l, r: r, s: row.S}, code)...)
				}
			}
		}
	}
	return all, nil
}

// coincidences returns the forms of operands of given kinds, with their keys.
//
// Whoever computes a key compares the numbers of the operands. All absent
// operands and immediates have the same number, so the bits of a key mean
// something only where both operands are places of the same kind, and every key
// gets the form that its meaningful bits ask for. A key with two of the three
// bits is contradictory: it has no form.
//
// l and r alone need no form of their own. A stencil reads both and writes
// neither (check.go), so the one for different places is right.
func coincidences(f form, code int) []*form {
	meaning := 0
	place := func(k kind) bool { return k.register() || k == slot }
	if f.d == f.l && place(f.d) {
		meaning |= stencils.SameDL
	}
	if f.d == f.r && place(f.d) {
		meaning |= stencils.SameDR
	}
	if f.l == f.r && place(f.l) {
		meaning |= stencils.SameLR
	}
	base := code<<stencils.KeyBits | (f.d.key()<<4|f.l.key()<<2|f.r.key())<<stencils.CoincidenceBits

	var list []*form
	find := func(same int) *form {
		for _, g := range list {
			if g.same == same {
				return g
			}
		}
		g := f
		g.same = same
		list = append(list, &g)
		return &g
	}
	for _, bits := range [...]int{0, stencils.SameDL, stencils.SameDR, stencils.SameLR, sameAll} {
		same := bits & meaning
		if same == stencils.SameLR {
			same = 0
		}
		g := find(same)
		g.keys = append(g.keys, base|bits)
	}
	return list
}

// roles returns which operands are registers of their own, by role.
func (f *form) roles() (roles [numRoles]bool) {
	roles[roleD] = f.d.register()
	roles[roleL] = f.l.register() && f.same&stencils.SameDL == 0
	roles[roleR] = f.r.register() && f.same&stencils.SameDR == 0
	roles[roleS] = f.s
	return roles
}

// bank returns the registers among which an operand's is.
func (f *form) bank(role int, t *Target) []decode.Reg {
	if [...]kind{roleD: f.d, roleL: f.l, roleR: f.r, roleS: reg}[role] == freg {
		return t.Floats
	}
	return t.Registers
}

// register returns the register that an operand is in under an assignment.
func (f *form) register(role int, a assignment, t *Target) decode.Reg {
	return f.bank(role, t)[a[role]]
}

// The operands that can be registers, as indices.
const (
	roleD = iota
	roleL
	roleR
	roleS // no operand in the sense of a key: any register, also that of another operand
	numRoles
)

var roleNames = [...]string{"d", "l", "r", "s"}
