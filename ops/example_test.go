package ops_test

import (
	"fmt"
	"log"

	"github.com/copyjit/copyjit/ops"
)

// A function in the text format, run by the interpreter.
func ExampleParse() {
	p, err := ops.Parse("sum.cj", []byte(`copyjit 1

; The sum of 1 … a.
func sum (i) (i)
	mov x, a
	mov a, 0
	beq x, 0, done
loop:
	add a, x
	sub x, 1
	bne x, 0, loop
done:
	return
`))
	if err != nil {
		log.Fatal(err)
	}
	sum, _ := p.Lookup("sum")
	m := ops.Machine{Stack: make([]uint64, 100), Polls: 1000}
	m.Enter(sum)
	m.Reg[0] = 100
	exit := m.Run(p)
	fmt.Println(exit, m.Reg[0])
	// Output: return 5050
}

// What is wrong with a text, and what would be right.
func ExampleParse_error() {
	_, err := ops.Parse("sum.cj", []byte("copyjit 1\nfunc double (i) (i)\n\tad a, a\n\treturn\n"))
	fmt.Println(err)
	_, err = ops.Parse("sum.cj", []byte("copyjit 1\nfunc double (i) (i)\n\tadd a, x\n\treturn\n"))
	fmt.Println(err)
	// Output:
	// sum.cj:3:2: unknown operation "ad" (did you mean "add"?)
	// sum.cj:3:2: function double, pc 0: add: it reads register x, which is not written on every path to it
}

// A program made by a Builder, printed in the text format.
func ExampleBuilder() {
	b := ops.NewBuilder()
	b.Func("max", ops.MakeSignature([]ops.Type{ops.Int, ops.Int}, []ops.Type{ops.Int}), 0)
	done := b.Label()
	b.Branch(ops.BGe, ops.A, ops.X, done)
	b.Mov(ops.A, ops.X)
	b.Bind(done)
	b.Return()
	p, err := b.Build()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(p)
	// Output:
	// copyjit 1
	//
	// func max (i, i) (i)
	// 	bge a, x, L0
	// 	mov a, x
	// L0:
	// 	return
}

// A list of a function's operations with their pcs.
func ExampleProgram_Listing() {
	p, err := ops.Parse("wait.cj", []byte("copyjit 1\nfunc wait (i)\ntop: sub a, 1\n bne a, 0, top\n return\n"))
	if err != nil {
		log.Fatal(err)
	}
	for pc, line := range p.Listing(0) {
		fmt.Printf("%d %-3s %s\n", pc, line.Label, line.Text)
	}
	// Output:
	// 0 L0  sub a, a, 1
	// 1     bne a, 0, L0
	// 2     return
}
