package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// execFlags are the flags of commands that run something.
type execFlags struct {
	tier    string
	stack   int
	verbose bool
}

func addExecFlags(fs *flag.FlagSet) *execFlags {
	opt := new(execFlags)
	fs.StringVar(&opt.tier, "tier", "auto", "`tier` to run on: interp, jit, or auto (jit where the platform allows it)")
	fs.IntVar(&opt.stack, "stack", jit.DefaultStackBytes, "limit of the program's stack in `bytes`")
	fs.BoolVar(&opt.verbose, "v", false, "say on stderr what was compiled, how many bytes, how long it took")
	return opt
}

// engine returns an engine of the tier that the flag names.
func (opt *execFlags) engine() (*jit.Engine, error) {
	for _, t := range []jit.Tier{jit.TierAuto, jit.TierInterp, jit.TierNative} {
		if t.String() == opt.tier {
			return jit.NewEngine(jit.Config{Tier: t})
		}
	}
	return nil, usagef("-tier is %q, want interp, jit or auto", opt.tier)
}

// exec compiles the program and calls a function of it. An interrupt ends it.
func (e *env) exec(ctx context.Context, opt *execFlags, p *ops.Program, fn ops.FuncID, s *ops.State) error {
	if opt.stack < 16 || opt.stack%8 != 0 {
		return usagef("-stack is %d, want a multiple of 8 of at least 16", opt.stack)
	}
	engine, err := opt.engine()
	if err != nil {
		return err
	}
	defer engine.Close()
	start := time.Now()
	code, err := engine.Compile(p)
	compiled := time.Since(start)
	if err != nil {
		return err
	}
	instance, err := code.NewInstance(jit.InstanceConfig{StackBytes: opt.stack})
	if err != nil {
		return err
	}
	if opt.verbose {
		e.sayCompiled(engine, code, compiled)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	start = time.Now()
	err = instance.Call(ctx, fn, s)
	if opt.verbose {
		fmt.Fprintf(e.stderr, "%s ran for %v\n", p.Func(fn).Name, time.Since(start))
	}
	var trap *jit.Trap
	if errors.As(err, &trap) && opt.verbose {
		fmt.Fprintf(e.stderr, "stack, innermost first:\n%s", trap.Trace())
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	return err
}

func (e *env) sayCompiled(engine *jit.Engine, code *jit.Code, took time.Duration) {
	p := code.Program()
	names := make([]string, p.NumFuncs())
	for i := range names {
		names[i] = p.Func(ops.FuncID(i)).Name
	}
	list := strings.Join(names, ", ")
	if engine.Tier() == jit.TierInterp {
		fmt.Fprintf(e.stderr, "interpreting %s: %d operations\n", list, p.Len())
		if why := engine.Fallback(); why != nil {
			fmt.Fprintf(e.stderr, "not compiled: %v\n", why)
		}
		return
	}
	fmt.Fprintf(e.stderr, "compiled %s: %d operations, %d bytes, %v\n", list, p.Len(), code.Size(), took)
}
