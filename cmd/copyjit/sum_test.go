package main

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestSum(t *testing.T) {
	for _, tier := range tiers() {
		for _, tc := range []struct{ n, want string }{
			{"0", "0"}, {"-0", "0"}, {"-0.0e5", "0"}, {"0e999999999999999999999", "0"}, {"1", "0"}, {"2", "1"},
			{"+5", "10"}, {"010", "45"}, {"1e3", "499500"}, {"1E3", "499500"}, {"1e+3", "499500"},
			{"1.5e1", "105"}, {"1.50e1", "105"}, {"100e-1", "45"}, {".5e1", "10"}, {"5.", "10"}, {"5.000", "10"},
			{"1e0000000000003", "499500"}, {strings.Repeat("0", 1000) + "5", "10"}, {"5." + strings.Repeat("0", 1000), "10"},
			{"5" + strings.Repeat("0", 1000) + "e-1000", "10"},
		} {
			prints(t, tc.want+"\n", "sum", tc.n, "-tier", tier)
		}
		prints(t, "4999950000\n", "sum", "1e5", "-tier", tier)
	}
}

// TestFlagsAnywhere: flags stand before, behind and between arguments.
func TestFlagsAnywhere(t *testing.T) {
	for _, args := range []string{
		"sum 5", "sum -tier interp 5", "sum 5 -tier interp", "sum --tier=interp 5", "sum 5 --tier=interp",
		"sum -stack 4096 5 -tier interp", "sum -- 5", "sum -tier interp -- 5", "sum 5 --", "sum 5 -v=false", "sum -stack 0x10 5",
		"sum -tier interp -tier auto 5",
	} {
		prints(t, "10\n", strings.Fields(args)...)
	}
	fib, loop := programs+"fib.cj", programs+"loop.cj"
	for _, args := range []string{
		"run FIB -func fast 10", "run -func fast FIB 10", "run FIB 10 -func fast", "run -func=fast -- FIB 10",
		"run FIB -func fast -- 10", "run FIB -- 10", "run -tier interp FIB -func fast -stack 4096 10",
	} {
		prints(t, "55\n", strings.Fields(strings.ReplaceAll(args, "FIB", fib))...)
	}
	for _, args := range []string{"run LOOP -func count -5 5", "run LOOP -5 -func count 5", "run LOOP -func count -- -5 5", "run -func count -- LOOP -5 5"} {
		prints(t, "10\n", strings.Fields(strings.ReplaceAll(args, "LOOP", loop))...)
	}
	// Behind -- nothing is a flag.
	fails(t, 2, []string{`N is "-v"`}, "sum", "--", "-v")
	fails(t, 2, []string{`N is "--"`}, "sum", "--", "--")
	fails(t, 1, []string{"-func: "}, "run", "--", "-func")
}

func TestSumRejects(t *testing.T) {
	const noNumber, tooLarge = "want a whole number such as 1000000000 or 1e9", "want at most 18446744073709551615"
	for _, tc := range []struct{ n, want string }{
		{"-1", `N is "-1", want a number from 0 on`},
		{"-1.5", "want a number from 0 on"},
		{"-.5", "want a number from 0 on"},
		{"-5e3", "want a number from 0 on"},
		{"-1e999999999", "want a number from 0 on"},
		{"1.5", `N is "1.5", want a whole number`},
		{"1e-1", "want a whole number"},
		{"1.23e1", "want a whole number"},
		{"1e-999999999999999999999", "want a whole number"},
		{"0." + strings.Repeat("0", 10_000) + "1", "want a whole number"},
		{"18446744073709551616", tooLarge},
		{"1e20", tooLarge},
		{"1.9e19", tooLarge},
		{"1e999999999", `N is "1e999999999", ` + tooLarge},
		{"1e999999999999999999999999", tooLarge},
		{strings.Repeat("9", 100_000), `9999"…, ` + tooLarge},
		{"abc", `N is "abc", ` + noNumber},
		{"", `N is "", ` + noNumber},
		{" 5", noNumber}, {"5 ", noNumber}, {"5\n", noNumber}, {"5\x00", `N is "5\x00", ` + noNumber}, {"\xff", noNumber},
		{"0x10", noNumber}, {"0b1", noNumber}, {"1_000", noNumber}, {"1,000", noNumber}, {"4/2", noNumber}, {"1p3", noNumber},
		{"1e3.5", noNumber}, {"1e", noNumber}, {"1e+", noNumber}, {"1e+-3", noNumber}, {"e5", noNumber}, {"1e3e3", noNumber},
		{".", noNumber}, {"1.2.3", noNumber}, {"+", noNumber}, {"-", noNumber}, {"+-5", noNumber}, {"Inf", noNumber}, {"NaN", noNumber},
		{"１２", noNumber},
	} {
		fails(t, 2, []string{"copyjit sum: N is ", tc.want}, "sum", "--", tc.n)
	}
	// Negative numbers need no --.
	fails(t, 2, []string{"want a number from 0 on"}, "sum", "-5")
	fails(t, 2, []string{"want a number from 0 on"}, "sum", "-.5e1")
}

