package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/copyjit/copyjit/bpf"
	"github.com/copyjit/copyjit/jit"
)

// runBPF runs a packet filter over a capture file and prints what it accepts and how
// long that takes.
func runBPF(e *env, args []string) error {
	fs := e.flags()
	expression := fs.Bool("expr", false, "the filter is not a file but an expression, which an installed tcpdump compiles")
	rest, err := e.parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 2 {
		return usagef("want a filter and a capture file, got %s", plural(len(rest), "argument"))
	}
	ctx, stop := interruptible()
	defer stop()
	packets, err := openCapture(rest[1])
	if err != nil {
		return err
	}
	defer packets.Close()
	var l *listing
	if *expression {
		l, err = compileExpression(ctx, rest[0], rest[1])
	} else {
		l, err = readListing(rest[0])
	}
	if err != nil {
		return err
	}
	b, err := newBPFBench(l)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.run(ctx, packets, e.stderr); err != nil {
		return err
	}
	b.print(e.stdout)
	return nil
}

// A bpfBench runs one filter on several machines over the same packets.
type bpfBench struct {
	machines []*bpfMachine
	engines  []*jit.Engine

	packets  int
	accepted int
	compare  error // why x/net's machine cannot be compared
	differs  int   // packets of which it thinks otherwise
	fallback error // why nothing is compiled
}

// A bpfMachine is a way to run filters, and how long it has taken.
type bpfMachine struct {
	name string
	run  func(packet []byte, wire int) (int, error)
	took time.Duration
	runs int
}

// newBPFBench compiles the filter for each machine. The interpreter and compiled code
// follow the kernel.
func newBPFBench(l *listing) (*bpfBench, error) {
	b := new(bpfBench)
	for _, tier := range []jit.Tier{jit.TierInterp, jit.TierAuto} {
		engine, err := jit.NewEngine(jit.Config{Tier: tier})
		if err != nil {
			return nil, err
		}
		b.engines = append(b.engines, engine)
		vm, err := bpf.Config{Engine: engine}.NewKernelVM(l.filter)
		if err != nil {
			b.close()
			return nil, l.locate(err)
		}
		r, err := vm.Runner()
		if err != nil {
			b.close()
			return nil, err
		}
		name := "compiled"
		if engine.Tier() == jit.TierInterp {
			name = "interpreter"
		}
		if tier == jit.TierAuto && engine.Tier() == jit.TierInterp {
			b.fallback = engine.Fallback()
			continue
		}
		b.machines = append(b.machines, &bpfMachine{name: name, run: r.RunWire})
	}
	b.addNet(l)
	return b, nil
}

func (b *bpfBench) close() {
	for _, e := range b.engines {
		e.Close()
	}
}

// Policy, which tests lower.
var (
	// What is read at once at the most. Each machine runs over all of it before the
	// next does.
	batchPackets = 1 << 16
	batchBytes   = 64 << 20

	leastTime     = 50 * time.Millisecond // how long a machine runs over a small file, again and again
	progressAfter = time.Second           // how often progress is reported
)

// run runs all packets of a capture, and reports progress if that takes long.
func (b *bpfBench) run(ctx context.Context, packets *capture, progress io.Writer) error {
	start := time.Now()
	said := start
	for {
		batch, err := packets.read(batchPackets, batchBytes)
		if err != nil && err != io.EOF {
			return err
		}
		last := err == io.EOF
		if err := b.runBatch(ctx, batch, last && b.packets == 0); err != nil {
			return err
		}
		b.packets += len(batch)
		if last {
			return nil
		}
		if time.Since(said) > progressAfter {
			said = time.Now()
			share := ""
			if packets.size > 0 {
				share = fmt.Sprintf(", %d %%", 100*packets.offset()/packets.size)
			}
			fmt.Fprintf(progress, "%d packets%s, %.0f s\n", b.packets, share, time.Since(start).Seconds())
		}
	}
}

// runBatch runs some packets on each machine, and again while that takes little time
// if there are no others.
func (b *bpfBench) runBatch(ctx context.Context, batch []packet, only bool) error {
	want := make([]int, len(batch))
	for i, m := range b.machines {
		for pass := 0; ; pass++ {
			if ctx.Err() != nil {
				return errInterrupted
			}
			start := time.Now()
			for k := range batch {
				n, err := m.run(batch[k].data, batch[k].wire)
				if err != nil {
					return fmt.Errorf("packet %d, %s: %w", b.packets+k+1, m.name, err)
				}
				if i == 0 && pass == 0 {
					want[k] = n
					if n != 0 {
						b.accepted++
					}
				} else if n != want[k] {
					if m.name != netName {
						return fmt.Errorf("packet %d, %s: the result is %d, that of the interpreter %d", b.packets+k+1, m.name, n, want[k])
					}
					if pass == 0 {
						b.differs++
					}
				}
			}
			m.took += time.Since(start)
			m.runs += len(batch)
			if !only || len(batch) == 0 || m.took > leastTime {
				break
			}
		}
	}
	return nil
}

// print prints the results.
func (b *bpfBench) print(out io.Writer) {
	fmt.Fprintf(out, "%s, %d accepted\n", plural(b.packets, "packet"), b.accepted)
	if b.packets > 0 {
		w := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
		for _, m := range b.machines {
			fmt.Fprintf(w, "%s\t%.1f ns/packet\t\n", m.name, float64(m.took.Nanoseconds())/float64(m.runs))
		}
		w.Flush()
	}
	if b.fallback != nil && b.packets > 0 {
		fmt.Fprintf(out, "not compiled: %s\n", reason(b.fallback))
	}
	if b.compare != nil {
		fmt.Fprintf(out, "%s: %s\n", netName, reason(b.compare))
	}
	if b.differs != 0 {
		fmt.Fprintf(out, "%s has other results for %s: it does not follow the kernel\n", netName, plural(b.differs, "packet"))
	}
}
