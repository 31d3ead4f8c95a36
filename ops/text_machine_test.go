package ops_test

import (
	"math"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// everyKind has each kind of declaration and of operand.
const everyKind = `copyjit 1

memory 64, 128
data 0, "\x00\x01\xff;\"\n"
data 60, "tail"
global 7
global -1
counters 3
host log (i, f, f32) (i)
host "other one" () inslots
table f, [], f, f, f, f, f, f
table g

func f (f, f32, i) (f) slots 2
	mov x, 1
	mov y, 2
	mov o, 3
	mov [0], 4
	mov [1], 5
	fmov fx, 1
	fmov32 fy, 1
	load8u a, a+16
	load64_a32 [1], [0]+4294967295
	fload fa, x
	fstore32_a32 y, 0.1
	store8 [0]+1, -1
	sellt a, x, y, o
	seleq32 [0], a, 5, a
	fselnz fa, a, 1
	fadd fa, fx, 1e300
	fadd32 fy, fy, 3.5
	fmov fo, -0
	fmov fo, inf
	fmov32 fo, -inf
	fmov fo, nan
	fmov32 fo, -nan:0x1
	fmov fo, nan:0x4000000000001
	fmov32 [0], 1e-45
	fbnlt fa, fx, L0
	gget a, 1
	gset 5, 0
	fgset nan, 1
	count 2
	fmov fa, 2
	fmov32 fx, 2
	callh log
	callh "other one"
	mov a, 1
	mov [out+0], 1
	fmov32 [out+1], 2
	calli a, (i, f32) (f) inslots
	calli [0], ()
	mov a, 0
	fmov fa, 0
L0:
	switch a, L1, L0, L1
L1:
	return

func g ()
	return
`

// TestMachineText checks that the text of everything parses and is printed again.
func TestMachineText(t *testing.T) {
	p, err := ops.Parse("machine.cj", []byte(everyKind))
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, p)
	if len(p.Table()) != 9 || p.Table()[1] != ops.NoFunc || p.Table()[8] != 1 {
		t.Errorf("table %v", p.Table())
	}
	if got := p.Data()[0].Bytes; got != "\x00\x01\xff;\"\n" {
		t.Errorf("data %q", got)
	}
}

// TestFloatLiterals checks that what is written for bits gives these bits.
func TestFloatLiterals(t *testing.T) {
	for _, c := range []struct {
		text   string
		single bool
		bits   uint64
	}{
		{"0", false, 0}, {"-0", false, 1 << 63}, {"1", false, 0x3ff << 52}, {"0x1p-1074", false, 1},
		{"0.1", false, math.Float64bits(0.1)}, {"1e308", false, math.Float64bits(1e308)}, {"-inf", false, 0xfff << 52},
		{"nan", false, 0x7ff8 << 48}, {"-nan", false, 0xfff8 << 48}, {"nan:0x1", false, 0x7ff<<52 | 1},
		{"nan:0xfffffffffffff", false, 1<<63 - 1}, {"0x1.fffffffffffffp1023", false, math.Float64bits(math.MaxFloat64)},
		{"0.1", true, uint64(math.Float32bits(0.1))}, {"inf", true, 0xff << 23}, {"-nan:0x7fffff", true, 1<<32 - 1},
		{"0x1p-149", true, 1}, {"16777217", true, uint64(math.Float32bits(16777216))},
	} {
		op := "fmov"
		if c.single {
			op = "fmov32"
		}
		p, err := ops.Parse("f.cj", []byte("copyjit 1\nfunc f ()\n\t"+op+" fa, "+c.text+"\n\treturn\n"))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got := p.Imm(&p.Ops(0)[0])
		if c.single {
			got = uint64(uint32(got))
		}
		if got != c.bits {
			t.Errorf("%s %s has the bits %#x, want %#x", op, c.text, got, c.bits)
		}
		roundTrip(t, p)
	}
}

