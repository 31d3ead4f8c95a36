package prove

// testedOnly are the operations whose result is not proved, and why: by target, then by
// operation. All else about them is: where control goes, and that nothing but d
// changes. The result is tested by difference at boundary values and at random, like
// every other (internal/tiertest).
var testedOnly = map[string]map[string]string{
	"amd64":   rounding,
	"riscv64": rounding,
}

// rounding are the operations that round to an integer, where there is no instruction
// for that: through a conversion to an integer and back, with the sign put in again.
var rounding = func() map[string]string {
	const why = "the solver does not find out that rounding to an integer and back is rounding"
	m := make(map[string]string)
	for _, op := range []string{"ffloor", "fceil", "ftrunc", "fnearest"} {
		m[op], m[op+"32"] = why, why
	}
	return m
}()
