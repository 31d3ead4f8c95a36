package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/copyjit/copyjit/internal/traffic"
)

// A task is something that every peer does.
type task struct {
	name string
	unit string // what a step is
	what string

	steps func(arg, result uint64) uint64
	want  func(arg uint64) uint64

	// Arguments for peers that make machine code, for those that interpret, and for
	// those whose numbers are floats.
	fast, slow, floats uint64
}

// numPackets is over how many packets each filter runs in a round.
const numPackets = 1000

var packets = traffic.Packets(numPackets)

var tasks = []task{
	{
		name: "loop", unit: "iteration", what: "the sum of 0 … n−1",
		steps: func(arg, _ uint64) uint64 { return arg },
		want:  func(n uint64) uint64 { return n / 2 * (n - 1) }, // n is even
		fast:  5e8, slow: 1e7, floats: 1e8,
	},
	{
		name: "fib", unit: "call", what: "Fibonacci numbers by recursion",
		// As many calls as leaves, less one, are none.
		steps: func(_, result uint64) uint64 { return 2*result - 1 },
		want: func(n uint64) uint64 {
			a, b := uint64(1), uint64(1)
			for ; n > 2; n-- {
				a, b = b, a+b
			}
			return b
		},
		fast: 38, slow: 27, floats: 35,
	},
	{
		name: "sieve", unit: "number", what: "the sieve of Eratosthenes, a byte of memory for each number",
		steps: func(arg, _ uint64) uint64 { return arg },
		want:  nativeSieve,
		fast:  4e6, slow: 4e5, floats: 4e6,
	},
	{
		name: "filters", unit: "packet", what: fmt.Sprintf("%d packet filters over %d packets, n times", len(traffic.Filters), numPackets),
		steps: func(arg, _ uint64) uint64 { return arg * uint64(len(traffic.Filters)*numPackets) },
		want:  nativeFilters,
		fast:  20, slow: 2, floats: 20,
	},
}

// A peer is a way to run the tasks.
type peer struct {
	name    string
	process bool // another process does it
	note    string
	arg     func(*task) uint64
	err     error // why it cannot be measured

	// run does a task. What takes place before it starts the clock is not measured.
	run func(task string, arg uint64) (time.Duration, uint64, error)
}

// Which argument a peer gets.
func fast(t *task) uint64   { return t.fast }
func slow(t *task) uint64   { return t.slow }
func floats(t *task) uint64 { return t.floats }

// A result is what a peer takes for a step of a task, in nanoseconds; 0 if it does
// not do that.
type result map[*task]map[*peer]float64

// rounds is how often each peer does each task. The best time counts: on a machine
// that does other things too, the others say how much.
const rounds = 5

// measure has all peers do a task, in turn, so that all meet the same machine.
func measure(ctx context.Context, t *task, peers []*peer, say func(string, ...any)) (map[*peer]float64, error) {
	best := map[*peer]float64{}
	for round := range rounds {
		for _, p := range peers {
			if p.err != nil {
				continue
			}
			if ctx.Err() != nil {
				return nil, errors.New("interrupted")
			}
			arg := p.arg(t)
			took, got, err := p.run(t.name, arg)
			if err == errNotDone {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", t.name, p.name, err)
			}
			if want := t.want(arg); got != want {
				return nil, fmt.Errorf("%s, %s: the result is %d, want %d", t.name, p.name, got, want)
			}
			ns := float64(took.Nanoseconds()) / float64(t.steps(arg, got))
			if old, ok := best[p]; !ok || ns < old {
				best[p] = ns
			}
			say("%s, round %d of %d: %s %.2f ns per %s", t.name, round+1, rounds, p.name, ns, t.unit)
		}
	}
	return best, nil
}
