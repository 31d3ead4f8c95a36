// Package tiertest has the programs that every tier must run with the same
// outcome: the corpus of testdata/programs, whose files say what their functions
// return, and programs generated from the operation table, whose outcomes are
// computed in plain Go. It also runs the reference, the interpreter.
//
// A file of the corpus is a program in the text format with comments like these:
//
//	; call fib 10 -> 55
//	; call divmod 7, 2 -> 3, 1
//	; call store 1 -> nothing
//	; call divmod 7, 0 -> trap 1
//	; call divmod 7, 0 -> trap 1 in divmod
//	; call forever -> stack overflow in forever
//
// Numbers are written as in the text format, a name as there, and a trap as its
// ops.Reason prints, then its code if it has one, then optionally the function
// that traps.
package tiertest
