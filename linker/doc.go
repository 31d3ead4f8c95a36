// Package linker joins stencils into machine code.
//
// It takes a plain list of items, each a stencil with the values for its holes,
// and knows nothing of the operations behind them. Layout gives every item its
// place in a Plan, Plan.Emit copies the stencils there and patches them;
// Plan.Validate reads the result back without sharing any of that code.
//
// That is the way for every target. Where sizes do not depend on distances, which is
// so on amd64, a Pass does the same in one pass over the operations: it follows the
// recipes of a Book, which say what a Plan finds out of fields and holes. The code is
// the same to the byte.
//
// The finished code is position-independent: branches are relative and stay
// within it.
//
//	┌──────┬──────┬──────┬─────┬─────┬────────┬────────┐
//	│ hot₀ │ hot₁ │ hot₂ │  …  │ gap │ cold₀  │ cold₂  │
//	└──────┴──────┴──────┴─────┴─────┴────────┴────────┘
package linker
