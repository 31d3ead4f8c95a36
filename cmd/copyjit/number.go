package main

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

var (
	errNoNumber = errors.New("no number")
	errFraction = errors.New("not a whole number")
	errTooLarge = errors.New("more than 64 bits")
)

// parseDecimal reads a decimal number, with fraction and exponent if it pleases
// (1.5e3), and returns its sign and its magnitude, which must be whole and of 64
// bits. It looks at digits only, so that 1e999999999 costs nothing.
func parseDecimal(text string) (neg bool, n uint64, err error) {
	mantissa, exponent := text, "0"
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa, exponent = text[:i], text[i+1:]
	}
	neg, mantissa = cutSign(mantissa)
	negExp, exponent := cutSign(exponent)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if !isDigits(digits) || !isDigits(exponent) {
		return false, 0, errNoNumber
	}
	// digits, without zeros in front and behind, times ten to the power of
	// point − len(digits).
	point := len(whole)
	trimmed := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(trimmed)
	digits = strings.TrimRight(trimmed, "0")
	if digits == "" {
		return neg, 0, nil
	}
	// An exponent that is no int is larger than any text is long; half of it
	// leaves room to add the two.
	shift, err := strconv.Atoi(exponent)
	if err != nil {
		shift = math.MaxInt / 2
	}
	shift = min(shift, math.MaxInt/2)
	if negExp {
		shift = -shift
	}
	point += shift
	switch {
	case point < len(digits):
		return neg, 0, errFraction
	case point > len("18446744073709551615"):
		return neg, 0, errTooLarge
	}
	n, err = strconv.ParseUint(digits+strings.Repeat("0", point-len(digits)), 10, 64)
	if err != nil {
		return neg, 0, errTooLarge
	}
	return neg, n, nil
}

// parseWord reads 64 bits: a decimal number from −2⁶³ to 2⁶⁴−1, or one in the
// notations of Go, 0xff and 1_000.
func parseWord(text string) (uint64, error) {
	neg, n, err := parseDecimal(text)
	if errors.Is(err, errNoNumber) {
		var digits string
		neg, digits = cutSign(text)
		// In Go 0_10 is octal, as 010 is, which here is decimal: keep it out.
		if digits == "" || !isDigits(digits[:1]) || strings.HasPrefix(digits, "0_") {
			return 0, errNoNumber
		}
		n, err = strconv.ParseUint(digits, 0, 64)
		switch {
		case errors.Is(err, strconv.ErrRange):
			err = errTooLarge
		case err != nil:
			err = errNoNumber
		}
	}
	switch {
	case err != nil:
		return 0, err
	case neg && n > 1<<63:
		return 0, errTooLarge
	case neg:
		return -n, nil
	}
	return n, nil
}

// cutSign separates a sign from what follows it.
func cutSign(text string) (neg bool, rest string) {
	if text != "" && (text[0] == '-' || text[0] == '+') {
		return text[0] == '-', text[1:]
	}
	return false, text
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
