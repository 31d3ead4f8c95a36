package prove

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/stencils"
)

// clobbers are instructions, each of which changes one register that no stencil may
// change, by target. The generator rejects templates that do so; this is for the prover
// to find in finished tables.
var clobbers = map[string][]struct {
	register string
	code     []byte
}{
	"amd64": {
		{"r8", []byte{0x49, 0xff, 0xc0}},         // inc, of what is kept for later
		{"r9", []byte{0x4d, 0x31, 0xc9}},         // xor
		{"r11", []byte{0x4d, 0x89, 0xe3}},        // mov from r12
		{"r15", []byte{0x41, 0x83, 0xcf, 0x01}},  // or, which clears the upper half
		{"rsi", []byte{0x48, 0x83, 0xc6, 0x08}},  // add
		{"rdi", []byte{0x48, 0x83, 0xc7, 0x08}},  // add
		{"rdx", []byte{0x31, 0xd2}},              // xor
		{"rsp", []byte{0x48, 0x83, 0xec, 0x10}},  // sub
		{"rbp", []byte{0x48, 0x89, 0xe5}},        // mov from rsp
		{"xmm3", []byte{0x0f, 0x28, 0xd8}},       // movaps from xmm0
		{"xmm7", []byte{0xf2, 0x0f, 0x58, 0xff}}, // addsd
	},
	"arm64": {
		{"x27", a64Inst(0x9100077b)}, // add, of what is kept for later
		{"x0", a64Inst(0xaa1403e0)},  // mov from x20
		{"x2", a64Inst(0x2a0203e2)},  // mov of the lower half
		{"x23", a64Inst(0x910006f7)}, // add
		{"x24", a64Inst(0x91002318)}, // add
		{"x25", a64Inst(0x91002339)}, // add
		{"x26", a64Inst(0x9100235a)}, // add
		{"x28", a64Inst(0xaa1403fc)}, // mov: Go's g
		{"x18", a64Inst(0xaa1403f2)}, // mov: the platform's
		{"x30", a64Inst(0xaa1403fe)}, // mov
		{"sp", a64Inst(0xd10043ff)},  // sub
		{"v3", a64Inst(0x1e604003)},  // fmov from d0
		{"v7", a64Inst(0x1e6728e7)},  // fadd
	},
	"riscv64": {
		{"a7", rvInst(0x13, 17, 0, 17, 1)}, // addi, of what is kept for later
		{"a3", rvInst(0x13, 13, 0, 13, 1)},
		{"a4", rvInst(0x13, 14, 0, 14, 8)},
		{"a5", rvInst(0x13, 15, 0, 15, 8)},
		{"a6", rvInst(0x13, 16, 0, 16, 8)},
		{"x27", rvInst(0x13, 27, 0, 10, 0)}, // mv: Go's g
		{"x1", rvInst(0x13, 1, 0, 10, 0)},   // mv
		{"sp", rvInst(0x13, 2, 0, 2, -16)},
		{"x3", rvInst(0x13, 3, 0, 10, 0)},            // mv
		{"x8", rvInst(0x13, 8, 0, 10, 0)},            // mv
		{"f13", rvInst(0x53, 13, 0, 10, 0x11<<5|10)}, // fmv.d from fa0
		{"f17", rvInst(0x53, 17, 7, 17, 0x01<<5|17)}, // fadd.d
	},
}

func a64Inst(w uint32) []byte { return binary.LittleEndian.AppendUint32(nil, w) }

// rvInst makes an instruction: opcode, rd, f3, rs1, and the twelve bits above.
func rvInst(op, rd, f3, rs1 uint32, above int32) []byte {
	return a64Inst(uint32(above)<<20 | rs1<<15 | f3<<12 | rd<<7 | op)
}

