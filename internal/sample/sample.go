// Package sample builds the programs that benchmarks, tests and the command
// line share.
package sample

import "github.com/copyjit/copyjit/ops"

// IntToInt is the signature (i) (i).
var IntToInt = ops.MakeSignature([]ops.Type{ops.Int}, []ops.Type{ops.Int})

// Loop appends the function loop(n), the sum of 0 … n−1 modulo 2⁶⁴.
func Loop(b *ops.Builder) ops.FuncID {
	id := b.Func("loop", IntToInt, 0)
	next, done := b.Label(), b.Label()
	b.Mov(ops.X, ops.A)
	b.Mov(ops.A, ops.Imm(0))
	b.Branch(ops.BEq, ops.X, ops.Imm(0), done)
	b.Mov(ops.Y, ops.Imm(0))
	b.Bind(next)
	b.Add(ops.A, ops.A, ops.Y)
	b.Add(ops.Y, ops.Y, ops.Imm(1))
	b.Branch(ops.BNe, ops.Y, ops.X, next)
	b.Bind(done)
	b.Return()
	return id
}

// Fib appends the function fib(n): 1 for n ≤ 2, else fib(n−1) + fib(n−2).
func Fib(b *ops.Builder) ops.FuncID {
	id := b.Func("fib", IntToInt, 2)
	more := b.Label()
	b.Branch(ops.BGt, ops.A, ops.Imm(2), more)
	b.Mov(ops.A, ops.Imm(1))
	b.Return()
	b.Bind(more)
	b.Mov(ops.Slot(0), ops.A)
	b.Sub(ops.A, ops.A, ops.Imm(1))
	b.Call(id)
	b.Mov(ops.Slot(1), ops.A)
	b.Sub(ops.A, ops.Slot(0), ops.Imm(2))
	b.Call(id)
	b.Add(ops.A, ops.A, ops.Slot(1))
	b.Return()
	return id
}

// Functions are the samples by name.
var Functions = []struct {
	Name  string
	Build func(*ops.Builder) ops.FuncID
}{
	{"loop", Loop},
	{"fib", Fib},
}

// Program returns a program of one sample; it panics on an invalid one.
func Program(build func(*ops.Builder) ops.FuncID) *ops.Program {
	b := ops.NewBuilder()
	build(b)
	p, err := b.Build()
	if err != nil {
		panic(err)
	}
	return p
}
