// Package bv has terms over bit-vectors: what the operations of the machine and
// the instructions of processors compute, as data.
//
// Terms are made by constructors that simplify, and equal terms of a Pool are the
// same pointer. Both sides of a proof are built in one pool, so that most of them
// come to be the same term and nothing is left to a solver. The normal forms:
//
//   - constants are folded, in all operations;
//   - sums, differences, negations and products with constants are one Sum of terms
//     with coefficients, sorted;
//   - and, or, xor are flat and sorted; the other commutative operations are sorted;
//   - shifts and masks by constants are Extract, Concat, Zext and Sext, and Extract
//     moves to the leaves as far as it can;
//   - of the comparisons there are Eq, Ult and Slt only; a truth value is a term of
//     one bit;
//   - Eq compares the two sides of a sum that would be zero.
//
// Because constants are folded, to evaluate a term is to build it of constants: see
// Pool.Subst.
package bv