func TestParseWord(t *testing.T) {
	for _, tc := range []struct {
		text string
		want uint64
	}{
		{"0", 0}, {"-0", 0}, {"-1", 1<<64 - 1}, {"+7", 7}, {"010", 10}, {"1e3", 1000}, {"-1e3", 1<<64 - 1000}, {"1.5e1", 15},
		{"9223372036854775807", 1<<63 - 1}, {"-9223372036854775808", 1 << 63}, {"18446744073709551615", 1<<64 - 1},
		{"0xff", 255}, {"0XfF", 255}, {"-0x10", 1<<64 - 16}, {"0xffffffffffffffff", 1<<64 - 1}, {"-0x8000000000000000", 1 << 63},
		{"0o17", 15}, {"0b101", 5}, {"1_000", 1000}, {"0x_ff", 255},
	} {
		if got, err := parseWord(tc.text); got != tc.want || err != nil {
			t.Errorf("%q is %d, %v, want %d", tc.text, got, err, tc.want)
		}
	}
	for _, text := range []string{
		"", "-", "+", " 5", "5 ", "1.5", "1e-1", "1e20", "-9223372036854775809", "18446744073709551616", "-1e19",
		"0x", "0xg", "0x1p3", "0x1.8", "0x10000000000000000", "-0x8000000000000001", "08_0", "0_10", "1__0", "_1", "1_", "_",
		"--5", "-+5", "0x-5", "five", "1\x00",
	} {
		if got, err := parseWord(text); err == nil {
			t.Errorf("%q is %d, want an error", text, got)
		}
	}
}

// TestParseDecimal compares with exact arithmetic.
func TestParseDecimal(t *testing.T) {
	const letters = "001259.eE+-"
	random := rand.New(rand.NewPCG(1, 2))
	valid := 0
	for range 200_000 {
		var b []byte
		for range 1 + random.IntN(9) {
			b = append(b, letters[random.IntN(len(letters))])
		}
		text := string(b)
		if i := strings.IndexAny(text, "eE"); i >= 0 && len(text) > i+5 {
			continue // an exponent for which exact arithmetic takes its time
		}
		neg, n, err := parseDecimal(text)
		r, ok := new(big.Rat).SetString(text)
		if ok {
			valid++
		}
		switch magnitude := new(big.Rat).Abs(or(r)); {
		case !ok:
			ok = errors.Is(err, errNoNumber)
		case !magnitude.IsInt():
			ok = errors.Is(err, errFraction)
		case !magnitude.Num().IsUint64():
			ok = errors.Is(err, errTooLarge)
		default:
			ok = err == nil && n == magnitude.Num().Uint64() && neg == (text[0] == '-')
		}
		if !ok {
			t.Fatalf("%q is %v, %d, %v, want %v", text, neg, n, err, r)
		}
	}
	if valid < 10_000 {
		t.Errorf("only %d numbers", valid)
	}
}

func or(r *big.Rat) *big.Rat {
	if r == nil {
		return new(big.Rat)
	}
	return r
}
