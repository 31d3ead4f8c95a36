// Package meaning says what each operation of the machine does, as terms over
// bit-vectors (package bv): once, for all tiers and targets.
//
// Of is the whole of it. Its inputs are the values that the operation reads, as
// terms; its Effect is what becomes of the place d, of memory and of control. With
// constants as inputs the effect consists of constants, which is how tests compare
// it with the interpreter; with unknowns it is what the prover (stencils/prove)
// compares machine code with.
//
// Integers are exact. Floats are bits: comparisons, signs, minima and maxima,
// bounds of conversions are exact; what rounds (sums, products, quotients, roots,
// rounding to integers, conversions) is a function of which a proof knows nothing
// but that it is the same one wherever it is named, see functions.go.
//
// It is for the prover and for tests, and no user's program carries it.
package meaning
