package gen

import (
	"bytes"
	"testing"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// jumpTests are conditional jumps of each shape with the reach of the short form,
// and what the opposite one is.
var jumpTests = []struct {
	target   *Target
	cond     []byte
	text     string // without where it goes
	opposite string
	lo, hi   int // the distances that it reaches
}{
	{&amd64, []byte{0x7c, 0x05}, "jl", "jge", -128 + 2, 127 + 2},
	{&amd64, []byte{0x0f, 0x84, 1, 2, 3, 4}, "je", "jne", -128 + 2, 127 + 2},
	{&arm64, words(0x54000041), "b.ne", "b.eq", -1 << 20, 1<<20 - 4},
	{&arm64, words(0x5400004b), "b.lt", "b.ge", -1 << 20, 1<<20 - 4},
	{&arm64, words(0x54000048), "b.hi", "b.ls", -1 << 20, 1<<20 - 4},
	{&arm64, words(0xb4000048), "cbz x8,", "cbnz x8,", -1 << 20, 1<<20 - 4},
	{&arm64, words(0xb7f80148), "tbnz x8, #63,", "tbz x8, #63,", -1 << 15, 1<<15 - 4},
	{&riscv64, words(0x00c59863), "bne a1,a2,", "beq a1,a2,", -1 << 12, 1<<12 - 2},
	{&riscv64, words(0x0002c663), "blt t0,zero,", "bge t0,zero,", -1 << 12, 1<<12 - 2},
	{&riscv64, words(0x0072ec63), "bltu t0,t2,", "bgeu t0,t2,", -1 << 12, 1<<12 - 2},
	{&amd64, nil, "jmp", "", -128 + 2, 127 + 2},
	{&arm64, nil, "b", "", -1 << 27, 1<<27 - 4},
	{&riscv64, nil, "j", "", -1 << 20, 1<<20 - 2},
}

// TestShortJumps: a jump that is made anew has the condition, or the opposite one,
// and goes as far as it reaches, and no further.
func TestShortJumps(t *testing.T) {
	for _, test := range jumpTests {
		for _, invert := range []bool{false, true} {
			want := test.text
			if invert {
				if want = test.opposite; want == "" {
					continue
				}
			}
			for _, distance := range []int{test.lo, test.hi, 0x20, 0} {
				b, err := test.target.Jump(test.cond, invert, near)
				if err != nil {
					t.Fatal(err)
				}
				if !test.target.Aim(b.Code, distance) {
					t.Errorf("%s %s does not reach %#x", test.target.Name, want, distance)
				}
				d, err := test.target.Decode(b.Code)
				if err != nil {
					t.Fatal(err)
				}
				if d.Target != distance || d.Len != len(b.Code) || !bytes.HasPrefix([]byte(d.Text), []byte(want)) {
					t.Errorf("%s %s by %#x becomes %s, by %#x", test.target.Name, want, distance, d.Text, d.Target)
				}
			}
			for _, distance := range []int{test.lo - 4, test.hi + 4} {
				b, _ := test.target.Jump(test.cond, invert, near)
				if test.target.Aim(b.Code, distance) {
					t.Errorf("%s %s claims to reach %#x", test.target.Name, want, distance)
				}
			}
		}
	}
}

// TestLongJumps: a long jump ends in one that reaches everything, which a
// conditional one of arm64 and riscv64 jumps over if it is not taken.
func TestLongJumps(t *testing.T) {
	for _, test := range jumpTests {
		b, err := test.target.Jump(test.cond, false, far)
		if err != nil {
			t.Fatal(err)
		}
		width := b.Kind.Width()
		if b.Hole+width != len(b.Code) || !b.Kind.Relative() {
			t.Errorf("%s %s: the hole %s at %d of %d bytes", test.target.Name, test.text, b.Kind, b.Hole, len(b.Code))
		}
		for k, c := range b.Code[b.Hole:] {
			if c&byte(b.Kind.Bits()>>(8*k)) != 0 {
				t.Errorf("%s %s: the hole in % x is not zero", test.target.Name, test.text, b.Code)
			}
		}
		if test.cond != nil && test.target != &amd64 {
			d, err := test.target.Decode(b.Code)
			if err != nil || d.Flow != decode.Cond || d.Target != len(b.Code) || !bytes.HasPrefix([]byte(d.Text), []byte(test.opposite)) {
				t.Errorf("%s %s: the long form starts with %s, %v", test.target.Name, test.text, d.Text, err)
			}
		}
		for _, distance := range []int{1 << 26, -1 << 26} {
			code := bytes.Clone(b.Code)
			last := b.Hole
			if test.target == &amd64 {
				last = 0
			}
			if !test.target.Aim(code, distance) {
				t.Errorf("%s %s: the long form does not reach %#x", test.target.Name, test.text, distance)
			}
			if d, err := test.target.Decode(code[last:]); err != nil || last+d.Target != distance || last+d.Len != len(code) {
				t.Errorf("%s %s: the long form by %#x ends in %s, %v", test.target.Name, test.text, distance, d.Text, err)
			}
		}
	}
}

// TestNotAJump: what is no conditional jump is not taken for one.
func TestNotAJump(t *testing.T) {
	for _, target := range []*Target{&amd64, &arm64, &riscv64} {
		for _, code := range [][]byte{words(0x8b1502d4), words(0x14000000), words(0x00c58633), words(0x0000006f)} {
			if b, err := target.Jump(code, false, near); err == nil {
				t.Errorf("%s: % x becomes % x", target.Name, code, b.Code)
			}
		}
	}
}

// TestRewriteWords: what TestRewrite tests on amd64, where holes are bits of
// words, branches name registers and long jumps are several instructions.
func TestRewriteWords(t *testing.T) {
	for _, test := range []struct {
		name      string
		target    *Target
		code      []uint32
		relocs    []reloc
		hot, cold string
		holes     []stencils.Hole
	}{
		{"an exit is cold, and far", &arm64,
			[]uint32{0xf9400b08, 0xb7f80048, 0x14000000, 0xf9400310, 0xd61f0200},
			[]reloc{{8, 282, "CONT", 0}},
			"0 ldr x8, [x24,#16]; 4 tbz x8, #63, .+0x8; 8 b cold+0x0",
			"0 ldr x16, [x24]; 4 br x16",
			[]stencils.Hole{{Offset: 8, Kind: stencils.A64Jump26, Value: stencils.ValCold}}},
		{"an exit is cold, and far", &riscv64,
			[]uint32{0x01073283, 0x0002c663, 0x00000317, 0x00030067, 0x00073283, 0x00028067},
			[]reloc{{8, 19, "CONT", 0}},
			"0 ld t0,16(a4); 4 bge t0,zero,12; 8 tail cold+0x0",
			"0 ld t0,0(a4); 4 jalr zero,0(t0)",
			[]stencils.Hole{{Offset: 8, Kind: stencils.RVCall, Value: stencils.ValCold}}},
		{"the jump to the continuation is dropped", &arm64,
			[]uint32{0xd2800008, 0xf8687b34, 0x14000000},
			[]reloc{{0, 263, "WORD_L", 0}, {8, 282, "CONT", 0}},
			"0 mov x8, #0x0; 4 ldr x20, [x25,x8,lsl #3]", "",
			[]stencils.Hole{{Offset: 0, Kind: stencils.A64MovwG0, Value: stencils.ValLWord}}},
		{"a jump over a jump becomes one that jumps over a jump", &riscv64,
			[]uint32{0x00c58663, 0x00000317, 0x00030067, 0x00000317, 0x00030067},
			[]reloc{{4, 19, "CONT", 0}, {12, 19, "TARGET", 0}},
			"0 bne a1,a2,12; 4 tail target", "",
			[]stencils.Hole{{Offset: 4, Kind: stencils.RVCall, Value: stencils.ValTarget}}},
		{"within a stencil jumps are short", &arm64,
			[]uint32{0xb4000068, 0x8b1502d4, 0x14000000, 0xcb1502d4, 0x14000000},
			[]reloc{{8, 282, "CONT", 0}, {16, 282, "CONT", 0}},
			"0 cbz x8, 0xc; 4 add x20, x22, x21; 8 b 0x10; c sub x20, x22, x21", "", nil},
	} {
		fn := &function{file: "test.c", name: "op_test", code: words(test.code...), relocs: test.relocs}
		insts, err := lift(fn, test.target)
		if err != nil {
			t.Fatal(err)
		}
		hot, cold, err := rewrite([][]*inst{insts}, far, test.target)
		if err != nil {
			t.Fatal(err)
		}
		if listing(hot) != test.hot || listing(cold) != test.cold {
			t.Errorf("%s, %s: hot\n\t%s\nwant\n\t%s\ncold\n\t%s\nwant\n\t%s", test.target.Name, test.name, listing(hot), test.hot, listing(cold), test.cold)
		}
		if len(hot.holes) != len(test.holes) || len(test.holes) > 0 && hot.holes[0] != test.holes[0] {
			t.Errorf("%s, %s: holes %v; want %v", test.target.Name, test.name, hot.holes, test.holes)
		}
	}
}

// TestAddresses: an address of what comes behind a call is found within the
// stencil.
func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		target *Target
		op     *function
		after  *function
		want   string
	}{
		{&arm64,
			&function{code: words(0x10000008, 0x14000000), relocs: []reloc{{0, 274, "CONT", 0}, {4, 282, "TARGET", 0}}},
			&function{code: words(0x8b1502d4, 0x14000000), relocs: []reloc{{4, 282, "CONT", 0}}},
			"adr x8, .+0x8"},
		{&riscv64,
			&function{code: words(0x297, 0x28293, 0x317, 0x30067), relocs: []reloc{{0, 23, "CONT", 0}, {4, 24, "", 0}, {8, 19, "TARGET", 0}}},
			&function{code: words(0x00b60533, 0x317, 0x30067), relocs: []reloc{{4, 19, "CONT", 0}}},
			"lla t0,.+0x10"},
	} {
		var all [][]*inst
		for _, fn := range []*function{test.op, test.after} {
			insts, err := lift(fn, test.target)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, insts)
		}
		hot, _, err := rewrite(all, far, test.target)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := test.target.Decode(hot.code); err != nil || d.Text != test.want {
			t.Errorf("%s: %s, %v; want %s", test.target.Name, d.Text, err, test.want)
		}
	}
	// A lower half belongs to the upper half that it names.
	fn := &function{code: words(0x297, 0x28293), relocs: []reloc{{0, 23, "CONT", 0}, {4, 24, "", 8}}}
	if _, err := lift(fn, &riscv64); err == nil {
		t.Error("the lower half of another address is accepted")
	}
}
