// Package jit runs programs of package ops: compiled to machine code by copying
// and patching stencils where the platform allows it, interpreted elsewhere.
//
// An Engine owns code memory. Engine.Compile makes a Code of an ops.Program,
// which any number of goroutines may share. Each of them runs it through an
// Instance of its own: registers, a stack, globals, a table of functions, nothing
// that has to be allocated for a call. (Functions that take less time than such a call
// have a Caller.) Engine.Prepare makes a Code whose functions
// are compiled one by one, when they are first called at the latest.
//
// An instance has a Memory, its own or one that it shares, and calls functions of
// the host, a HostFunc each, which may call the instance again.
//
//	program ──select──▶ items ──layout──▶ sizes ──emit──▶ code ──Instance.Call──▶ results
//
// (On amd64 select, layout and emit are one pass.)
//
// Compiled code runs on the goroutine that calls it and uses nothing of its
// stack. At the entry of every function and before every back-edge it looks at
// the word in which the Go runtime asks a goroutine to yield; when asked, it
// leaves, lets the scheduler and the collector have their way, and goes on. It
// raises no signal: everything that can fail is checked and ends as a *Trap.
//
// Config.Tools tells perf and GDB of code. An Observer watches calls and safepoints;
// package jitprof makes profiles of that. Stacks of the machine are in every Trap, and
// to be had from HostCall.Stack and Instance.Stack.
//
// Programs of strangers can be limited: Limits has what memory they may take, a
// context for how long they may run, and fuel how much they may do, which is the same
// on every machine. A limit that is reached is a *LimitError, in a *Trap or alone.
package jit
