package jitprof_test

import (
	"context"
	"fmt"
	"io"
	"log"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/jit/jitprof"
	"github.com/copyjit/copyjit/ops"
)

// A service has its engine observed at all times, and takes profiles when it is asked.
func Example() {
	profiler := jitprof.New(jitprof.Config{Labels: true})
	engine, err := jit.NewEngine(jit.Config{Observer: profiler.Observer()})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()

	program, err := ops.Parse("count.cj", []byte("copyjit 1\nfunc count (i) (i)\nnext:\n\tsub a, 1\n\tbne a, 0, next\n\treturn\n"))
	if err != nil {
		log.Fatal(err)
	}
	code, err := engine.Compile(program)
	if err != nil {
		log.Fatal(err)
	}
	instance, err := code.NewInstance(jit.InstanceConfig{})
	if err != nil {
		log.Fatal(err)
	}

	if err := profiler.Start(engine); err != nil {
		log.Fatal(err)
	}
	s := ops.State{Reg: [ops.NumRegs]uint64{10_000_000}}
	if err := instance.Call(context.Background(), 0, &s); err != nil {
		log.Fatal(err)
	}
	if err := profiler.Stop().Write(io.Discard); err != nil { // a file, or an http.ResponseWriter
		log.Fatal(err)
	}
	fmt.Println(s.Reg[0])
	// Output: 0
}
