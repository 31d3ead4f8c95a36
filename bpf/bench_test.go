package bpf_test

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/copyjit/copyjit/bpf"
	"github.com/copyjit/copyjit/internal/traffic"
	"github.com/copyjit/copyjit/jit"
	xnet "golang.org/x/net/bpf"
)

// compiledOnly skips a benchmark where nothing is compiled.
func compiledOnly(tb testing.TB) {
	e, err := jit.NewEngine(jit.Config{Tier: jit.TierNative})
	if err != nil {
		tb.Skip(err)
	}
	e.Close()
}

// A machine runs a filter.
type machine interface{ Run([]byte) (int, error) }

// A workload is some filters and the packets to run them over.
type workload struct {
	filters [][]bpf.Instruction
	packets [][]byte
}

// executed returns how many instructions a filter executes for a packet on average.
func (w *workload) executed() float64 {
	executed = 0
	for _, f := range w.filters {
		raw, _ := bpf.Assemble(f)
		for _, packet := range w.packets {
			kernelRun(raw, packet, len(packet))
		}
	}
	return float64(executed) / float64(len(w.filters)*len(w.packets))
}

// mixedWorkload is a mixed set of filters over a mix of packets.
func mixedWorkload(testing.TB) (w workload) {
	for i := range traffic.Filters {
		w.filters = append(w.filters, traffic.Filters[i].Instructions())
	}
	w.packets = traffic.Packets(1000)
	return w
}

// matchingWorkload is the longest of these filters over the packets that it accepts,
// for which it has to look at all of its list.
func matchingWorkload(tb testing.TB) (w workload) {
	w = mixedWorkload(tb)
	w.filters = w.filters[len(w.filters)-1:]
	vm, err := xnet.NewVM(w.filters[0])
	if err != nil {
		tb.Fatal(err)
	}
	w.packets = slices.DeleteFunc(w.packets, func(p []byte) bool { n, _ := vm.Run(p); return n == 0 })
	return w
}

// pcapWorkload is the filters of libpcap's tests that x/net accepts.
func pcapWorkload(tb testing.TB) (w workload) {
	for _, f := range readLines[recorded](tb, "filters.jsonl") {
		insns, _ := bpf.Disassemble(f.raw())
		if _, err := xnet.NewVM(insns); err == nil {
			w.filters = append(w.filters, insns)
		}
	}
	w.packets = readPackets(tb)
	return w
}

// seccompWorkload is the filter of 1,001 instructions, over system calls 0 to 449
// of amd64 as the filter reads them.
func seccompWorkload(tb testing.TB) (w workload) {
	insns, _ := bpf.Disassemble(readLines[recorded](tb, "docker_seccomp.jsonl")[0].raw())
	w.filters = [][]bpf.Instruction{insns}
	for nr := range uint32(450) {
		data := make([]byte, 64) // number, architecture, instruction pointer, arguments
		binary.BigEndian.PutUint32(data, nr)
		binary.BigEndian.PutUint32(data[4:], 0xc000003e)
		w.packets = append(w.packets, data)
	}
	return w
}

// oneWorkload is a filter of one instruction: what a run costs besides those.
func oneWorkload(testing.TB) workload {
	return workload{[][]bpf.Instruction{{bpf.RetConstant{Val: 1}}}, traffic.Packets(1000)}
}

// BenchmarkNet compares with x/net's VM in turn, so that all meet the same machine,
// and reports the best time per packet of each and the ratios to x/net's.
func BenchmarkNet(b *testing.B) {
	compiledOnly(b)
	for _, bench := range []struct {
		name string
		load func(testing.TB) workload
	}{{"one", oneWorkload}, {"mixed", mixedWorkload}, {"ports", matchingWorkload}, {"libpcap", pcapWorkload}, {"seccomp", seccompWorkload}} {
		b.Run(bench.name, func(b *testing.B) {
			w := bench.load(b)
			var net, run, runner []machine
			for _, f := range w.filters {
				theirs, err := xnet.NewVM(f)
				if err != nil {
					b.Fatal(err)
				}
				ours, err := bpf.NewVM(f)
				if err != nil {
					b.Fatal(err)
				}
				r, err := ours.Runner()
				if err != nil {
					b.Fatal(err)
				}
				net, run, runner = append(net, theirs), append(run, ours), append(runner, r)
			}
			machines := [][]machine{net, run, runner}
			best := [3]float64{1e9, 1e9, 1e9}
			var sums [3]int
			for range max(100, b.N) {
				for i, list := range machines {
					start := time.Now()
					sums[i] = 0
					for _, m := range list {
						for _, packet := range w.packets {
							n, err := m.Run(packet)
							if err != nil {
								b.Fatal(err)
							}
							sums[i] += n
						}
					}
					best[i] = min(best[i], float64(time.Since(start))/float64(len(list)*len(w.packets)))
				}
			}
			if sums[1] != sums[0] || sums[2] != sums[0] {
				b.Fatalf("the results are not the same: sums %d", sums)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(w.executed(), "instructions")
			b.ReportMetric(best[0], "x/net-ns")
			b.ReportMetric(best[1], "Run-ns")
			b.ReportMetric(best[2], "Runner-ns")
			b.ReportMetric(best[0]/best[1], "Run-ratio")
			b.ReportMetric(best[0]/best[2], "Runner-ratio")
		})
	}
}

// BenchmarkCompile measures NewVM and Close per instruction, of all filters of a
// workload in turn, and x/net's NewVM in turn with them. It reports the best times.
func BenchmarkCompile(b *testing.B) {
	compiledOnly(b)
	for _, bench := range []struct {
		name string
		load func(testing.TB) workload
	}{{"mixed", mixedWorkload}, {"libpcap", pcapWorkload}, {"seccomp", seccompWorkload}} {
		b.Run(bench.name, func(b *testing.B) {
			w := bench.load(b)
			n := 0
			for _, f := range w.filters {
				n += len(f)
			}
			best := [2]float64{1e9, 1e9}
			for range max(100, b.N) {
				for i, compile := range []func([]bpf.Instruction) error{
					func(f []bpf.Instruction) error { _, err := xnet.NewVM(f); return err },
					func(f []bpf.Instruction) error {
						vm, err := bpf.NewVM(f)
						if err == nil {
							vm.Close()
						}
						return err
					},
				} {
					start := time.Now()
					for _, f := range w.filters {
						if err := compile(f); err != nil {
							b.Fatal(err)
						}
					}
					best[i] = min(best[i], float64(time.Since(start))/float64(n))
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(best[0], "x/net-ns/instruction")
			b.ReportMetric(best[1], "ns/instruction")
		})
	}
}
