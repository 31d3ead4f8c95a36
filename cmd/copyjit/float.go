package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/copyjit/copyjit/ops"
)

// A floatFormat is one of IEEE 754's binary formats.
type floatFormat struct {
	name     string
	size     int // in bits
	fraction int // of these, below the exponent
}

func formatOf(t ops.Type) floatFormat {
	if t == ops.Float32 {
		return floatFormat{"float32", 32, 23}
	}
	return floatFormat{"float64", 64, 52}
}

func (f floatFormat) sign() uint64     { return 1 << (f.size - 1) }
func (f floatFormat) quiet() uint64    { return 1 << (f.fraction - 1) }
func (f floatFormat) infinity() uint64 { return f.sign() - 1<<f.fraction }

var errNoFloat = errors.New("no float")

// parse returns the bits of a float in Go's notation, or of inf, nan, or a NaN with
// a fraction, as the text format has it: nan:0x1. It is strconv.ErrRange if the
// number is too large.
func (f floatFormat) parse(text string) (uint64, error) {
	negative, number := cutSign(text)
	if number == "" || strings.ContainsAny(number[:1], "+-") {
		return 0, errNoFloat
	}
	var bits uint64
	if fraction, isNaN := strings.CutPrefix(strings.ToLower(number), "nan"); isNaN {
		bits = f.infinity() | f.quiet()
		if fraction != "" {
			digits, ok := strings.CutPrefix(fraction, ":0x")
			n, err := strconv.ParseUint(digits, 16, f.fraction)
			if !ok || err != nil || n == 0 {
				return 0, errNoFloat
			}
			bits = f.infinity() | n
		}
	} else {
		v, err := strconv.ParseFloat(number, f.size)
		switch {
		case errors.Is(err, strconv.ErrRange):
			return 0, strconv.ErrRange
		case err != nil:
			return 0, errNoFloat
		case f.size == 32:
			bits = uint64(math.Float32bits(float32(v)))
		default:
			bits = math.Float64bits(v)
		}
	}
	if negative {
		bits |= f.sign()
	}
	return bits, nil
}

// text returns the shortest text from which parse gives the same bits.
func (f floatFormat) text(bits uint64) string {
	sign := ""
	if bits&f.sign() != 0 {
		sign, bits = "-", bits&^f.sign()
	}
	switch nan := bits &^ f.infinity(); {
	case bits == f.infinity():
		return sign + "inf"
	case bits == f.infinity()|f.quiet():
		return sign + "nan"
	case bits > f.infinity():
		return fmt.Sprintf("%snan:%#x", sign, nan)
	}
	v := math.Float64frombits(bits)
	if f.size == 32 {
		v = float64(math.Float32frombits(uint32(bits)))
	}
	return sign + strconv.FormatFloat(v, 'g', -1, f.size)
}
