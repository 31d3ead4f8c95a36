package linker

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/stencils"
)

// A relocCase is a value, S + A and where it is relative P, and the instructions
// that it makes of those in a template.
type relocCase struct {
	v, P int64
	want uint64
}

// relative returns what patch takes.
func (c relocCase) relative(kind stencils.Kind) int64 {
	if kind.Relative() {
		return c.v - c.P
	}
	return c.v
}

// relocTests are values on both sides of each limit: those of cases are right,
// those of outside are refused. The numbers are what an assembler makes.
var relocTests = []struct {
	kind     stencils.Kind
	template uint64
	cases    []relocCase
	outside  []relocCase
}{
	{stencils.X86Low32, 0, []relocCase{
		{0, 0, 0}, {-1, 0, 0xffffffff}, {0x123456789abcdef0, 0, 0x9abcdef0}, {math.MinInt64, 0, 0},
	}, nil},
	{stencils.X86Low8, 0, []relocCase{
		{0, 0, 0}, {-1, 0, 0xff}, {0x123456789abcdef0, 0, 0xf0}, {math.MinInt64, 0, 0}, {128, 0, 0x80},
	}, nil},

	{stencils.A64Cond19, 0x54000001, []relocCase{ // b.ne
		{1<<20 - 4, 0, 0x547fffe1}, {-1 << 20, 0, 0x54800001}, {16, 8, 0x54000041}, {0, 1 << 20, 0x54800001},
	}, []relocCase{{v: 1 << 20}, {v: -1<<20 - 4}, {v: 2}, {v: 8, P: 7}}},
	{stencils.A64Test14, 0xb6f80008, []relocCase{ // tbz x8, #63
		{1<<15 - 4, 0, 0xb6fbffe8}, {-1 << 15, 0, 0xb6fc0008}, {16, 8, 0xb6f80048},
	}, []relocCase{{v: 1 << 15}, {v: -1<<15 - 4}, {v: 2}}},
	{stencils.A64Imm12, 0xf9400334, []relocCase{ // ldr x20, [x25]
		{0, 0, 0xf9400334}, {1, 0, 0xf9400734}, {4095, 0, 0xf97fff34},
	}, []relocCase{{v: -1}, {v: 4096}, {v: math.MinInt64}}},
	{stencils.A64Add12, 0x910002b4, []relocCase{ // add x20, x21, #0
		{0, 0, 0x910002b4}, {1, 0, 0x910006b4}, {4095, 0, 0x913ffeb4}, {-1, 0, 0xd10006b4}, {-4095, 0, 0xd13ffeb4},
	}, []relocCase{{v: 4096}, {v: -4096}, {v: math.MinInt64}, {v: math.MaxInt64}}},
	{stencils.A64Sub12, 0xb10002bf, []relocCase{ // cmn x21, #0
		{0, 0, 0xf10002bf}, {4095, 0, 0xf13ffebf}, {-1, 0, 0xb10006bf}, {-4095, 0, 0xb13ffebf},
	}, []relocCase{{v: 4096}, {v: -4096}, {v: math.MinInt64}, {v: math.MaxInt64}}},
	{stencils.A64Movz16, 0x92800008, []relocCase{ // movn x8, #0
		{0, 0, 0xd2800008}, {0xffff, 0, 0xd29fffe8}, {-1, 0, 0x92800008}, {-0x10000, 0, 0x929fffe8},
	}, []relocCase{{v: 1 << 16}, {v: -1<<16 - 1}, {v: math.MinInt64}, {v: math.MaxInt64}}},
	{stencils.RVBranch12, 0x00c58063, []relocCase{ // beq a1, a2
		{1<<12 - 2, 0, 0x7ec58fe3}, {-1 << 12, 0, 0x80c58063}, {20, 8, 0x00c58663},
	}, []relocCase{{v: 1 << 12}, {v: -1<<12 - 2}, {v: 1}}},
	{stencils.RVJal20, 0x0000006f, []relocCase{ // jal zero
		{1<<20 - 2, 0, 0x7ffff06f}, {-1 << 20, 0, 0x8000006f}, {28, 20, 0x0080006f},
	}, []relocCase{{v: 1 << 20}, {v: -1<<20 - 2}, {v: 1}}},
	{stencils.RVImm12I, 0x0007b503, []relocCase{ // ld a0, 0(a5)
		{0, 0, 0x0007b503}, {8, 0, 0x0087b503}, {2047, 0, 0x7ff7b503}, {-2048, 0, 0x8007b503},
	}, []relocCase{{v: 2048}, {v: -2049}, {v: math.MinInt64}, {v: math.MaxInt64}}},
	{stencils.RVImm12S, 0x00a7b023, []relocCase{ // sd a0, 0(a5)
		{0, 0, 0x00a7b023}, {8, 0, 0x00a7b423}, {2047, 0, 0x7ea7bfa3}, {-2048, 0, 0x80a7b023},
	}, []relocCase{{v: 2048}, {v: -2049}, {v: math.MinInt64}, {v: math.MaxInt64}}},

	{stencils.A64MovwG0, 0xd2800008, []relocCase{ // movz x8, #0
		{0, 0, 0xd2800008}, {1, 0, 0xd2800028}, {0xffff, 0, 0xd29fffe8},
	}, []relocCase{{v: -1}, {v: 1 << 16}, {v: math.MinInt64}, {v: math.MaxInt64}}},
	{stencils.A64MovwG0NC, 0xf2800008, []relocCase{ // movk x8, #0
		{0x12345678, 0, 0xf28acf08}, {-1, 0, 0xf29fffe8}, {math.MinInt64, 0, 0xf2800008},
	}, nil},
	{stencils.A64MovwG1, 0x52a00008, []relocCase{ // movz w8, #0, lsl #16
		{0, 0, 0x52a00008}, {0x12345678, 0, 0x52a24688}, {math.MaxUint32, 0, 0x52bfffe8},
	}, []relocCase{{v: -1}, {v: 1 << 32}, {v: math.MinInt64}, {v: math.MaxInt64}}},
	{stencils.A64MovwG1NC, 0xf2a00008, []relocCase{ // movk x8, #0, lsl #16
		{0x123456789abcdef0, 0, 0xf2b35788}, {-1, 0, 0xf2bfffe8},
	}, nil},
	{stencils.A64MovwG2NC, 0xf2c00008, []relocCase{ // movk x8, #0, lsl #32
		{0x123456789abcdef0, 0, 0xf2cacf08}, {-1, 0, 0xf2dfffe8},
	}, nil},
	{stencils.A64MovwG3, 0xd2e00008, []relocCase{ // movz x8, #0, lsl #48
		{0x123456789abcdef0, 0, 0xd2e24688}, {-1, 0, 0xd2ffffe8}, {math.MinInt64, 0, 0xd2f00008},
	}, nil},
	{stencils.A64MovwSG1, 0x92a00008, []relocCase{ // movn x8, #0, lsl #16
		{0, 0, 0xd2a00008},              // movz x8, #0, lsl #16
		{0x12345678, 0, 0xd2a24688},     // movz x8, #0x1234, lsl #16
		{math.MaxInt32, 0, 0xd2afffe8},  // movz x8, #0x7fff, lsl #16
		{math.MaxUint32, 0, 0xd2bfffe8}, // movz x8, #0xffff, lsl #16
		{-1, 0, 0x92a00008},             // movn x8, #0, lsl #16
		{-0x12345678, 0, 0x92a24688},    // movn x8, #0x1234, lsl #16
		{math.MinInt32, 0, 0x92afffe8},  // movn x8, #0x7fff, lsl #16
		{-1 << 32, 0, 0x92bfffe8},       // movn x8, #0xffff, lsl #16
	}, []relocCase{{v: 1 << 32}, {v: -1<<32 - 1}, {v: math.MinInt64}, {v: math.MaxInt64}}},
	{stencils.A64Jump26, 0x14000000, []relocCase{
		{0, 0, 0x14000000}, {4, 0, 0x14000001}, {0, 4, 0x17ffffff},
		{1<<27 - 4, 0, 0x15ffffff}, {0, 1 << 27, 0x16000000}, {1 << 27, 4, 0x15ffffff},
	}, []relocCase{{v: 1 << 27}, {P: 1<<27 + 4}, {v: 2}, {v: 5, P: 2}, {v: math.MaxInt64}}},

	{stencils.A64PrelG0NC, 0xf2800009, []relocCase{ // movk x9, #0
		{0x1234, 0, 0xf2824689}, {0x1234, 0x34, 0xf2824009}, {0x10000, 1, 0xf29fffe9}, {1 << 40, 0, 0xf2800009},
	}, nil},
	{stencils.A64PrelG1, 0xd2a00009, []relocCase{ // movz x9, #0, lsl #16
		{0xffff, 0, 0xd2a00009}, {0x12345678, 0, 0xd2a24689}, {0x12345678, 0x5679, 0xd2a24669}, {1<<32 + 7, 8, 0xd2bfffe9},
	}, []relocCase{{v: 1 << 32}, {v: 7, P: 8}, {v: math.MinInt64}, {v: math.MaxInt64}}},

	{stencils.RVHi20, 0x000002b7, []relocCase{ // lui t0, 0
		{0, 0, 0x000002b7}, {0x7ff, 0, 0x000002b7}, {0x800, 0, 0x000012b7}, {-0x800, 0, 0x000002b7}, {-0x801, 0, 0xfffff2b7},
		{0x12345fff, 0, 0x123462b7}, {math.MaxInt32, 0, 0x800002b7}, {math.MinInt32, 0, 0x800002b7},
	}, []relocCase{{v: math.MaxInt32 + 1}, {v: math.MinInt32 - 1}, {v: math.MinInt64}, {v: math.MaxInt64}}},
	{stencils.RVHi20U, 0x000002b7, []relocCase{
		{0, 0, 0x000002b7}, {math.MaxUint32, 0, 0x000002b7}, {0x80000000, 0, 0x800002b7},
	}, []relocCase{{v: -1}, {v: 1 << 32}, {v: math.MinInt64}, {v: math.MaxInt64}}},
	{stencils.RVLo12I, 0x0002829b, []relocCase{ // addiw t0, t0, 0
		{0, 0, 0x0002829b}, {0x7ff, 0, 0x7ff2829b}, {0x800, 0, 0x8002829b}, {-1, 0, 0xfff2829b}, {0x12345678, 0, 0x6782829b},
	}, nil},
	{stencils.RVCall, 0x00030067_00000317, []relocCase{ // auipc t1, 0; jr t1
		{0, 0, 0x00030067_00000317}, {8, 0, 0x00830067_00000317}, {0, 8, 0xff830067_00000317},
		{0x800, 0, 0x80030067_00001317}, {math.MaxInt32 - 0x800, 0, 0x7ff30067_7ffff317}, {math.MinInt32 - 0x800, 0, 0x80030067_80000317},
	}, []relocCase{{v: math.MaxInt32 - 0x7ff}, {v: math.MinInt32 - 0x801}, {v: math.MaxInt64}}},
}

