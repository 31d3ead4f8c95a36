// Command reuse runs a function, frees its code, and runs another one at the same
// address, each for as many milliseconds as the argument says. It prints the address
// of either.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// One thread: GDB misses breakpoints that a goroutine comes to on another one than
// before.
func init() { runtime.LockOSThread() }

func main() {
	ms, err := strconv.Atoi(os.Args[1])
	check(err)
	engine, err := jit.NewEngine(jit.Config{Tier: jit.TierNative})
	check(err)
	for _, name := range []string{"early", "late"} {
		src := "copyjit 1\nfunc " + name + " (i) (i)\nnext:\n\tsub a, 1\n\tbne a, 0, next\n\treturn\n"
		p, err := ops.Parse(name+".cj", []byte(src))
		check(err)
		code, err := engine.Compile(p)
		check(err)
		in, err := code.NewInstance(jit.InstanceConfig{})
		check(err)
		for start := time.Now(); time.Since(start) < time.Duration(ms)*time.Millisecond; {
			check(in.Call(context.Background(), 0, &ops.State{Reg: [ops.NumRegs]uint64{1_000_000}}))
		}
		compiled(name)
		check(code.Close())
		freed(name)
	}
	check(engine.Close())
	freed("all")
}

// Debuggers stop here.
//
//go:noinline
func compiled(name string) { fmt.Println("compiled", name) }

//go:noinline
func freed(name string) { fmt.Println("freed", name) }

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
