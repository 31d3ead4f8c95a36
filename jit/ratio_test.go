package jit

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// BenchmarkRatio compares compiled code with gcc -O1 in turn, so that both meet
// the same machine, and reports medians in seconds and their ratio. An
// operation is loop(1e9) or fib(42).
func BenchmarkRatio(b *testing.B) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		b.Skip("gcc is not installed")
	}
	peer := filepath.Join(b.TempDir(), "peer")
	if out, err := exec.Command(gcc, "-O1", "-o", peer, filepath.Join("..", "internal", "sample", "c", "sample.c")).CombinedOutput(); err != nil {
		b.Fatalf("gcc: %v\n%s", err, out)
	}
	args := map[string]uint64{"loop": 1e9, "fib": 42}
	for _, f := range sample.Functions {
		b.Run(f.Name, func(b *testing.B) {
			c, err := native(b, Tuning{}).Compile(sample.Program(f.Build))
			if err != nil {
				b.Fatal(err)
			}
			in, err := c.NewInstance(InstanceConfig{})
			if err != nil {
				b.Fatal(err)
			}
			var ours, theirs []float64
			for range max(5, b.N) {
				s := ops.State{Reg: [ops.NumRegs]uint64{args[f.Name]}}
				start := time.Now()
				if err := in.Call(context.Background(), 0, &s); err != nil {
					b.Fatal(err)
				}
				ours = append(ours, time.Since(start).Seconds())
				out, err := exec.Command(peer, f.Name, strconv.FormatUint(args[f.Name], 10)).Output()
				var ns int64
				var result uint64
				if _, scanErr := fmt.Sscan(string(out), &ns, &result); err != nil || scanErr != nil || result != s.Reg[0] {
					b.Fatalf("the peer printed %q (%v), we computed %d", out, err, s.Reg[0])
				}
				theirs = append(theirs, float64(ns)/1e9)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(ours), "s")
			b.ReportMetric(median(theirs), "gcc-s")
			b.ReportMetric(median(ours)/median(theirs), "ratio")
		})
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
