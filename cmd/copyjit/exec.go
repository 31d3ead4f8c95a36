package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// errInterrupted is what ends a command that the user interrupts.
var errInterrupted = errors.New("interrupted")

// interruptible returns a context that ends with the user's interrupt.
func interruptible() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt)
}

// exec compiles the program and calls a function of it.
func (e *env) exec(opt *execFlags, p *ops.Program, fn ops.FuncID, s *ops.State) error {
	ctx, stop := interruptible()
	defer stop()
	provides, err := hostFuncs(p, e.stdout)
	if err != nil {
		return err
	}
	profile, err := newProfile(opt.profile)
	if err != nil {
		return err
	}
	engine, err := jit.NewEngine(jit.Config{Tier: jit.Tier(opt.tier), Tools: jit.Tools(opt.tools), Observer: profile.observer()})
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
	instance, err := code.NewInstance(jit.InstanceConfig{StackBytes: int(opt.stack), Host: provides})
	if err != nil {
		return err
	}
	if opt.verbose {
		e.sayCompiled(engine, code, compiled)
	}
	start = time.Now()
	profile.start(engine)
	err = instance.Call(ctx, fn, s)
	if perr := profile.stop(); perr != nil {
		return perr
	}
	if opt.verbose {
		fmt.Fprintf(e.stderr, "%s ran for %v\n", funcName(p.Func(fn).Name), time.Since(start))
		e.sayExits(instance.ExitCounts())
		e.sayCounters(instance.Counters())
	}
	var trap *jit.Trap
	var host *jit.HostError
	switch {
	case errors.Is(err, context.Canceled):
		return errInterrupted
	case errors.As(err, &host):
		e.sayTrace(opt, host.Trace())
		return errors.New(oneLine(host.Error()))
	case errors.As(err, &trap):
		e.sayTrace(opt, trap.Trace())
		text := oneLine(trap.Error()) // a function's name may have a line end in it
		if trap.Reason == ops.ReasonStackOverflow {
			text += fmt.Sprintf(" (the stack has %d bytes, -stack sets another limit)", opt.stack)
		}
		return errors.New(text)
	case err == nil:
		return engine.ToolsError()
	}
	return err
}

func (e *env) sayCompiled(engine *jit.Engine, code *jit.Code, took time.Duration) {
	p := code.Program()
	operations := plural(p.Len(), "operation")
	if engine.Tier() == jit.TierInterp {
		fmt.Fprintf(e.stderr, "interpreting %s: %s\n", funcNames(p), operations)
		if why := engine.Fallback(); why != nil {
			fmt.Fprintf(e.stderr, "not compiled: %s\n", reason(why))
		}
		return
	}
	fmt.Fprintf(e.stderr, "compiled %s: %s, %d bytes, %v\n", funcNames(p), operations, code.Size(), took)
}

// sayCounters prints the profile, if the program keeps one.
func (e *env) sayCounters(counters []uint64) {
	for i, n := range counters {
		fmt.Fprintf(e.stderr, "counter %d: %d\n", i, n)
	}
}

// sayExits prints how often compiled code was left.
func (e *env) sayExits(counts jit.ExitCounts) {
	for _, exit := range slices.Sorted(maps.Keys(counts.Exits)) {
		fmt.Fprintf(e.stderr, "exits, %s: %d\n", exit, counts.Exits[exit])
	}
}

func (e *env) sayTrace(opt *execFlags, trace string) {
	if opt.verbose {
		fmt.Fprintf(e.stderr, "stack, innermost first:\n%s", trace)
	}
}
