package main

import (
	"os"
	"runtime/debug"
	"strconv"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

func main() {
	debug.SetGCPercent(-1)
	n, _ := strconv.Atoi(os.Args[2])
	f := sample.Loop
	if os.Args[1] == "fib" {
		f = sample.Fib
	}
	e, err := jit.NewEngine(jit.Config{Tier: jit.TierNative})
	if err != nil {
		panic(err)
	}
	b := ops.NewBuilder()
	for i := 0; i < n; i++ {
		f(b)
		p, err := b.Build()
		if err != nil {
			panic(err)
		}
		c, err := e.Compile(p)
		if err != nil {
			panic(err)
		}
		c.Close()
	}
}
