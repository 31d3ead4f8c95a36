package gen

import (
	"strings"
	"testing"
)

// TestNarrow: numbers go into the instructions that take them, unless something else
// needs them too.
func TestNarrow(t *testing.T) {
	imm := func(at int) []reloc { return []reloc{{at, 26, "HOLE_IMM", 0}, {at + 4, 27, "HOLE_IMM", 0}} }
	extra := []reloc{{0, 26, "HOLE_EXTRA", 0}, {4, 27, "HOLE_EXTRA", 0}}
	for _, test := range []struct {
		name   string
		target *Target
		code   []uint32
		relocs []reloc
		want   string
	}{
		{"folded", &riscv64, []uint32{0x2b7, 0x2829b, 0x00a28533}, imm(0), "addi a0,a0,0"},
		{"folded: not read behind", &riscv64, []uint32{0x2b7, 0x2829b, 0x00a28533, 0x00558593}, imm(0), "addi a0,a0,0; addi a1,a1,5"},
		{"not folded: read behind", &riscv64, []uint32{0x2b7, 0x2829b, 0x00a28533, 0x005585b3}, imm(0), "addi t0,zero,0; add a0,t0,a0; add a1,a1,t0"},
		{"not folded: no such instruction", &riscv64, []uint32{0x2b7, 0x2829b, 0x40550533}, imm(0), "addi t0,zero,0; sub a0,a0,t0"},
		{"an extra has no sign", &riscv64, []uint32{0x2b7, 0x2829b, 0x02029293, 0x0202d293, 0x00a28533}, extra, "addi a0,a0,0"},
		{"an immediate has one", &riscv64, []uint32{0x2b7, 0x2829b, 0x02029293, 0x0202d293, 0x00a28533}, imm(0), "addi t0,zero,0; slli t0,t0,0x20; srli t0,t0,0x20; add a0,t0,a0"},
		{"other shifts", &riscv64, []uint32{0x2b7, 0x2829b, 0x01f29293, 0x01f2d293, 0x00a28533}, extra, "addi t0,zero,0; slli t0,t0,0x1f; srli t0,t0,0x1f; add a0,t0,a0"},
		{"read between the shifts", &riscv64, []uint32{0x2b7, 0x2829b, 0x02029293, 0x005585b3, 0x0202d293, 0x00a28533}, extra, "addi t0,zero,0; slli t0,t0,0x20; add a1,a1,t0; srli t0,t0,0x20; add a0,t0,a0"},
	} {
		fn := &function{file: "test.c", name: "op_test", code: words(test.code...), relocs: test.relocs}
		insts, err := lift(fn, test.target)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, i := range test.target.Narrow(insts, test.target) {
			texts = append(texts, i.Text)
		}
		if got := strings.Join(texts, "; "); got != test.want {
			t.Errorf("%s: %s; want %s", test.name, got, test.want)
		}
	}
}
