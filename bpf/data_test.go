package bpf_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/bpf"
	xnet "golang.org/x/net/bpf"
)

// sharedData is where outside data are, if they are present.
const sharedData = "../../shared/data/bpf"

// A recorded filter is a line of the outside data.
type recorded struct {
	Name    string
	Insns   [][4]uint32
	Accepts map[int]int // of filters.jsonl: results by packet; 0 for all others
	Runs    []struct {  // of classic.jsonl
		Data   string
		Result uint32
	}
}

// raw returns the filter.
func (r *recorded) raw() []bpf.RawInstruction {
	raw := make([]bpf.RawInstruction, len(r.Insns))
	for i, ins := range r.Insns {
		raw[i] = bpf.RawInstruction{Op: uint16(ins[0]), Jt: uint8(ins[1]), Jf: uint8(ins[2]), K: ins[3]}
	}
	return raw
}

// readLines reads a file of JSON values, or skips the test where it is absent.
func readLines[T any](tb testing.TB, name string) (list []T) {
	tb.Helper()
	f, err := os.Open(filepath.Join(sharedData, name))
	if os.IsNotExist(err) {
		tb.Skipf("%s is not present", name)
	}
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		list = append(list, v)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return list
}

// readPackets reads packets.jsonl.
func readPackets(tb testing.TB) (packets [][]byte) {
	tb.Helper()
	for _, p := range readLines[struct{ Data string }](tb, "packets.jsonl") {
		packets = append(packets, unhex(tb, p.Data))
	}
	return packets
}

func unhex(tb testing.TB, text string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// TestLibpcap runs filters that libpcap made over packets, as both kinds of VM and
// on both tiers, and compares with what libpcap's own interpreter answered. Three
// of them jump backwards, which neither x/net nor the kernel accepts; two more read
// scratch memory that is not written on some path, which the kernel does not accept.
func TestLibpcap(t *testing.T) {
	packets := readPackets(t)
	filters := readLines[recorded](t, "filters.jsonl")
	eachTier(t, func(t *testing.T, c bpf.Config) {
		runs, backwards, unset := 0, 0, 0
		for _, f := range filters {
			insns, _ := bpf.Disassemble(f.raw())
			net, netErr := c.NewVM(insns)
			kernel, kernelErr := c.NewKernelVM(f.raw())
			_, want := xnet.NewVM(insns)
			if want == nil && netErr != nil && narrow {
				want = netErr // x/net does not see that a jump leads backwards
			}
			switch {
			case want != nil:
				if netErr == nil || netErr.Error() != want.Error() || kernelErr == nil {
					t.Errorf("%s: NewVM: %v, NewKernelVM: %v, x/net: %v", f.Name, netErr, kernelErr, want)
				}
				backwards++
				continue
			case netErr != nil:
				t.Errorf("%s: %v", f.Name, netErr)
				continue
			case kernelErr != nil:
				if !strings.HasSuffix(kernelErr.Error(), "is read and has not been written on every path") {
					t.Errorf("%s: %v", f.Name, kernelErr)
				}
				unset++
			}
			for i, packet := range packets {
				want := f.Accepts[i]
				if got, err := net.Run(packet); got != want || err != nil {
					t.Errorf("%s, packet %d: NewVM: %d, %v, want %d", f.Name, i, got, err, want)
				}
				runs++
				if kernelErr != nil {
					continue
				}
				if got, err := kernel.Run(packet); got != want || err != nil {
					t.Errorf("%s, packet %d: NewKernelVM: %d, %v, want %d", f.Name, i, got, err, want)
				}
				runs++
			}
			net.Close()
			if kernelErr == nil {
				kernel.Close()
			}
		}
		if backwards != 3 || unset != 2 {
			t.Errorf("%d filters jump backwards, want 3; the kernel refuses %d more, want 2", backwards, unset)
		}
		t.Logf("%d filters, %d packets, %d runs", len(filters), len(packets), runs)
	})
}

// TestKernelCases runs the cases of Linux' own test of classic filters.
func TestKernelCases(t *testing.T) {
	cases := readLines[recorded](t, "classic.jsonl")
	eachTier(t, func(t *testing.T, c bpf.Config) {
		for _, f := range cases {
			vm, err := c.NewKernelVM(f.raw())
			if err != nil {
				t.Errorf("%s: %v", f.Name, err)
				continue
			}
			for _, run := range f.Runs {
				if got, err := vm.Run(unhex(t, run.Data)); uint32(got) != run.Result || err != nil {
					t.Errorf("%s over %s: %d, %v, want %d", f.Name, run.Data, got, err, run.Result)
				}
			}
			vm.Close()
		}
		t.Logf("%d cases", len(cases))
	})
}
