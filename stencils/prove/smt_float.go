package prove

import (
	"fmt"
	"strings"

	"github.com/copyjit/copyjit/ops/meaning"
)

// nanFacts returns what is true of every function that gives a float: of NaN it makes
// NaN, and whatever NaN it makes is a quiet one.
func nanFacts(t term) []term {
	if !strings.HasPrefix(t.Name, "f") && t.Name != "promote" && t.Name != "demote" || strings.HasPrefix(t.Name, "from") {
		return nil
	}
	nan := t.Pool().Bool(false)
	for _, a := range t.Args {
		nan = nan.Or(meaning.IsNaN(a))
	}
	return []term{
		nan.Not().Or(meaning.IsNaN(t)),
		meaning.IsNaN(t).Not().Or(meaning.IsQuietNaN(t)),
	}
}

// floatBody returns what a function of floats is in the solver's theory of floats, ""
// if it is better left unknown: the solver cannot say much about products, quotients
// and roots in reasonable time.
func floatBody(t term, args []string) string {
	float := func(n int) string {
		return fmt.Sprintf("((_ to_fp %s) %s)", floatSort(t.Args[n].Width), args[n])
	}
	bits := func(body string) string { return "(fp.to_ieee_bv " + body + ")" }
	switch t.Name {
	case "fadd64", "fadd32":
		return bits(fmt.Sprintf("(fp.add RNE %s %s)", float(0), float(1)))
	case "fsub64", "fsub32":
		return bits(fmt.Sprintf("(fp.sub RNE %s %s)", float(0), float(1)))
	case "ffloor64", "ffloor32":
		return bits("(fp.roundToIntegral RTN " + float(0) + ")")
	case "fceil64", "fceil32":
		return bits("(fp.roundToIntegral RTP " + float(0) + ")")
	case "ftrunc64", "ftrunc32":
		return bits("(fp.roundToIntegral RTZ " + float(0) + ")")
	case "fnearest64", "fnearest32":
		return bits("(fp.roundToIntegral RNE " + float(0) + ")")
	case "promote", "demote":
		return bits(fmt.Sprintf("((_ to_fp %s) RNE %s)", floatSort(t.Width), float(0)))
	case "fromS64w64", "fromS64w32":
		return bits(fmt.Sprintf("((_ to_fp %s) RNE %s)", floatSort(t.Width), args[0]))
	case "toS64w64", "toS64w32":
		return "((_ fp.to_sbv 64) RTZ " + float(0) + ")"
	}
	return ""
}

// floatSort returns how many bits of exponent and of fraction a float has.
func floatSort(w uint8) string {
	if w == 32 {
		return "8 24"
	}
	return "11 53"
}
