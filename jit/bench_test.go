package jit

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// native returns an engine that compiles, or skips the test where there is none.
func native(tb testing.TB, tuning Tuning) *Engine {
	tb.Helper()
	e, err := NewEngine(Config{Tier: TierNative, Tuning: tuning})
	if err != nil {
		if nativeSet != nil {
			tb.Fatal(err)
		}
		tb.Skip(err)
	}
	tb.Cleanup(func() { e.Close() })
	return e
}

// BenchmarkCompile measures building, verifying, compiling and freeing a
// function, with 1,000 of them live that are freed in random order.
func BenchmarkCompile(b *testing.B) {
	for _, f := range sample.Functions {
		b.Run(f.Name, func(b *testing.B) { benchmarkCompile(b, f.Build, false) })
	}
}

// BenchmarkSteps measures what BenchmarkCompile consists of, one function at a
// time, so that all of it is in the cache: appending operations; the same, and
// verifying and making a Program; selection, layout and emission; taking and giving
// back code memory; a lock (of which a Compile and a Close need one each); and
// the floor, copying and patching as many chunks of 16 bytes as there are items.
func BenchmarkSteps(b *testing.B) {
	for _, f := range sample.Functions {
		b.Run(f.Name, func(b *testing.B) { benchmarkSteps(b, f.Build) })
	}
}

func benchmarkSteps(b *testing.B, build func(*ops.Builder) ops.FuncID) {
	e := native(b, Tuning{})
	builder, p := ops.NewBuilder(), sample.Program(build)
	var sel selector
	if err := sel.run(nativeSet, p); err != nil {
		b.Fatal(err)
	}
	plan := &sel.plan
	buf := make([]byte, plan.Size+stencils.Slack)
	var pass linker.Pass
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"append", func() error { build(builder); builder.Reset(); return nil }},
		{"build", func() error { build(builder); _, err := builder.Build(); return err }},
		{"compile", func() error {
			if nativeBook() == nil {
				return errors.Join(sel.run(nativeSet, p), plan.Emit(buf))
			}
			_, err := onePass(&pass, nativeBook(), p)
			return err
		}},
		{"memory", func() error {
			block, err := e.mem.Alloc(plan.Size + stencils.Slack)
			e.mem.Free(block)
			return err
		}},
		{"lock", func() error { e.mu.Lock(); defer e.mu.Unlock(); return nil }},
		{"floor", func() error { copyChunks(buf, len(plan.Items)); return nil }},
	} {
		b.Run(step.name, func(b *testing.B) {
			for range b.N {
				if err := step.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// copyChunks copies n chunks from the table of stencils, each 12 bytes behind
// the one before, and patches a word of each.
func copyChunks(buf []byte, n int) {
	for i := range n {
		dst := buf[12*i:][:16]
		copy(dst, nativeSet.Code[32*i:][:16])
		binary.LittleEndian.PutUint32(dst[8:], uint32(i))
	}
}

// BenchmarkCompileCall is BenchmarkCompile and one short call of each result:
// the first execution of fresh code is what the processor charges for writing
// it.
func BenchmarkCompileCall(b *testing.B) {
	for _, f := range sample.Functions {
		b.Run(f.Name, func(b *testing.B) { benchmarkCompile(b, f.Build, true) })
	}
}

func benchmarkCompile(b *testing.B, build func(*ops.Builder) ops.FuncID, call bool) {
	e := native(b, Tuning{})
	builder := ops.NewBuilder()
	const live = 1000
	codes := make([]*Code, live)
	// Random order: a permutation that is walked again and again frees the codes
	// in another order than that of their memory.
	order := rand.New(rand.NewPCG(1, 2)).Perm(live)
	run := runner(e)
	step := func(i int) {
		build(builder)
		p, err := builder.Build()
		if err != nil {
			b.Fatal(err)
		}
		c, err := e.Compile(p)
		if err != nil {
			b.Fatal(err)
		}
		if call {
			run(c)
		}
		slot := order[i%live]
		if old := codes[slot]; old != nil {
			old.Close()
		}
		codes[slot] = c
	}
	for i := range 10 * live {
		if i%live == 0 {
			rand.Shuffle(live, func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		step(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		step(i)
	}
}

// runner returns a function that enters a code once, without what Instance.Call
// adds.
func runner(e *Engine) func(*Code) {
	in := &Instance{own: -1}
	in.interp.Stack = make([]uint64, 1000)
	in.ctx.exit = leaveAddr()
	in.ctx.limit = in.stackAddr() + 8000
	return func(c *Code) {
		in.ctx.fp = in.stackAddr()
		in.ctx.resume = e.mem.Addr(c.block)
		in.ctx.reg[0] = 1
		in.ctx.site = 0
		in.interp.Stack[0] = uint64(in.ctx.exit)
		enter(&in.ctx)
	}
}

// BenchmarkRun measures compiled code: an operation of loop is one iteration of
// its body, one of fib is fib(27).
func BenchmarkRun(b *testing.B) {
	e := native(b, Tuning{})
	start := func(b *testing.B, build func(*ops.Builder) ops.FuncID) *Instance {
		c, err := e.Compile(sample.Program(build))
		if err != nil {
			b.Fatal(err)
		}
		in, err := c.NewInstance(InstanceConfig{})
		if err != nil {
			b.Fatal(err)
		}
		return in
	}
	b.Run("loop", func(b *testing.B) {
		in := start(b, sample.Loop)
		n := uint64(b.N)
		s := ops.State{Reg: [ops.NumRegs]uint64{n}}
		b.ResetTimer()
		if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != n*(n-1)/2 {
			b.Fatal(s.Reg[0], err)
		}
	})
	b.Run("fib", func(b *testing.B) {
		in := start(b, sample.Fib)
		b.ResetTimer()
		for range b.N {
			s := ops.State{Reg: [ops.NumRegs]uint64{27}}
			if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != 196418 {
				b.Fatal(s.Reg[0], err)
			}
		}
	})
}

// nop is a function that only returns.
func nop(b *ops.Builder) ops.FuncID {
	id := b.Func("nop", sample.IntToInt, 0)
	b.Return()
	return id
}

// BenchmarkEnter measures the trampoline: into a function that only returns.
func BenchmarkEnter(b *testing.B) {
	e := native(b, Tuning{})
	c, err := e.Compile(sample.Program(nop))
	if err != nil {
		b.Fatal(err)
	}
	run := runner(e)
	for range b.N {
		run(c)
	}
}

// BenchmarkCall measures Instance.Call with a context that can be cancelled, of
// a function that only returns.
func BenchmarkCall(b *testing.B) {
	e := native(b, Tuning{})
	c, err := e.Compile(sample.Program(nop))
	if err != nil {
		b.Fatal(err)
	}
	in, err := c.NewInstance(InstanceConfig{})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var s ops.State
	b.ReportAllocs()
	for range b.N {
		if err := in.Call(ctx, 0, &s); err != nil {
			b.Fatal(err)
		}
	}
}
