package bpf_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/bpf"
	"github.com/copyjit/copyjit/jit"
	xnet "golang.org/x/net/bpf"
)

var (
	randomPrograms = flag.Int("random", 20_000, "number of random filters")
	randomSeed     = flag.Uint64("seed", 1, "seed of the random filters")
)

// classic are the codes of all instructions.
var classic = func() (codes []uint16) {
	for code := range uint16(256) {
		raw := []bpf.RawInstruction{{Op: 0x02}, {Op: code, K: 1}, {Op: 0x16}, {Op: 0x16}} // st M[0], the instruction, ret a
		raw[0].K = 1
		if vm, err := bpf.NewKernelVM(raw); err == nil {
			vm.Close()
			codes = append(codes, code)
		}
	}
	return codes
}()

// interesting are constants at which something changes.
var interesting = []uint32{0, 1, 2, 3, 4, 12, 14, 15, 16, 20, 23, 31, 32, 33, 63, 64, 255, 256, 0x7fff, 0xffff, 1<<31 - 1, 1 << 31, 1<<31 + 1,
	0xffe00000 - 1, 0xffe00000, 0xffe00001, 0xffe0000e, 0xfff00000 - 1, 0xfff00000, 0xfff00001, 0xffffeffc, 0xffffefff,
	0xfffff000, 0xfffff024, 1<<32 - 4, 1<<32 - 1}

// readFilter makes a filter of bytes: mostly one that has a chance to be accepted,
// sometimes whatever the bytes say.
func readFilter(data []byte) (raw []bpf.RawInstruction, packet []byte) {
	if len(data) < 2 {
		return nil, nil
	}
	mode, n := data[0], int(data[1])%40
	data = data[2:]
	for i := 0; i < n && len(data) >= 8; i++ {
		r := bpf.RawInstruction{Op: binary.LittleEndian.Uint16(data), Jt: data[2], Jf: data[3], K: binary.LittleEndian.Uint32(data[4:])}
		data = data[8:]
		if mode&1 != 0 {
			r.Op = classic[int(r.Op)%len(classic)]
			left := uint32(n - i - 1)
			r.Jt, r.Jf = uint8(uint32(r.Jt)%max(left, 1)), uint8(uint32(r.Jf)%max(left, 1))
			switch class := r.Op & 7; {
			case r.Op == 0x05:
				r.K %= max(left, 1)
			case class == 2 || class == 3 || r.Op&0xe6 == 0x60:
				r.K %= 16
			case mode&2 != 0:
				r.K = interesting[r.K%uint32(len(interesting))]
			case mode&4 != 0:
				r.K %= 64
			}
			if i == n-1 {
				r.Op = 0x16 - r.Op&0x10
			}
		}
		raw = append(raw, r)
	}
	return raw, data
}

// engines are one for each tier.
func engines(tb testing.TB) (list []bpf.Config) {
	for _, c := range []jit.Config{{Tier: jit.TierInterp}, {Tuning: jit.Tuning{Validate: true, Poison: true}}} {
		e, err := jit.NewEngine(c)
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { e.Close() })
		list = append(list, bpf.Config{Engine: e})
	}
	return list
}

// counts says what became of filters.
type counts struct{ net, kernel, runs int }

// check compiles a filter as both kinds of VM, on both tiers, and compares what it
// does over prefixes of a packet with x/net/bpf and with kernelRun.
func check(tb testing.TB, list []bpf.Config, raw []bpf.RawInstruction, packet []byte, n *counts) {
	tb.Helper()
	prefixes := [][]byte{packet, nil, packet[:len(packet)/2], packet[:min(len(packet), 15)]}
	text := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	fail := func(format string, args ...any) {
		tb.Helper()
		tb.Fatalf("%s\n%s\npacket %x", fmt.Sprintf(format, args...), listing(raw), packet)
	}
	insns, _ := xnet.Disassemble(raw)
	theirs, want := xnet.NewVM(insns)
	jumps := narrow && slices.ContainsFunc(raw, func(r bpf.RawInstruction) bool { return r.Op&0xf7 == 0x05 && r.K >= 1<<31 })
	for i, c := range list {
		vm, err := c.NewVM(insns)
		if text(err) != text(want) && !jumps {
			fail("NewVM: %v, x/net: %v", err, want)
		}
		if err == nil {
			n.net += 1 - i
			for _, p := range prefixes {
				got, err := vm.Run(p)
				want, wantErr, ok := netRun(theirs, p)
				if !ok {
					continue
				}
				if got != want || text(err) != text(wantErr) {
					fail("configuration %d, over %d bytes: %d, %v; x/net: %d, %v", i, len(p), got, err, want, wantErr)
				}
				n.runs++
			}
			vm.Close()
		}
		kernel, err := c.NewKernelVM(raw)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "bpf: ") {
				fail("NewKernelVM: %v, want an error of package bpf", err)
			}
			continue
		}
		n.kernel += 1 - i
		for _, p := range prefixes {
			got, err := kernel.RunWire(p, len(p)+7)
			if want := kernelRun(raw, p, len(p)+7); uint32(got) != want || err != nil {
				fail("configuration %d, as in the kernel, over %d bytes: %d, %v, want %d", i, len(p), got, err, want)
			}
			n.runs++
		}
		kernel.Close()
	}
}

// narrow reports that an int has 32 bits: for x/net/bpf, offsets and jumps of 2³¹ and
// more are negative numbers then, with which it panics or goes backwards.
const narrow = math.MaxInt == math.MaxInt32

// netRun runs a filter of x/net's. It is not ok if that panics because int is narrow.
func netRun(vm *xnet.VM, packet []byte) (n int, err error, ok bool) {
	if narrow {
		defer func() {
			if recover() != nil {
				ok = false
			}
		}()
	}
	n, err = vm.Run(packet)
	return n, err, true
}

// listing writes a filter, an instruction a line.
func listing(raw []bpf.RawInstruction) string {
	var b strings.Builder
	for i, r := range raw {
		fmt.Fprintf(&b, "(%03d) %#04x %d %d %d\t%v\n", i, r.Op, r.Jt, r.Jf, r.K, r.Disassemble())
	}
	return b.String()
}

// TestRandom compares random filters with x/net/bpf and with the reference for the
// kernel.
func TestRandom(t *testing.T) {
	programs := *randomPrograms
	if testing.Short() {
		programs /= 10
	}
	random := rand.New(rand.NewPCG(*randomSeed, 0))
	list := engines(t)
	var n counts
	for range programs {
		data := make([]byte, 2+8*random.IntN(40)+random.IntN(80))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		data[0] |= 1 // rarely accepted otherwise
		raw, packet := readFilter(data)
		check(t, list, raw, packet, &n)
	}
	t.Logf("%d filters, of which x/net accepts %d and the kernel %d; %d runs", programs, n.net, n.kernel, n.runs)
	if n.net < programs/20 || n.kernel < programs/20 {
		t.Errorf("too few of the filters are accepted")
	}
}

// FuzzFilter does the same with filters of the fuzzer's making.
func FuzzFilter(f *testing.F) {
	random := rand.New(rand.NewPCG(2, 0))
	for range 20 {
		data := make([]byte, 2+8*20+64)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		f.Add(data)
	}
	list := engines(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		raw, packet := readFilter(data)
		check(t, list, raw, packet, new(counts))
	})
}
