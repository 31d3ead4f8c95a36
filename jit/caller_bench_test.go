package jit

import (
	"context"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
)

// BenchmarkCaller is BenchmarkCall with a Caller and 64 bytes of memory.
func BenchmarkCaller(b *testing.B) {
	e := native(b, Tuning{})
	c, err := e.Compile(sample.Program(nop))
	if err != nil {
		b.Fatal(err)
	}
	in, err := c.NewInstance(InstanceConfig{})
	if err != nil {
		b.Fatal(err)
	}
	caller, err := in.NewCaller(0)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	caller.Context = ctx
	memory := make([]byte, 64)
	b.ReportAllocs()
	for range b.N {
		if err := caller.Call(memory); err != nil {
			b.Fatal(err)
		}
	}
}
