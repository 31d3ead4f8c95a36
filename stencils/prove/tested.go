package prove

// testedOnly are the operations whose result is not proved, and why: by target, then by
// operation. All else about them is: where control goes, and that nothing but d
// changes. The result is tested by difference at boundary values and at random, like
// every other (internal/tiertest).
//
// There are none.
var testedOnly = map[string]map[string]string{}
