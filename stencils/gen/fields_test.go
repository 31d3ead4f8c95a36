package gen

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/copyjit/copyjit/stencils"
)

// partOf decodes code into a part without holes.
func partOf(t *testing.T, code ...byte) *part {
	t.Helper()
	p := &part{code: code}
	for at := 0; at < len(code); {
		d, err := amd64.Decode(code[at:])
		if err != nil {
			t.Fatal(err)
		}
		p.lines = append(p.lines, line{at: at, size: d.Len, text: d.Text, fn: &function{file: "test.c", name: "op_test"}, offset: at})
		at += d.Len
	}
	return p
}

var (
	rrr = &form{row: "test", d: reg, l: reg, r: reg}
	dl  = &form{row: "test", d: reg, l: reg, r: reg, same: stencils.SameDL}
	fff = &form{row: "test", d: freg, l: freg, r: freg}
	rff = &form{row: "test", d: reg, l: freg, r: freg}
)

func TestFields(t *testing.T) {
	// d l r = r12 r13 r14, or xmm0 xmm1 xmm2 where the form says so
	for _, test := range []struct {
		name   string
		form   *form
		code   []byte
		clear  []byte
		fields []stencils.Field
	}{
		{"both fields of ModRM", rrr,
			[]byte{0x4d, 0x89, 0xec, 0x4d, 0x01, 0xf4}, // mov r12, r13; add r12, r14
			[]byte{0x4d, 0x89, 0xc0, 0x4d, 0x01, 0xc0},
			[]stencils.Field{{Offset: 2, D: 1 | 1<<24, L: 1 << 3, R: 1 << 27}}},
		{"coinciding operands are one", dl,
			[]byte{0x4d, 0x01, 0xf4}, // add r12, r14
			[]byte{0x4d, 0x01, 0xc0},
			[]stencils.Field{{Offset: 2, D: 1, R: 1 << 3}}},
		{"the same register twice", rrr,
			[]byte{0x45, 0x31, 0xe4}, // xor r12d, r12d
			[]byte{0x45, 0x31, 0xc0},
			[]stencils.Field{{Offset: 2, D: 1 | 1<<3}}},
		{"in the opcode", rrr,
			[]byte{0x49, 0xbc, 1, 2, 3, 4, 5, 6, 7, 8}, // movabs r12
			[]byte{0x49, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8},
			[]stencils.Field{{Offset: 1, D: 1}}},
		{"in SIB, with a displacement", rrr,
			[]byte{0x4f, 0x8d, 0x64, 0x35, 0x00}, // lea r12, [r13+r14+0]
			[]byte{0x4f, 0x8d, 0x44, 0x00, 0x00},
			[]stencils.Field{{Offset: 2, D: 1 << 3, L: 1 << 8, R: 1 << 11}}},
		{"in words of eight bytes", rrr,
			[]byte{0x4d, 0x01, 0xec, 0x48, 0x89, 0xc0, 0x48, 0x89, 0xc0, 0x4d, 0x01, 0xec},
			[]byte{0x4d, 0x01, 0xc0, 0x48, 0x89, 0xc0, 0x48, 0x89, 0xc0, 0x4d, 0x01, 0xc0},
			[]stencils.Field{{Offset: 2, D: 1, L: 8}, {Offset: 11, D: 1, L: 8}}},
		{"float registers", fff,
			[]byte{0x66, 0x0f, 0x28, 0xc1, 0xf2, 0x0f, 0x58, 0xc2}, // movapd xmm0, xmm1; addsd xmm0, xmm2
			[]byte{0x66, 0x0f, 0x28, 0xc0, 0xf2, 0x0f, 0x58, 0xc0},
			[]stencils.Field{{Offset: 3, D: 1<<3 | 1<<35, L: 1, R: 1 << 32}}},
		{"float registers beside another one", fff,
			[]byte{0xf2, 0x44, 0x0f, 0x5c, 0xc2}, // subsd xmm8, xmm2
			[]byte{0xf2, 0x44, 0x0f, 0x5c, 0xc0},
			[]stencils.Field{{Offset: 4, R: 1}}},
		{"registers of both banks", rff,
			[]byte{0xf2, 0x4c, 0x0f, 0x2c, 0xe1}, // cvttsd2si r12, xmm1
			[]byte{0xf2, 0x4c, 0x0f, 0x2c, 0xc0},
			[]stencils.Field{{Offset: 4, D: 1 << 3, L: 1}}},
		{"the other bank only", rrr,
			[]byte{0x66, 0x0f, 0x28, 0xc1}, // movapd xmm0, xmm1
			[]byte{0x66, 0x0f, 0x28, 0xc1}, nil},
		{"nowhere", rrr,
			[]byte{0x48, 0x89, 0xc1}, // mov rcx, rax
			[]byte{0x48, 0x89, 0xc1}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := partOf(t, test.code...)
			want := bytes.Clone(test.code)
			if err := findFields(p, test.form, amd64.Assignments[0], &amd64); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p.code, test.clear) {
				t.Errorf("code % x; want % x", p.code, test.clear)
			}
			if len(p.fields) != len(test.fields) {
				t.Fatalf("fields %v; want %v", p.fields, test.fields)
			}
			for n := range p.fields {
				if p.fields[n] != test.fields[n] {
					t.Errorf("field %d is %#x; want %#x", n, p.fields[n], test.fields[n])
				}
			}
			var numbers [numRoles]uint8
			for role := range numbers {
				numbers[role] = amd64.Number(test.form.register(role, amd64.Assignments[0], &amd64))
			}
			if back := applyFields(p, numbers); !bytes.Equal(back[:len(want)], want) {
				t.Errorf("filled in again, it is % x; want % x", back[:len(want)], want)
			}
		})
	}
}

