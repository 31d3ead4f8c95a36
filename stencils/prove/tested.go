package prove

// testedOnly are the forms that are not proved, and why: by target, then by
// operation. What is here is tested by difference at boundary values and at random
// like everything else (internal/tiertest), and no more.
var testedOnly = map[string]map[string]string{}
