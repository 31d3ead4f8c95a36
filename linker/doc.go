// Package linker joins stencils into machine code.
//
// It takes a plain list of items, each a stencil with the values for its holes,
// and knows nothing of the operations behind them. Layout gives every item its
// place in a Plan, Plan.Emit copies the stencils there and patches them;
// Plan.Validate reads the result back without sharing any of that code.
//
// Emit has two ways that make the same code: one walks the fields and holes of each
// stencil, on any target; the other, for sets with stencils.Shapes, does the same for
// each item and has no branch to mispredict. What has no shape, and what is wrong, it
// leaves to the first.
//
// The finished code is position-independent: branches are relative and stay
// within it.
//
//	┌──────┬──────┬──────┬─────┬─────┬────────┬────────┐
//	│ hot₀ │ hot₁ │ hot₂ │  …  │ gap │ cold₀  │ cold₂  │
//	└──────┴──────┴──────┴─────┴─────┴────────┴────────┘
package linker
