package jit_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"

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

// A program with floats, a memory and a call of the host: the mean of numbers in
// memory.
func Example_machine() {
	program, err := ops.Parse("mean.cj", []byte(`copyjit 1
memory 4096
data 0, "\x00\x00\x00\x00\x00\x00\xf8?\x00\x00\x00\x00\x00\x00\x04@"  ; 1.5 and 2.5
host report (f)

func mean (i) (f) slots 1  ; of a float64s from address 0 on
	floati64 fx, a
	shl a, a, 3
	fmov fa, 0
next:
	sub a, a, 8
	fload fy, a
	fadd fa, fa, fy
	bnz a, next
	fdiv fa, fa, fx
	fmov [0], fa
	callh report               ; a Go function of InstanceConfig.Host
	fmov fa, [0]               ; a call keeps slots, but no registers
	return
`))
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
	instance, err := code.NewInstance(jit.InstanceConfig{
		Host: map[string]jit.HostFunc{
			"report": func(call *jit.HostCall) error {
				fmt.Println("reported", call.Float64(0))
				return nil
			},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range []uint64{2, 1000} { // a thousand are more than there is room for
		s := ops.State{Reg: [ops.NumRegs]uint64{n}}
		if err := instance.Call(context.Background(), 0, &s); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(math.Float64frombits(s.FReg[0]))
	}
	// Output:
	// reported 2
	// 2
	// memory access out of bounds in function mean, pc 4, line 12
}

// A program that asks for a memory with some text in it, turns letters into upper
// case there, and has the host print it.
func ExampleHostFunc() {
	program, err := ops.Parse("shout.cj", []byte(`copyjit 1
memory 64
data 8, "a host of bytes"
host print (i, i)

func main (i, i) slots 2  ; address and length
	mov [0], a
	mov [1], x
	add x, x, a       ; the end
next:
	load8u y, a+0
	bltu y, 97, keep  ; before 'a'
	sub y, y, 32
	store8 a+0, y
keep:
	add a, a, 1
	bltu a, x, next
	mov a, [0]
	mov x, [1]
	callh print
	return
`))
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
	instance, err := code.NewInstance(jit.InstanceConfig{
		Host: map[string]jit.HostFunc{
			"print": func(call *jit.HostCall) error {
				text, err := call.Memory().Slice(call.Args[0], int(call.Args[1]))
				if err != nil {
					return err // ends the call of main
				}
				fmt.Printf("%s\n", text)
				return nil
			},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	main, _ := program.Lookup("main")
	for _, length := range []uint64{15, 100} {
		s := ops.State{Reg: [ops.NumRegs]uint64{8, length}}
		if err := instance.Call(context.Background(), main, &s); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// A HOST OF BYTES
	// memory access out of bounds in function main, pc 3, line 11
}

// Instances of one program can work on one memory, one after the other; Go reads and
// writes it too.
func ExampleMemory() {
	program, err := ops.Parse("double.cj", []byte(`copyjit 1
memory 8, 65536

func double ()
	mov a, 0
	load64 x, a+0
	add x, x, x
	store64 a+0, x
	return
`))
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
	memory, err := jit.NewMemory(4096, 1<<20)
	if err != nil {
		log.Fatal(err)
	}
	defer memory.Close()
	if err := memory.PutUint64(0, 21); err != nil {
		log.Fatal(err)
	}
	for range 2 {
		instance, err := code.NewInstance(jit.InstanceConfig{Memory: memory})
		if err != nil {
			log.Fatal(err)
		}
		if err := instance.Call(context.Background(), 0, nil); err != nil {
			log.Fatal(err)
		}
		sum, err := memory.Uint64(0)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(sum)
	}
	// Output:
	// 42
	// 84
}

// Fuel is how many entries of functions and back-edges a call may pass. Unlike the time
// that a context gives, what it suffices for is the same on every machine.
func ExampleInstance_SetFuel() {
	program, err := ops.Parse("loop.cj", []byte(`copyjit 1

func loop (i) (i)
again:
	sub a, a, 1
	bnz a, again
	return
`))
	if err != nil {
		log.Fatal(err)
	}
	engine, err := jit.NewEngine(jit.Config{Fuel: true})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	code, err := engine.Compile(program)
	if err != nil {
		log.Fatal(err)
	}
	instance, err := code.NewInstance(jit.InstanceConfig{})
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range []uint64{10, 1_000_000_000} {
		if err := instance.SetFuel(1000); err != nil {
			log.Fatal(err)
		}
		err := instance.Call(context.Background(), 0, &ops.State{Reg: [ops.NumRegs]uint64{n}})
		fmt.Println(err, "with", instance.Fuel(), "left")
		var limit *jit.LimitError
		if errors.As(err, &limit) {
			fmt.Println(limit)
		}
	}
	// Output:
	// <nil> with 989 left
	// out of fuel in function loop, pc 1, line 6 with 0 left
	// jit: the limit of 1000 units of fuel is reached
}
