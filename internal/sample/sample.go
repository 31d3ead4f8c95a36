// Package sample builds the programs that benchmarks, tests and the command
// line share.
package sample

import (
	_ "embed"

	"github.com/copyjit/copyjit/ops"
)

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

// SieveBytes is the memory of Sieve: the largest n.
const SieveBytes = 1 << 24

// Sieve appends the function sieve(n), the number of primes below n, and declares
// the memory in which it crosses out others, a byte each. n is a multiple of 8, not
// 0 and at most SieveBytes.
func Sieve(b *ops.Builder) ops.FuncID {
	b.Memory(SieveBytes, SieveBytes)
	id := b.Func("sieve", IntToInt, 1)
	wipe, next, cross, crossed := b.Label(), b.Label(), b.Label(), b.Label()
	b.Mov(ops.X, ops.Imm(0))
	b.Bind(wipe)
	b.Store(ops.Store64, ops.X, ops.Imm(0), 0)
	b.Add(ops.X, ops.X, ops.Imm(8))
	b.Branch(ops.BLtU, ops.X, ops.A, wipe)
	b.Mov(ops.Slot(0), ops.Imm(0))
	b.Mov(ops.X, ops.Imm(2))
	b.Bind(next)
	b.Load(ops.Load8U, ops.Y, ops.X, 0)
	b.Branch(ops.BNZ, ops.Y, ops.Operand{}, crossed)
	b.Add(ops.Slot(0), ops.Slot(0), ops.Imm(1))
	b.Mul(ops.Y, ops.X, ops.X)
	b.Branch(ops.BGeU, ops.Y, ops.A, crossed)
	b.Bind(cross)
	b.Store(ops.Store8, ops.Y, ops.Imm(1), 0)
	b.Add(ops.Y, ops.Y, ops.X)
	b.Branch(ops.BLtU, ops.Y, ops.A, cross)
	b.Bind(crossed)
	b.Add(ops.X, ops.X, ops.Imm(1))
	b.Branch(ops.BLtU, ops.X, ops.A, next)
	b.Mov(ops.A, ops.Slot(0))
	b.Return()
	return id
}

// Mandelbrot appends the function mandelbrot(n), which iterates z² + c, at most 200
// times, for n × n values of c in a square around the Mandelbrot set, and returns
// how many iterations there were. n is not 0.
func Mandelbrot(b *ops.Builder) ops.FuncID {
	id := b.Func("mandelbrot", IntToInt, 4)
	row, column, iterate, escaped := b.Label(), b.Label(), b.Label(), b.Label()
	size, cr, ci, step := ops.Slot(0), ops.Slot(1), ops.Slot(2), ops.Slot(3)
	none := ops.Operand{}
	b.Mov(size, ops.A)
	b.Op(ops.FloatI64, ops.FX, ops.A, none)
	b.Op(ops.FMov, ops.FA, ops.F64(3), none)
	b.Op(ops.FDiv, step, ops.FA, ops.FX)
	b.Mov(ops.A, ops.Imm(0))
	b.Mov(ops.Y, ops.Imm(0))
	b.Bind(row)
	b.Op(ops.FloatI64, ops.FA, ops.Y, none)
	b.Op(ops.FMul, ops.FA, ops.FA, step)
	b.Op(ops.FSub, ci, ops.FA, ops.F64(1.5))
	b.Mov(ops.X, ops.Imm(0))
	b.Bind(column)
	b.Op(ops.FloatI64, ops.FA, ops.X, none)
	b.Op(ops.FMul, ops.FA, ops.FA, step)
	b.Op(ops.FSub, cr, ops.FA, ops.F64(2))
	b.Op(ops.FMov, ops.FA, ops.F64(0), none) // the real part of z
	b.Op(ops.FMov, ops.FX, ops.F64(0), none) // the imaginary part
	b.Mov(ops.O, ops.Imm(200))
	b.Bind(iterate)
	b.Op(ops.FMul, ops.FY, ops.FA, ops.FA)
	b.Op(ops.FMul, ops.FO, ops.FX, ops.FX)
	b.Op(ops.FMul, ops.FX, ops.FX, ops.FA)
	b.Op(ops.FSub, ops.FA, ops.FY, ops.FO)
	b.Op(ops.FAdd, ops.FY, ops.FY, ops.FO)
	b.Branch(ops.FBGt, ops.FY, ops.F64(4), escaped)
	b.Op(ops.FAdd, ops.FX, ops.FX, ops.FX)
	b.Op(ops.FAdd, ops.FX, ops.FX, ci)
	b.Op(ops.FAdd, ops.FA, ops.FA, cr)
	b.Add(ops.A, ops.A, ops.Imm(1))
	b.Sub(ops.O, ops.O, ops.Imm(1))
	b.Branch(ops.BNZ, ops.O, none, iterate)
	b.Bind(escaped)
	b.Add(ops.X, ops.X, ops.Imm(1))
	b.Branch(ops.BLtU, ops.X, size, column)
	b.Add(ops.Y, ops.Y, ops.Imm(1))
	b.Branch(ops.BLtU, ops.Y, size, row)
	b.Return()
	return id
}

// C is a program in C that runs these functions, all of them, for comparison with
// compilers of C. Its arguments are a function's name and its argument; it prints
// how many nanoseconds the call took, and its result.
//
//go:embed c/sample.c
var C []byte

// Functions are the samples by name that most benchmarks share: calls and integers.
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
