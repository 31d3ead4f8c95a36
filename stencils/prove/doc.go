// Package prove shows that stencils do what their operations mean, for all inputs.
//
// A stencil is proved as it is in the tables, after all that the generator has done
// to it, in each form that the selector uses it for:
//
//	forms     uses of the stencils of a set                  form.go
//	env       what a form finds: operands, holes, memory     env.go
//	run       decode and execute, every path                 run.go, state.go, TARGET.go
//	expect    the operation's outcomes (package meaning)     expect.go
//	prove     compare each path with each outcome            prove.go
//	ask       what is left, put to a solver                  smt.go, solver.go
//	lemmas    what the solver is told that it has proved     lemma.go, lemma_float.go
//
// Execution is symbolic: registers, slots, holes and memory are unknowns, and a
// branch whose condition is open makes two paths. Paths and outcomes are terms of
// one pool (package bv), which simplifies, so that most of them are equal without
// further ado; for the rest z3 is asked whether they can differ. Whatever is not
// modelled, an instruction, an address, a hole that nothing takes, is an error, and so
// is an answer that the solver does not find.
//
// At the end of a path must be right: where control goes; every register that is not
// scratch, d among them; every word that was written outside of linear memory; linear
// memory, store by store. And on the way every access must be to memory that the
// operation may touch, and no instruction may fault.
//
// # Adding a target
//
// A target is one value of type target, in a file of its own, and its entry in
// targets (target.go). It says which register is what, how long an instruction is, and
// what one does:
//
//	execute func(i *inst) error
//
// gets an instruction's bytes as i.code (i.size of them), the state as i.s, and says
// what happens with
//
//	i.s.regs[n], i.s.fregs[n]        registers, read and written directly: 64 bits each
//	i.load, i.store                  memory
//	i.fork, i.jump, i.jumpTo         control; without any of them it goes on behind
//	i.addressOf                      the address of code
//	i.require                        what must hold lest the instruction fault
//	i.undefined                      a value that the manual leaves open
//	i.env.value(&hole.Hole)          what a hole is worth; then set hole.used
//
// Constructors of terms are methods (x.Add(y), c.Ite(x, y)); functions of floats are
// those of package meaning, so that both sides name the same ones. A relative hole
// belongs to i.jump. All else that the processor can do differently from what the
// manual's pseudo-code says for these operands must be an error.
package prove
