// Package stencils defines what a stencil is: machine code with holes.
//
// A stencil is made once, by a C compiler, of a template in stencils/c, one for
// each form of an operation (add a register and an immediate to a slot, …), and
// committed as data in stencils/generated. To compile is to copy stencils behind
// each other and to fill in their holes and registers; see package linker.
//
// The templates are in continuation-passing style: each ends in a tail call of
// the next, with all of the machine's registers as arguments. So whatever is
// placed behind a stencil is what runs next, and no instruction is needed to get
// there.
//
// A stencil has two parts. The hot one lies in the path of control. The cold one
// is reached by branches that are rarely taken, such as those of a safepoint, and
// is placed out of the way:
//
//	hot parts of a function             cold parts
//	┌─────────┬──────────┬────────┐     ┌───────┬───────┐
//	│ add …   │ poll … ──┼─ blt … │ ... │ exit  │ exit  │
//	└─────────┴──────────┴────────┘     └───────┴───────┘
//
// The tables are pure data, so that a program carries only those of its own
// target and spends no time on them when it starts.
package stencils

//go:generate go run github.com/copyjit/copyjit/cmd/stencilgen -v
