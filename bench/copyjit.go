package main

import (
	"context"
	"errors"
	"time"

	"github.com/copyjit/copyjit/bpf"
	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// errNotDone is what a peer answers that does not do a task.
var errNotDone = errors.New("not done")

var samples = map[string]func(*ops.Builder) ops.FuncID{"loop": sample.Loop, "fib": sample.Fib, "sieve": sample.Sieve}

// newCopyjit returns copyjit on one of its tiers; shared, with VM.Run instead of a
// Runner.
func newCopyjit(name string, tier jit.Tier, arg func(*task) uint64, shared bool, note string) *peer {
	p := &peer{name: name, arg: arg, note: note}
	engine, err := jit.NewEngine(jit.Config{Tier: tier})
	if err != nil {
		p.err = err
		return p
	}
	instances := map[string]*jit.Instance{}
	for task, build := range samples {
		code, err := engine.Compile(sample.Program(build))
		if err == nil {
			instances[task], err = code.NewInstance(jit.InstanceConfig{})
		}
		if err != nil {
			p.err = err
			return p
		}
	}
	vms, runners, err := newFilters(bpf.Config{Engine: engine})
	p.err = err
	p.run = func(task string, arg uint64) (time.Duration, uint64, error) {
		switch {
		case task == "filters" && shared:
			return runFilters(vms, arg)
		case shared:
			return 0, 0, errNotDone
		case task == "filters":
			return runFilters(runners, arg)
		}
		s := ops.State{Reg: [ops.NumRegs]uint64{arg}}
		start := time.Now()
		err := instances[task].Call(context.Background(), 0, &s)
		return time.Since(start), s.Reg[0], err
	}
	return p
}
