package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// benchRuns is how often each run is timed; the table has medians.
const benchRuns = 3

// benchArgs are the arguments of the samples: those with which compiled code
// takes about a second are divided for the interpreter, which is given in the
// table.
var benchArgs = map[string]map[jit.Tier]uint64{
	"loop": {jit.TierNative: 1e9, jit.TierInterp: 1e7},
	"fib":  {jit.TierNative: 42, jit.TierInterp: 30},
}

// bench prints compile and run times.
func bench(e *env, args []string) error {
	if err := e.noArgs(e.flags(), args); err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "function\ttier\tcompile\tcode\targument\trun")
	for _, f := range sample.Functions {
		for _, tier := range []jit.Tier{jit.TierNative, jit.TierInterp} {
			engine, err := jit.NewEngine(jit.Config{Tier: tier})
			if err != nil {
				fmt.Fprintf(w, "%s\t%s\t%v\n", f.Name, tier, err)
				continue
			}
			err = benchRow(w, engine, f.Name, f.Build)
			engine.Close()
			if err != nil {
				return err
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "\ncompile: build, verify, compile and free a function; run: median of %d.\n", benchRuns)
	return nil
}

func benchRow(w *tabwriter.Writer, engine *jit.Engine, name string, build func(*ops.Builder) ops.FuncID) error {
	compile, err := timeCompile(engine, build)
	if err != nil {
		return err
	}
	code, err := engine.Compile(sample.Program(build))
	if err != nil {
		return err
	}
	defer code.Close()
	in, err := code.NewInstance(jit.InstanceConfig{})
	if err != nil {
		return err
	}
	arg := benchArgs[name][engine.Tier()]
	var times []time.Duration
	for range benchRuns {
		s := ops.State{Reg: [ops.NumRegs]uint64{arg}}
		start := time.Now()
		if err := in.Call(context.Background(), 0, &s); err != nil {
			return err
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	fmt.Fprintf(w, "%s\t%s\t%v\t%d B\t%d\t%v\n", name, engine.Tier(), compile, code.Size(), arg,
		times[len(times)/2].Round(time.Microsecond))
	return nil
}

// timeCompile returns the time of building, compiling and freeing one function,
// with a thousand others live that are freed in turn.
func timeCompile(engine *jit.Engine, build func(*ops.Builder) ops.FuncID) (time.Duration, error) {
	const live, rounds = 1000, 200
	b := ops.NewBuilder()
	codes := make([]*jit.Code, live)
	start := time.Now()
	for i := range live * rounds {
		build(b)
		p, err := b.Build()
		if err != nil {
			return 0, err
		}
		c, err := engine.Compile(p)
		if err != nil {
			return 0, err
		}
		if old := codes[i%live]; old != nil {
			old.Close()
		}
		codes[i%live] = c
	}
	for _, c := range codes {
		c.Close()
	}
	return time.Since(start) / (live * rounds), nil
}