// TestMachineSyntaxErrors checks what mistakes in the text of declarations, floats,
// memory and tables give.
func TestMachineSyntaxErrors(t *testing.T) {
	const f = "copyjit 1\nfunc f (i) (i) slots 1\n"
	for _, c := range []struct{ text, want string }{
		{"copyjit 1\nmemory x\n", `e.cj:2:8: unexpected "x": want the size of the memory in bytes`},
		{"copyjit 1\nmemory 8, x\n", `e.cj:2:11: unexpected "x": want the largest size of the memory in bytes`},
		{"copyjit 1\ndata x\n", `e.cj:2:6: unexpected "x": want an offset in the memory`},
		{"copyjit 1\nmemory 8\ndata 0, 5\n", `e.cj:3:9: unexpected "5": want a string`},
		{"copyjit 1\ncounters x\n", `e.cj:2:10: unexpected "x": want the number of counters`},
		{"copyjit 1\nmemory 8, 4\n", `e.cj:2:11: the largest size of the memory, 4 bytes, is less than the first, 8`},
		{"copyjit 1\nmemory 8\nmemory 8\n", `e.cj:3:8: a second memory`},
		{"copyjit 1\nmemory 99999999999999999\n", `e.cj:2:8: "99999999999999999" is too much: the size of the memory in bytes is from 0 to 70368744177664`},
		{"copyjit 1\nmemory 8\ndata 6, \"abc\"\n", `e.cj:3:9: 3 bytes at 6 are outside the memory, which has 8 at first`},
		{"copyjit 1\nmemory 8\ndata 6, \"\\q\"\n", `e.cj:3:9: malformed string "\"\\q\"": want one as in Go`},
		{"copyjit 1\ndata 6\n", `e.cj:2:7: unexpected the end of the line: want ","`},
		{"copyjit 1\nglobal\n", `e.cj:2:7: unexpected the end of the line: want the value of the global`},
		{"copyjit 1\nglobal f32 1e99\n", `e.cj:2:12: "1e99": the number does not fit in a float of 32 bits`},
		{"copyjit 1\ncounters 1\ncounters 1\n", `e.cj:3:10: counters a second time`},
		{"copyjit 1\ntable g\nfunc f ()\nreturn\n", `e.cj:2:7: unknown function "g"`},
		{"copyjit 1\ntable [1]\nfunc f ()\nreturn\n", `e.cj:2:8: unexpected "1": want "]": [] is a place without a function`},
		{"copyjit 1\nhost h ()\nhost h ()\n", `e.cj:3:6: a second function "h" of the host`},
		{"copyjit 1\nhost h (q)\n", `e.cj:2:9: unexpected "q": want a type, which is i, f, f32`},
		{f + "memory 5\nreturn\n", `e.cj:3:1: "memory": such lines stand before the first function`},
		{f + "load8u a, a+4294967296\nreturn\n", `e.cj:3:13: "4294967296" is too much: an offset is from 0 to 4294967295`},
		{f + "load8u a+1, a\nreturn\n", `e.cj:3:8: load8u: an offset belongs to the address: it is written "load8u d, l+offset", or without the offset, which then is 0: d is a register or slot; l is a register or slot`},
		{f + "add a, a+1, a\nreturn\n", `e.cj:3:9: unexpected "+": want "," or the end of the line`},
		{f + "fmov fa, 0x10\nreturn\n", `e.cj:3:10: "0x10": malformed float: a hexadecimal one has an exponent, as in 0x1p-3`},
		{f + "fmov fa, nan:0x0\nreturn\n", `e.cj:3:10: "nan:0x0": malformed NaN: want nan, or nan:0x1 to nan:0xfffffffffffff`},
		{f + "fmov32 fa, nan:0x800000\nreturn\n", `e.cj:3:12: "nan:0x800000": malformed NaN: want nan, or nan:0x1 to nan:0x7fffff`},
		{f + "fmov fa, 1e\nreturn\n", `e.cj:3:10: "1e": malformed float`},
		{f + "fmov fa, -x\nreturn\n", `e.cj:3:10: "-x": malformed float`},
		{f + "mov a, 1.5\nreturn\n", `e.cj:3:8: "1.5": malformed number`},
		{f + "mov a, fa\nreturn\n", `e.cj:3:8: mov: its left operand cannot be the float register fa: it is written "mov d, l": d is a register or slot; l is a register or slot or immediate`},
		{f + "sellt a, a, a, [0]\nreturn\n", `e.cj:3:16: sellt: unexpected "[": want a register to select`},
		{f + "gget a, 0\nreturn\n", `e.cj:3:9: gget: there is no global "0": the program has declared 0`},
		{f + "count 0\nreturn\n", `e.cj:3:7: count: there is no counter "0": the program has declared 0`},
		{f + "callh lag\nreturn\n", `e.cj:3:7: unknown function of the host "lag"`},
		{f + "calli a, 5\nreturn\n", `e.cj:3:10: calli: unexpected "5": want a signature`},
		{f + "switch a\nreturn\n", `e.cj:3:9: unexpected the end of the line: it is written "switch l, label, …, label": l is a register or slot`},
		{f + "switch a, b\nreturn\n", `e.cj:3:11: unknown label "b"`},
	} {
		_, err := ops.Parse("e.cj", []byte(c.text))
		if err == nil || err.Error() != c.want {
			t.Errorf("%q:\ngot  %v\nwant %s", c.text, err, c.want)
		}
	}
}
