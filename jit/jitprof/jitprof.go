package jitprof

import (
	"context"
	"errors"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/pprof/profile"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// DefaultRate is how many samples a second a Profiler takes unless its Config says
// otherwise: as many as Go's.
const DefaultRate = 100

// MaxRate is the largest Config.Rate.
const MaxRate = 10_000

// Label is the key of the label that calls have with Config.Labels.
const Label = "copyjit"

// Config configures a Profiler. The zero Config is a good one.
type Config struct {
	Rate   int  // samples a second, up to MaxRate; 0 means DefaultRate
	Labels bool // label calls, for Go's own profiler, whether started or not
}

// A Profiler takes samples of engines. Its methods may be called from several
// goroutines.
type Profiler struct {
	rate   int
	labels bool
	on     atomic.Bool

	mu      sync.Mutex
	builder *builder // nil when stopped
	stop    chan struct{}
	stopped chan struct{}
}

// New returns a Profiler that is stopped.
func New(cfg Config) *Profiler {
	if cfg.Rate <= 0 {
		cfg.Rate = DefaultRate
	}
	return &Profiler{rate: min(cfg.Rate, MaxRate), labels: cfg.Labels}
}

// Observer returns what the Config of an engine needs to have for the Profiler to see
// what runs there.
func (p *Profiler) Observer() jit.Observer {
	o := jit.Observer{Pause: p.pause}
	if p.labels {
		o.Enter, o.Leave = enter, leave
	}
	return o
}

// ErrStarted is what Start answers if the Profiler is started already.
var ErrStarted = errors.New("jitprof: started already")

// Start begins to take samples of what runs in these engines, whose Configs have the
// Profiler's Observer.
func (p *Profiler) Start(engines ...*jit.Engine) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.builder != nil {
		return ErrStarted
	}
	p.builder = newBuilder(p.rate)
	p.stop, p.stopped = make(chan struct{}), make(chan struct{})
	p.on.Store(true)
	go p.ask(engines, p.stop, p.stopped)
	return nil
}

// ask interrupts all engines at the Profiler's rate, until stop is closed.
func (p *Profiler) ask(engines []*jit.Engine, stop, stopped chan struct{}) {
	defer close(stopped)
	period := time.Second / time.Duration(p.rate)
	for next := time.Now().Add(period); ; next = next.Add(period) {
		for d := time.Until(next); d > 0; d = time.Until(next) {
			sleep(d)
		}
		if late := time.Since(next); late > period { // what is missed is missed
			next = next.Add(late)
		}
		select {
		case <-stop:
			return
		default:
		}
		for _, e := range engines {
			e.Interrupt()
		}
	}
}

// Stop ends taking samples and returns those that were taken, nil if the Profiler is
// stopped already. Its value types are "samples" and "cpu", as in Go's profiles.
func (p *Profiler) Stop() *profile.Profile {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.builder == nil {
		return nil
	}
	p.on.Store(false)
	close(p.stop)
	<-p.stopped
	b := p.builder
	p.builder = nil
	return b.profile()
}

// pause takes a sample, if that is why the instance stands still.
func (p *Profiler) pause(at *jit.Pause) {
	if !at.Interrupted || !p.on.Load() {
		return
	}
	stack, omitted := at.Stack()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.builder != nil {
		p.builder.add(at.Instance().Program(), at.Exit, stack, omitted)
	}
}

// enter labels a call.
func enter(ctx context.Context, in *jit.Instance, fn ops.FuncID) context.Context {
	ctx = pprof.WithLabels(ctx, pprof.Labels(Label, in.Program().Func(fn).Name))
	pprof.SetGoroutineLabels(ctx)
	return ctx
}

// leave gives the goroutine the labels again that the caller's context has.
func leave(ctx context.Context, _ *jit.Instance, _ ops.FuncID) { pprof.SetGoroutineLabels(ctx) }
