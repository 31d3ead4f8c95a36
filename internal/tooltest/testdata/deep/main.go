// Command deep calls functions that call each other, directly, through the table and
// from a host function, compiled as a whole or, with an argument, one by one.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

const source = `copyjit 1
host again ()
table leaf

func outer () () slots 2
	mov [0], 1
	mov [1], 5
	callh again
	return

func middle (i) (i) slots 3
	mov [2], a
	bz a, last
	sub a, 1
	call middle
	return
last:
	calli a, () (i)
	return

func leaf () (i)
	mov a, 7
	return
`

func main() {
	p, err := ops.Parse("deep.cj", []byte(source))
	check(err)
	engine, err := jit.NewEngine(jit.Config{Tier: jit.TierNative, Tools: jit.ToolGDB})
	check(err)
	load := engine.Compile
	if len(os.Args) > 1 {
		load = engine.Prepare
	}
	code, err := load(p)
	check(err)
	for id := range ops.FuncID(p.NumFuncs()) {
		check(code.CompileFunc(id))
	}
	compiled()
	in, err := code.NewInstance(jit.InstanceConfig{Host: map[string]jit.HostFunc{"again": again}})
	check(err)
	check(in.Call(context.Background(), 0, &ops.State{}))
	fmt.Println("done")
}

func again(h *jit.HostCall) error {
	return h.Call(h.Context(), 1, &ops.State{Reg: [ops.NumRegs]uint64{2}})
}

// Debuggers stop here.
//
//go:noinline
func compiled() { fmt.Println("compiled") }

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
