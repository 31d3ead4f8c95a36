package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

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
	dir, err := os.MkdirTemp("", "copyjit")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	err = benchTable(ctx, e.stdout, kernels, buildPeers(ctx, dir))
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	return err
}

// benchTable prints a row for each kernel and each tier that there is.
func benchTable(ctx context.Context, out io.Writer, list []kernel, peers []peer) error {
	fmt.Fprintf(out, "%s %s/%s, one goroutine\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "function\ttier\tcompile\tcode\targument\trun\tper step\t")
	var units []string
	for i := range peers {
		fmt.Fprint(w, peers[i].name, "\t")
	}
	fmt.Fprintln(w)
	var missing error
	for i := range list {
		k := &list[i]
		units = append(units, k.unit)
		beside, err := peerCells(ctx, k, peers)
		if err != nil {
			return err
		}
		for _, tier := range []jit.Tier{jit.TierNative, jit.TierInterp} {
			engine, err := jit.NewEngine(jit.Config{Tier: tier})
			if err != nil {
				missing = err
				continue
			}
			err = benchRow(ctx, w, engine, k, beside)
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
run        one call with the argument, the median of some; all results are checked
per step   run divided by the %s;
           of the same functions in C beside it
`, liveCodes, strings.Join(units, ", "))
	if missing != nil {
		fmt.Fprintf(out, "\nno tier jit: %s\n", reason(missing))
	}
	for _, p := range peers {
		if p.err != nil && p.err != errNoCompiler {
			fmt.Fprintf(out, "\n%s: %s\n", p.name, reason(p.err))
		}
	}
	return nil
}

func benchRow(ctx context.Context, w io.Writer, engine *jit.Engine, k *kernel, beside string) error {
	work := k.work[engine.Tier()]
	compile, err := timeCompile(ctx, engine, k.build, work.compiles)
	if err != nil {
		return err
	}
	code, err := engine.Compile(sample.Program(k.build))
	if err != nil {
		return err
	}
	defer code.Close()
	in, err := code.NewInstance(jit.InstanceConfig{})
	if err != nil {
		return err
	}
	run, perStep, err := k.time(work, fmt.Sprintf("on the tier %s", engine.Tier()), func() (time.Duration, uint64, error) {
		s := ops.State{Reg: [ops.NumRegs]uint64{work.arg}}
		start := time.Now()
		err := in.Call(ctx, 0, &s)
		return time.Since(start), s.Reg[0], err
	})
	if err != nil {
		return err
	}
	size := "–"
	if n := code.Size(); n != 0 {
		size = fmt.Sprintf("%d B", n)
	}
	fmt.Fprintf(w, "%s\t%s\t%d ns\t%s\t%d\t%.1f ms\t%.2f ns\t%s\n", k.name, engine.Tier(), compile.Nanoseconds(), size, work.arg,
		run.Seconds()*1e3, perStep, beside)
	return nil
}

// peerCells returns the last cells of a kernel's rows: what its steps take in C, or
// why that is not known.
func peerCells(ctx context.Context, k *kernel, peers []peer) (cells string, err error) {
	for i := range peers {
		p := &peers[i]
		switch {
		case p.err == errNoCompiler:
			cells += p.err.Error() + "\t"
			continue
		case p.err != nil:
			cells += "failed\t"
			continue
		}
		work := k.work[jit.TierNative]
		_, perStep, err := k.time(work, "compiled by "+p.name, func() (time.Duration, uint64, error) {
			return p.run(ctx, k.name, work.arg)
		})
		if err != nil {
			return "", err
		}
		cells += fmt.Sprintf("%.2f ns\t", perStep)
	}
	return cells, nil
}

// time calls a kernel some times and returns the median, and that divided by steps,
// in nanoseconds. It is an error if a result is wrong.
func (k *kernel) time(work workload, how string, call func() (time.Duration, uint64, error)) (run time.Duration, perStep float64, err error) {
	want := k.want(work.arg)
	var times []time.Duration
	for range work.runs {
		took, result, err := call()
		if err != nil {
			return 0, 0, err
		}
		if result != want {
			return 0, 0, fmt.Errorf("%s %d %s is %d, want %d", k.name, work.arg, how, result, want)
		}
		times = append(times, took)
	}
	slices.Sort(times)
	run = times[len(times)/2]
	return run, float64(run.Nanoseconds()) / float64(k.steps(work.arg, want)), nil
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