func TestRelocationsOfWords(t *testing.T) {
	tested := map[stencils.Kind]bool{}
	for _, test := range relocTests {
		tested[test.kind] = true
		for _, c := range test.cases {
			var code [8]byte
			binary.LittleEndian.PutUint64(code[:], test.template)
			ok := patch(test.kind, &code, c.relative(test.kind))
			if got := binary.LittleEndian.Uint64(code[:]); !ok || got != c.want {
				t.Errorf("%s: %#x at %#x gives %#x, %v; want %#x", test.kind, c.v, c.P, got, ok, c.want)
			}
			if (c.want^test.template)&^test.kind.Bits() != 0 {
				t.Errorf("%s: %#x changes bits outside of the hole", test.kind, c.v)
			}
			if !holds(test.kind, c.want, c.P, c.v) {
				t.Errorf("%s: the validator does not find %#x in %#x", test.kind, c.v, c.want)
			}
			for bit := range 64 {
				if test.kind.Bits()>>bit&1 != 0 && holds(test.kind, c.want^1<<bit, c.P, c.v) {
					t.Errorf("%s: the validator finds %#x in %#x with bit %d changed", test.kind, c.v, c.want, bit)
				}
			}
		}
		for _, c := range test.outside {
			code := [8]byte{1, 2, 3, 4, 5, 6, 7, 8}
			if patch(test.kind, &code, c.relative(test.kind)) || code != [8]byte{1, 2, 3, 4, 5, 6, 7, 8} {
				t.Errorf("%s: %#x at %#x is accepted: % x", test.kind, c.v, c.P, code)
			}
		}
	}
	for kind := range stencils.Kind(stencils.NumKinds) {
		if !tested[kind] && !strings.HasPrefix(kind.String(), "X86") { // those have a test of their own
			t.Errorf("no test of %s", kind)
		}
	}
	if patch(stencils.NumKinds, new([8]byte), 0) {
		t.Error("a hole of no kind is patched")
	}
}