// A register that must stay as it is has been changed: before anything else, and behind
// everything.
func TestClobbered(t *testing.T) {
	for _, target := range Targets() {
		set := sets[target]
		tgt := targets[target]
		all, err := forms(set)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"mov_rr", "poll", "fadd_rrr", "div_rrr", "store8_rr"} {
			n := slices.IndexFunc(all, func(f *form) bool { return f.title() == name })
			if n < 0 {
				t.Errorf("%s: there is no form %s", target, name)
				continue
			}
			f := all[n]
			for _, c := range clobbers[target] {
				if changes(tgt, f, c.register) {
					continue
				}
				for _, at := range []int{0, int(set.Stencils[f.stencil].Hot.Size)} {
					wrong := inserted(set, f.stencil, at, c.code)
					p := prover{target: tgt, set: wrong, guessing: true}
					r := p.prove(f)
					switch {
					case r.Verdict == Refuted && mentions(r.Counter.Wrong, c.register):
					case r.Verdict == Refuted:
						t.Errorf("%s, %s at %#x of %s: the counterexample does not name it: %v", target, c.register, at, name, r.Counter)
					case r.Verdict == Rejected && strings.Contains(r.Err.Error(), c.register): // not modelled: no stencil may name it
					case r.Verdict == Rejected && at == 0: // it is an address of nothing known
					default:
						t.Errorf("%s, %s at %#x of %s: %v: %v", target, c.register, at, name, r.Verdict, r.Err)
					}
				}
			}
		}
	}
}

// changes reports whether a form may change the register.
func changes(t *target, f *form, register string) bool {
	return f.d.isReg() && (!isFloat(&f.d) && t.regName(t.register(&f.d)) == register || isFloat(&f.d) && t.fregName(t.register(&f.d)) == register)
}

func mentions(list []string, register string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, register) })
}

// inserted returns the set with code put into the hot part of a stencil, at its start
// or its end.
func inserted(set *stencils.Set, stencil, at int, code []byte) *stencils.Set {
	mine := *set
	s := set.Stencils[stencil]
	old := set.Code[s.Hot.Code:][:s.Hot.Size]
	mine.Code = set.Code + old[:at] + string(code) + old[at:] + string(make([]byte, stencils.Slack))
	fields, holes := slices.Clone(set.FieldsOf(&s.Hot)), slices.Clone(set.HolesOf(&s.Hot))
	if at == 0 {
		for n := range fields {
			fields[n].Offset += uint16(len(code))
		}
		for n := range holes {
			holes[n].Offset += uint16(len(code))
		}
	}
	lay := stencils.Layout{Fields: uint16(len(set.Fields)), Holes: uint16(len(set.Holes)), NumFields: uint8(len(fields)), NumHoles: uint8(len(holes))}
	mine.Fields = append(slices.Clip(set.Fields), fields...)
	mine.Holes = append(slices.Clip(set.Holes), holes...)
	mine.Layouts = append(slices.Clip(set.Layouts), lay)
	mine.Stencils = slices.Clone(set.Stencils)
	mine.Stencils[stencil].Hot = stencils.Part{Code: uint32(len(set.Code)), Size: s.Hot.Size + uint16(len(code)), Layout: uint16(len(set.Layouts))}
	if s.Cold.Size > 0 && at == 0 {
		// What is cold and comes back, comes back so much further.
		cold := &mine.Stencils[stencil].Cold
		back := slices.Clone(mine.HolesOf(cold))
		for n := range back {
			if back[n].Value == stencils.ValHot {
				back[n].Addend += int32(len(code))
			}
		}
		lay := stencils.Layout{Fields: set.Layouts[cold.Layout].Fields, Holes: uint16(len(mine.Holes)), NumFields: set.Layouts[cold.Layout].NumFields, NumHoles: uint8(len(back))}
		mine.Holes = append(mine.Holes, back...)
		cold.Layout = uint16(len(mine.Layouts))
		mine.Layouts = append(mine.Layouts, lay)
	}
	return &mine
}
