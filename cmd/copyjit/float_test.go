package main

import (
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// TestFloatText: what is printed is short, and parses as the same bits.
func TestFloatText(t *testing.T) {
	const minus = 1 << 63
	for bits, want := range map[uint64]string{
		0: "0", minus: "-0", 1: "5e-324", math.Float64bits(1.5): "1.5", math.Float64bits(-1e22): "-1e+22",
		math.Float64bits(0.1) + 1: "0.10000000000000002", math.Float64bits(math.MaxFloat64): "1.7976931348623157e+308",
		0x7ff << 52: "inf", minus | 0x7ff<<52: "-inf", 0x7ff8 << 48: "nan", minus | 0x7ff8<<48: "-nan",
		0x7ff<<52 | 1: "nan:0x1", minus | 0x7ff8<<48 | 0xabc: "-nan:0x8000000000abc",
	} {
		checkFloat(t, ops.Float, bits, want)
	}
	for bits, want := range map[uint64]string{
		0: "0", 1 << 31: "-0", 1: "1e-45", uint64(math.Float32bits(0.1)): "0.1", uint64(math.Float32bits(-math.MaxFloat32)): "-3.4028235e+38",
		0xff << 23: "inf", 0x1ff << 23: "-inf", 0x7fc << 20: "nan", 0xff<<23 | 1: "nan:0x1", 1<<32 - 1: "-nan:0x7fffff",
	} {
		checkFloat(t, ops.Float32, bits, want)
	}
}

func checkFloat(t *testing.T, typ ops.Type, bits uint64, want string) {
	t.Helper()
	text := formatValue(typ, bits)
	if back, err := parseValue(typ, text); text != want || back != bits || err != nil {
		t.Errorf("%v %#x is printed %q, want %q, and parses as %#x (%v)", typ, bits, text, want, back, err)
	}
}

func TestParseFloat(t *testing.T) {
	f := formatOf(ops.Float)
	for text, want := range map[string]float64{
		"1": 1, "+1": 1, "010": 10, "-.5": -.5, "1.": 1, "1e3": 1000, "0x1p-2": .25, "-0X1.8P1": -3, "Inf": math.Inf(1),
		"-infinity": math.Inf(-1), "1e-999": 0,
	} {
		if bits, err := f.parse(text); bits != math.Float64bits(want) || err != nil {
			t.Errorf("%q: %v, %v, want %v", text, math.Float64frombits(bits), err, want)
		}
	}
	for _, text := range []string{"", "-", "+", "--1", "+-1", "-+inf", "e1", "0x", "0x1", "1,5", "1 ", "nan:", "nan:0x", "nan:0x0",
		"nan:1", "nan:0x10000000000000", "nan:0x-1", "nano", "infinit", "1e", "0b1", "١"} {
		if bits, err := f.parse(text); !errors.Is(err, errNoFloat) {
			t.Errorf("%q: %v, %v, want no float", text, math.Float64frombits(bits), err)
		}
	}
	for typ, text := range map[ops.Type]string{ops.Float: "-1e309", ops.Float32: "3.41e38"} {
		if bits, err := formatOf(typ).parse(text); !errors.Is(err, strconv.ErrRange) {
			t.Errorf("%v %s: %#x, %v, want a range error", typ, text, bits, err)
		}
	}
}