// TestHalves: the two holes of an immediate of 64 bits make it, and the validator
// agrees.
func TestHalves(t *testing.T) {
	for _, imm := range []uint64{0, 1, math.MaxUint64, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1<<63 - 1, 1 << 63, 0x123456789abcdef0, 0x7fffffff80000000, 0x7fffffff7fffffff} {
		p := &Plan{Items: []Item{{Imm: imm}}}
		high, _ := p.Value(0, &stencils.Hole{Value: stencils.ValImmHigh})
		low, _ := p.Value(0, &stencils.Hole{Value: stencils.ValImmLow})
		if uint64(high)<<32+uint64(low) != imm || low != int64(int32(low)) {
			t.Errorf("%#x is made of %#x and %#x", imm, high, low)
		}
	}
}

// TestShortcut: Emit does what patch does, also where it takes the shortcut for
// the commonest kinds: a small number in a hole of 64 bits has all of them.
func TestShortcut(t *testing.T) {
	set := toySet()
	for _, imm := range []int64{0, 1, -1, math.MinInt32, math.MaxInt32, math.MinInt64} {
		plan, code := link(t, set, []Item{{Stencil: 0}, {Stencil: 3, Imm: uint64(imm)}})
		at := plan.Offset(1) + 2
		if got := int64(binary.LittleEndian.Uint64(code[at:])); got != imm {
			t.Errorf("the hole for %#x holds %#x", imm, got)
		}
		if err := plan.Validate(code); err != nil {
			t.Error(err)
		}
	}
	set.Holes[0].Kind, set.Holes[0].Addend = stencils.X86Abs32, 0
	for imm, ok := range map[int64]bool{0: true, math.MaxUint32: true, -1: false, 1 << 32: false} {
		plan, err := Layout(set, []Item{{Stencil: 0}, {Stencil: 1, Imm: uint64(imm)}})
		if err != nil {
			t.Fatal(err)
		}
		if err := plan.Emit(make([]byte, plan.Size+stencils.Slack)); ok != (err == nil) {
			t.Errorf("%#x as a number without sign: %v", imm, err)
		}
	}
}
