package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// A workload says what bench does with a sample on a tier.
type workload struct {
	compiles int    // how often it is compiled
	runs     int    // how often it is run
	arg      uint64 // with which argument
}

// workloads take a second or so per row. Tiers differ a hundredfold, so that
// their arguments do; the time per step can be compared.
var workloads = map[string]map[jit.Tier]workload{
	"loop": {jit.TierNative: {200_000, 3, 1e9}, jit.TierInterp: {200_000, 3, 1e7}},
	"fib":  {jit.TierNative: {200_000, 3, 40}, jit.TierInterp: {200_000, 3, 28}},
}

// steps are what the time per step counts, given the argument and the result.
var steps = map[string]func(arg, result uint64) uint64{
	"loop": func(arg, _ uint64) uint64 { return arg },
	// fib counts its leaves, and has as many calls that are none, less one.
	"fib": func(_, result uint64) uint64 { return 2*result - 1 },
}

// liveCodes is how many functions are compiled at any moment while compiling is
// timed, so that memory is freed and taken again as in a program that goes on.
const liveCodes = 1000

// bench prints compile and run times.
func bench(e *env, args []string) error {
	if err := e.noArgs(e.flags(), args); err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	err := benchTable(ctx, e.stdout, workloads)
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	return err
}

// benchTable prints a row for each sample and each tier that there is.
func benchTable(ctx context.Context, out io.Writer, work map[string]map[jit.Tier]workload) error {
	fmt.Fprintf(out, "%s %s/%s, one goroutine\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "function\ttier\tcompile\tcode\targument\trun\tper step\t")
	var missing error
	for _, f := range sample.Functions {
		for _, tier := range []jit.Tier{jit.TierNative, jit.TierInterp} {
			engine, err := jit.NewEngine(jit.Config{Tier: tier})
			if err != nil {
				missing = err
				continue
			}
			err = benchRow(ctx, w, engine, f.Name, f.Build, work[f.Name][tier])
			engine.Close()
			if err != nil {
				return err
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, `
compile    build, verify, compile and free one function while %d are live, on average;
           on the tier interp nothing is compiled
run        one call with the argument, the median of some; the results are checked
per step   run divided by the iterations of loop, by the calls of fib
`, liveCodes)
	if missing != nil {
		fmt.Fprintf(out, "\nno tier jit: %s\n", reason(missing))
	}
	return nil
}

func benchRow(ctx context.Context, w io.Writer, engine *jit.Engine, name string, build func(*ops.Builder) ops.FuncID, work workload) error {
	compile, err := timeCompile(ctx, engine, build, work.compiles)
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
	var times []time.Duration
	var result uint64
	for range work.runs {
		s := ops.State{Reg: [ops.NumRegs]uint64{work.arg}}
		start := time.Now()
		if err := in.Call(ctx, 0, &s); err != nil {
			return err
		}
		times = append(times, time.Since(start))
		result = s.Reg[0]
	}
	if want := expected[name](work.arg); result != want {
		return fmt.Errorf("%s %d on the tier %s is %d, want %d", name, work.arg, engine.Tier(), result, want)
	}
	slices.Sort(times)
	run := times[len(times)/2]
	size := "–"
	if n := code.Size(); n != 0 {
		size = fmt.Sprintf("%d B", n)
	}
	fmt.Fprintf(w, "%s\t%s\t%d ns\t%s\t%d\t%.1f ms\t%.2f ns\t\n", name, engine.Tier(), compile.Nanoseconds(), size, work.arg,
		run.Seconds()*1e3, float64(run.Nanoseconds())/float64(steps[name](work.arg, result)))
	return nil
}

// expected are the samples in Go.
var expected = map[string]func(uint64) uint64{
	"loop": func(n uint64) uint64 {
		// n or n−1 is even: halve that before the product is cut to 64 bits.
		if n%2 == 0 {
			return n / 2 * (n - 1)
		}
		return n * ((n - 1) / 2)
	},
	"fib": func(n uint64) uint64 {
		a, b := uint64(1), uint64(1)
		for ; n > 2; n-- {
			a, b = b, a+b
		}
		return b
	},
}

// timeCompile returns the mean time of building, compiling and freeing one
// function.
func timeCompile(ctx context.Context, engine *jit.Engine, build func(*ops.Builder) ops.FuncID, times int) (time.Duration, error) {
	b := ops.NewBuilder()
	codes := make([]*jit.Code, liveCodes)
	start := time.Now()
	for i := range times {
		build(b)
		p, err := b.Build()
		if err != nil {
			return 0, err
		}
		c, err := engine.Compile(p)
		if err != nil {
			return 0, err
		}
		old := &codes[i%liveCodes]
		if *old != nil {
			(*old).Close()
		}
		*old = c
		if i%liveCodes == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	for _, c := range codes {
		if c != nil {
			c.Close()
		}
	}
	return time.Since(start) / time.Duration(times), nil
}
