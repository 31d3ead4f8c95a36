package jit_test

import (
	"context"
	"fmt"
	"log"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// The factorials of 0 … 10.
func Example() {
	sig := ops.MakeSignature([]ops.Type{ops.Int}, []ops.Type{ops.Int})
	b := ops.NewBuilder()
	fact := b.Func("factorial", sig, 0)
	loop, done := b.Label(), b.Label()
	b.Mov(ops.X, ops.A)
	b.Mov(ops.A, ops.Imm(1))
	b.Branch(ops.BEq, ops.X, ops.Imm(0), done)
	b.Bind(loop)
	b.Mul(ops.A, ops.A, ops.X)
	b.Sub(ops.X, ops.X, ops.Imm(1))
	b.Branch(ops.BNe, ops.X, ops.Imm(0), loop)
	b.Bind(done)
	b.Return()
	program, err := b.Build()
	if err != nil {
		log.Fatal(err)
	}

	engine, err := jit.NewEngine(jit.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	code, err := engine.Compile(program)
	if err != nil {
		log.Fatal(err)
	}
	defer code.Close()
	instance, err := code.NewInstance(jit.InstanceConfig{})
	if err != nil {
		log.Fatal(err)
	}

	var s ops.State
	for n := range uint64(11) {
		s.Reg[0] = n
		if err := instance.Call(context.Background(), fact, &s); err != nil {
			log.Fatal(err)
		}
		fmt.Print(s.Reg[0], " ")
	}
	// Output: 1 1 2 6 24 120 720 5040 40320 362880 3628800
}