// Encodings that some registers cannot have are told apart from those that all
// can have.
func TestFieldsNotUniform(t *testing.T) {
	for _, test := range []struct {
		name string
		form *form
		code []byte
	}{
		// As a base r13 needs a displacement: its place without one means no base.
		{"base without displacement", rrr, []byte{0x4f, 0x8d, 0x24, 0x34}}, // lea r12, [r12+r14]
		// As a base r12 needs a SIB byte: its place without one means that there is one.
		{"base without SIB", rrr, []byte{0x4d, 0x8b, 0x65, 0x00}}, // mov r12, [r13+0]
	} {
		err := findFields(partOf(t, test.code...), test.form, amd64.Assignments[0], &amd64)
		if !errors.As(err, new(renamingError)) {
			t.Errorf("%s gives %v", test.name, err)
		}
	}
}

// A form of different places may meet the same register as l and as r, but
// never as d.
func TestRenamingsOfLR(t *testing.T) {
	p := partOf(t, 0x4d, 0x39, 0xf5) // cmp r13, r14
	if err := findFields(p, &form{row: "test", l: reg, r: reg}, amd64.Assignments[0], &amd64); err != nil {
		t.Fatal(err)
	}
	code := applyFields(p, [numRoles]uint8{0, 7, 7, 0})
	if d, err := amd64.Decode(code); err != nil || d.Text != "cmp r15, r15" {
		t.Errorf("got %s, %v", d.Text, err)
	}
}

// On targets of words, registers are where they are in every instruction of a kind;
// bits that are holes, or only look like the register, are none.
func TestFieldsOfWords(t *testing.T) {
	for _, test := range []struct {
		name   string
		target *Target
		form   *form
		code   []uint32
		holes  []stencils.Hole
		clear  []uint32
		fields []stencils.Field
	}{
		{"three operands", &arm64, rrr,
			[]uint32{0x8b1602b4}, nil, []uint32{0x8b000000}, // add x20, x21, x22
			[]stencils.Field{{D: 1, L: 1 << 5, R: 1 << 16}}},
		{"beside a hole", &arm64, rrr,
			[]uint32{0xd2800014}, []stencils.Hole{{Kind: stencils.A64MovwG0}}, []uint32{0xd2800000}, // movz x20, #0
			[]stencils.Field{{D: 1}}},
		{"a number that looks like a register", &arm64, rrr,
			[]uint32{0xd2800288}, nil, []uint32{0xd2800288}, nil}, // movz x8, #20
		{"in a conditional jump", &arm64, rrr,
			[]uint32{0xb4000055, 0x14000000}, nil, []uint32{0xb4000040, 0x14000000}, // cbz x21, .+8; b
			[]stencils.Field{{L: 1}}},
		{"in words of eight bytes", &arm64, rrr,
			[]uint32{0xaa1503f4, 0xaa0803e8, 0x8b160294}, nil, []uint32{0xaa0003e0, 0xaa0803e8, 0x8b000000}, // mov x20, x21; mov x8, x8; add x20, x20, x22
			[]stencils.Field{{D: 1, L: 1 << 16}, {Offset: 8, D: 1 | 1<<5, R: 1 << 16}}},
		{"three operands", &riscv64, rrr,
			[]uint32{0x00c58533}, nil, []uint32{0x00000033}, // add a0, a1, a2
			[]stencils.Field{{D: 1 << 7, L: 1 << 15, R: 1 << 20}}},
		{"beside a hole", &riscv64, rrr,
			[]uint32{0x00000537, 0x0005051b}, []stencils.Hole{{Kind: stencils.RVHi20}, {Offset: 4, Kind: stencils.RVLo12I}}, // lui a0, 0; addiw a0, a0, 0
			[]uint32{0x00000037, 0x0000001b},
			[]stencils.Field{{D: 1<<7 | 1<<39 | 1<<47}}},
		{"in a conditional jump", &riscv64, rrr,
			[]uint32{0x00c59663, 0x317, 0x30067}, nil, []uint32{0x00001663, 0x317, 0x30067}, // bne a1, a2, .+12; tail
			[]stencils.Field{{L: 1 << 15, R: 1 << 20}}},
	} {
		p := &part{code: words(test.code...), holes: test.holes}
		for at := 0; at < len(p.code); {
			d, err := test.target.Decode(p.code[at:])
			if err != nil {
				t.Fatal(err)
			}
			p.lines = append(p.lines, line{at: at, size: d.Len, text: d.Text, fn: &function{file: "test.c", name: "op_test"}, offset: at})
			at += d.Len
		}
		if err := findFields(p, test.form, test.target.Assignments[0], test.target); err != nil {
			t.Errorf("%s, %s: %v", test.target.Name, test.name, err)
			continue
		}
		if !bytes.Equal(p.code, words(test.clear...)) {
			t.Errorf("%s, %s: code % x; want % x", test.target.Name, test.name, p.code, words(test.clear...))
		}
		if !slices.Equal(p.fields, test.fields) {
			t.Errorf("%s, %s: fields %#x; want %#x", test.target.Name, test.name, p.fields, test.fields)
		}
	}
}

// Operands in registers of different banks cannot be the same register, so that
// there are no forms for that.
func TestFormsOfBothBanks(t *testing.T) {
	all, err := forms([]Row{{}, {Name: "cvt", D: Reg | Slot, L: FReg | Slot, R: Absent}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range all {
		names = append(names, f.name())
	}
	if want := []string{"cvt_rr", "cvt_rs", "cvt_sr", "cvt_ss", "cvt_ss_dl"}; !slices.Equal(names, want) {
		t.Errorf("forms %q; want %q", names, want)
	}
}
