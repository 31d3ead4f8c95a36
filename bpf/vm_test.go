package bpf_test

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copyjit/copyjit/bpf"
	"github.com/copyjit/copyjit/jit"
	xnet "golang.org/x/net/bpf"
)

// arp accepts ARP in Ethernet.
var arp = []bpf.Instruction{
	bpf.LoadAbsolute{Off: 12, Size: 2},
	bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0x0806, SkipTrue: 1},
	bpf.RetConstant{Val: 262144},
	bpf.RetConstant{Val: 0},
}

func arpPacket() []byte {
	packet := make([]byte, 60)
	packet[12], packet[13] = 0x08, 0x06
	return packet
}

// must returns a VM that there must be.
func must(tb testing.TB, vm *bpf.VM, err error) *bpf.VM {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { vm.Close() })
	return vm
}

func newVM(tb testing.TB, c bpf.Config, filter []bpf.Instruction) *bpf.VM {
	tb.Helper()
	vm, err := c.NewVM(filter)
	return must(tb, vm, err)
}

type strange struct{ err error }

func (s strange) Assemble() (bpf.RawInstruction, error) { return bpf.RawInstruction{}, s.err }

// TestRejected holds the errors of NewVM against x/net's, word by word, and their
// Index.
func TestRejected(t *testing.T) {
	ret := bpf.RetA{}
	for _, test := range []struct {
		index  int
		filter []bpf.Instruction
	}{
		{-1, nil},
		{0, []bpf.Instruction{bpf.LoadConstant{}}},
		{1, []bpf.Instruction{ret, bpf.RawInstruction{Op: 0x06}}},
		{0, []bpf.Instruction{bpf.Jump{Skip: 1}, ret}},
		{0, []bpf.Instruction{bpf.Jump{Skip: 1<<32 - 1}, ret}},
		{1, []bpf.Instruction{ret, bpf.JumpIf{SkipTrue: 1}, ret}},
		{1, []bpf.Instruction{ret, bpf.JumpIf{SkipFalse: 255}, ret}},
		{1, []bpf.Instruction{ret, bpf.JumpIfX{SkipTrue: 2, SkipFalse: 1}, ret}},
		{1, []bpf.Instruction{ret, bpf.JumpIfX{SkipFalse: 1}, ret}},
		{0, []bpf.Instruction{bpf.ALUOpConstant{Op: bpf.ALUOpDiv}, ret}},
		{0, []bpf.Instruction{bpf.ALUOpConstant{Op: bpf.ALUOpMod}, ret}},
		{1, []bpf.Instruction{ret, bpf.LoadExtension{Num: bpf.ExtCPUID}, ret}},
		{0, []bpf.Instruction{bpf.LoadAbsolute{Size: 3}, ret}},
		{0, []bpf.Instruction{bpf.LoadAbsolute{Size: -1}, ret}},
		{1, []bpf.Instruction{ret, bpf.LoadIndirect{Size: 8}, ret}},
		{0, []bpf.Instruction{bpf.LoadConstant{Dst: 2}, ret}},
		{0, []bpf.Instruction{bpf.LoadScratch{N: 16}, ret}},
		{0, []bpf.Instruction{bpf.LoadScratch{N: -1}, ret}},
		{0, []bpf.Instruction{bpf.LoadScratch{Dst: 5}, ret}},
		{0, []bpf.Instruction{bpf.StoreScratch{N: 16}, ret}},
		{0, []bpf.Instruction{bpf.StoreScratch{Src: 3}, ret}},
		{0, []bpf.Instruction{bpf.JumpIf{Cond: 8}, ret}},
		{0, []bpf.Instruction{bpf.JumpIfX{Cond: 1000}, ret}},
		{1, []bpf.Instruction{ret, strange{errors.New("no")}, ret}},
		{2, []bpf.Instruction{ret, bpf.LoadScratch{N: 99}, bpf.Jump{Skip: 9}, ret}}, // jumps before the assembler
	} {
		_, want := xnet.NewVM(test.filter)
		if want == nil && narrow {
			want = errors.New("cannot jump 4294967295 instructions; jumping past program bounds")
		}
		vm, err := bpf.NewVM(test.filter)
		if want == nil || vm != nil || err == nil || err.Error() != want.Error() {
			t.Errorf("%v: %v, want %v", test.filter, err, want)
			continue
		}
		var program *bpf.ProgramError
		if !errors.As(err, &program) || program.Index != test.index {
			t.Errorf("%v: %#v, want Index %d", test.filter, err, test.index)
		}
	}
	// x/net panics.
	if _, err := bpf.NewVM([]bpf.Instruction{nil, ret}); err == nil || err.Error() != "the instruction is nil" {
		t.Errorf("nil: %v", err)
	}
}

// TestUnknown runs into instructions that NewVM accepts and Run does not know.
func TestUnknown(t *testing.T) {
	eachTier(t, func(t *testing.T, c bpf.Config) {
		for _, ins := range []bpf.Instruction{bpf.NegateA{}, bpf.RawInstruction{Op: 0x81}, strange{}, &bpf.TAX{}} {
			filter := []bpf.Instruction{
				bpf.LoadAbsolute{Off: 0, Size: 1},
				bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0, SkipTrue: 1},
				ins,
				bpf.RetConstant{Val: 7},
			}
			theirs, err := xnet.NewVM(filter)
			if err != nil {
				t.Fatal(err)
			}
			vm := newVM(t, c, filter)
			for _, packet := range [][]byte{{0}, {1}, {}} {
				want, wantErr := theirs.Run(packet)
				got, err := vm.Run(packet)
				if got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
					t.Errorf("%T over %x: %d, %v, want %d, %v", ins, packet, got, err, want, wantErr)
				}
			}
		}
	})
}

// TestEveryInstruction compares every instruction with x/net, over operands at which
// something changes.
func TestEveryInstruction(t *testing.T) {
	var list []bpf.Instruction
	for _, k := range interesting {
		for op := bpf.ALUOp(0); op < 0x110; op += 8 { // not all of them exist
			if k != 0 || op != bpf.ALUOpDiv && op != bpf.ALUOpMod {
				list = append(list, bpf.ALUOpConstant{Op: op, Val: k})
			}
			list = append(list, bpf.ALUOpX{Op: op})
		}
		for cond := bpf.JumpEqual; cond <= bpf.JumpBitsNotSet; cond++ {
			for _, skip := range [][2]uint8{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}, {2, 1}} {
				list = append(list, bpf.JumpIf{Cond: cond, Val: k, SkipTrue: skip[0], SkipFalse: skip[1]},
					bpf.JumpIfX{Cond: cond, SkipTrue: skip[0], SkipFalse: skip[1]})
			}
		}
		for _, size := range []int{1, 2, 4} {
			list = append(list, bpf.LoadAbsolute{Off: k, Size: size}, bpf.LoadIndirect{Off: k, Size: size})
		}
		list = append(list, bpf.LoadConstant{Dst: bpf.RegA, Val: k}, bpf.LoadConstant{Dst: bpf.RegX, Val: k},
			bpf.LoadMemShift{Off: k}, bpf.RetConstant{Val: k})
	}
	for n := range 16 {
		list = append(list, bpf.LoadScratch{Dst: bpf.RegA, N: n}, bpf.LoadScratch{Dst: bpf.RegX, N: n},
			bpf.StoreScratch{Src: bpf.RegA, N: n}, bpf.StoreScratch{Src: bpf.RegX, N: n})
	}
	list = append(list, bpf.LoadExtension{Num: bpf.ExtLen}, bpf.Jump{Skip: 0}, bpf.Jump{Skip: 1}, bpf.Jump{Skip: 2}, bpf.TAX{}, bpf.TXA{}, bpf.RetA{})
	seen := map[reflect.Type]bool{}
	packet := make([]byte, 80)
	for i := range packet {
		packet[i] = byte(151 * (i + 1))
	}
	eachTier(t, func(t *testing.T, c bpf.Config) {
		for i, ins := range list {
			seen[reflect.TypeOf(ins)] = true
			// A and X are words of the packet; the results of both are returned.
			a, x := interesting[i%len(interesting)], interesting[i/len(interesting)%len(interesting)]
			filter := []bpf.Instruction{
				bpf.LoadConstant{Dst: bpf.RegA, Val: a}, bpf.LoadConstant{Dst: bpf.RegX, Val: x},
				ins,
				bpf.ALUOpConstant{Op: bpf.ALUOpMul, Val: 3}, bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: 7},
				bpf.ALUOpX{Op: bpf.ALUOpXor}, bpf.StoreScratch{N: 0, Src: bpf.RegA}, bpf.LoadScratch{N: 15},
				bpf.ALUOpX{Op: bpf.ALUOpSub}, bpf.StoreScratch{N: 1}, bpf.LoadScratch{N: 0}, bpf.RetA{},
			}
			theirs, err := xnet.NewVM(filter)
			if err != nil {
				t.Fatal(err)
			}
			vm, err := c.NewVM(filter)
			if err != nil {
				t.Fatal(err)
			}
			for _, packet := range [][]byte{packet, packet[:17], nil} {
				want, _, ok := netRun(theirs, packet)
				if !ok {
					continue
				}
				if got, err := vm.Run(packet); got != want || err != nil {
					t.Fatalf("%#v with A = %d and X = %d over %d bytes: %d, %v, want %d", ins, a, x, len(packet), got, err, want)
				}
			}
			vm.Close()
		}
	})
	if len(seen) != 16 {
		t.Errorf("%d kinds of instruction, want 16: all that x/net runs", len(seen))
	}
}

// TestUnreachable compiles instructions that nothing reaches.
func TestUnreachable(t *testing.T) {
	vm := newVM(t, bpf.Config{}, []bpf.Instruction{
		bpf.Jump{Skip: 2},
		bpf.LoadScratch{N: 3},
		bpf.RetA{},
		bpf.RetConstant{Val: 5},
		bpf.TXA{},
		bpf.RetA{},
	})
	if n, err := vm.Run(nil); n != 5 || err != nil {
		t.Errorf("%d, %v, want 5", n, err)
	}
	if n := vm.Program().Len(); n > 3 {
		t.Errorf("%d operations, want no more than a jump, a move and a return\n%s", n, vm.Program())
	}
}

// TestLong compiles a filter with jumps over more than a megabyte of code.
func TestLong(t *testing.T) {
	const n = 200_000
	filter := []bpf.Instruction{bpf.LoadAbsolute{Size: 1}, bpf.JumpIf{Cond: bpf.JumpEqual, Val: 1, SkipFalse: 1}, bpf.Jump{Skip: n}}
	for range n {
		filter = append(filter, bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: 1})
	}
	filter = append(filter, bpf.RetA{})
	eachTier(t, func(t *testing.T, c bpf.Config) {
		vm := newVM(t, c, filter)
		for packet, want := range map[string]int{"\x00": n, "\x01": 1, "\x05": n + 5, "": 0} {
			if got, err := vm.Run([]byte(packet)); got != want || err != nil {
				t.Errorf("over %q: %d, %v, want %d", packet, got, err, want)
			}
		}
	})
}

// TestRepeated runs a filter over packets in turn: nothing of one is left to the
// next, whether it ended with a return or with a trap.
func TestRepeated(t *testing.T) {
	eachTier(t, func(t *testing.T, c bpf.Config) {
		vm := newVM(t, c, []bpf.Instruction{
			bpf.LoadScratch{N: 2},             // 0
			bpf.ALUOpX{Op: bpf.ALUOpAdd},      // + 0
			bpf.StoreScratch{N: 3},            //
			bpf.LoadAbsolute{Off: 1, Size: 1}, //
			bpf.TAX{},                         //
			bpf.StoreScratch{N: 2},            //
			bpf.LoadScratch{N: 3},             // 0
			bpf.ALUOpX{Op: bpf.ALUOpAdd},      //
			bpf.RetA{},
		})
		r, err := vm.Runner()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for _, test := range []struct {
			packet []byte
			want   int
		}{{[]byte{1, 2}, 2}, {nil, 0}, {[]byte{1, 3}, 3}, {[]byte{9}, 0}, {[]byte{1, 0}, 0}} {
			for _, m := range []machine{vm, r} {
				if got, err := m.Run(test.packet); got != test.want || err != nil {
					t.Errorf("%T over %x: %d, %v, want %d", m, test.packet, got, err, test.want)
				}
			}
		}
	})
}

// TestNoAllocation runs filters that return and that trap.
func TestNoAllocation(t *testing.T) {
	vm := newVM(t, bpf.Config{}, arp)
	r, err := vm.Runner()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	packet := arpPacket()
	for _, m := range []machine{r, vm} {
		if m == machine(vm) && raced {
			break
		}
		for _, packet := range [][]byte{packet, packet[:13], nil} {
			if n := testing.AllocsPerRun(1000, func() { m.Run(packet) }); n >= 1 {
				t.Errorf("%T over %d bytes: %v allocations", m, len(packet), n)
			}
		}
	}
}

// TestNothingKept lets the collector have a packet although the Runner lives.
func TestNothingKept(t *testing.T) {
	eachTier(t, func(t *testing.T, c bpf.Config) {
		vm := newVM(t, c, arp)
		r, err := vm.Runner()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		freed := make(chan struct{})
		func() {
			packet := new([1 << 10]byte)
			runtime.AddCleanup(packet, func(int) { close(freed) }, 0)
			r.Run(packet[:])
		}()
		wait(t, freed)
		runtime.KeepAlive(r)
	})
}

// wait collects garbage until a channel is closed.
func wait(t *testing.T, done <-chan struct{}) {
	t.Helper()
	for range 100 {
		runtime.GC()
		select {
		case <-done:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Error("it is not collected")
}

// TestConcurrent runs one VM on several goroutines while another closes it.
func TestConcurrent(t *testing.T) {
	eachTier(t, func(t *testing.T, c bpf.Config) {
		vm := newVM(t, c, arp)
		packet := arpPacket()
		var wg sync.WaitGroup
		var started sync.WaitGroup
		for g := range 8 {
			started.Add(1)
			wg.Go(func() {
				packet, want := packet, 262144
				if g%2 != 0 {
					packet, want = make([]byte, 60), 0
				}
				for i := 0; ; i++ {
					if i == 100 {
						started.Done()
					}
					n, err := vm.Run(packet)
					if err == bpf.ErrClosed && i >= 100 {
						return
					}
					if n != want || err != nil {
						t.Errorf("%d, %v, want %d", n, err, want)
						return
					}
				}
			})
		}
		started.Wait()
		vm.Close()
		wg.Wait()
		waitFreed(t, c.Engine)
	})
}

// waitFreed waits until an engine has no code any more.
func waitFreed(t *testing.T, e *jit.Engine) {
	t.Helper()
	for range 100 {
		if s := e.Stats(); s == (jit.Stats{}) {
			return
		}
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the engine still has %+v", e.Stats())
}

// TestClose closes VMs and Runners in every order.
func TestClose(t *testing.T) {
	eachTier(t, func(t *testing.T, c bpf.Config) {
		packet := arpPacket()
		vm := newVM(t, c, arp)
		if !raced {
			pooled := newVM(t, c, arp)
			pooled.Run(packet)
			pooled.Close()
			if s := c.Engine.Stats(); s.Codes != 1 {
				t.Errorf("%+v, want one code: Close closes the Runners of calls that are over", s)
			}
		}
		r, err := vm.Runner()
		if err != nil {
			t.Fatal(err)
		}
		other, err := vm.Runner()
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
		if _, err := other.Run(packet); err != bpf.ErrClosed {
			t.Errorf("a closed Runner: %v, want ErrClosed", err)
		}
		if n, err := r.Run(packet); n != 262144 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if err := vm.Close(); err != nil {
			t.Error(err)
		}
		for _, m := range []machine{vm, r} {
			if n, err := m.Run(packet); n != 0 || err != bpf.ErrClosed {
				t.Errorf("%T of a closed VM: %d, %v, want ErrClosed", m, n, err)
			}
		}
		if _, err := vm.Runner(); err != bpf.ErrClosed {
			t.Errorf("a new Runner of a closed VM: %v, want ErrClosed", err)
		}
		if c.Engine.Tier() == jit.TierNative && c.Engine.Stats().CodeBytes == 0 {
			t.Error("the code is freed, but the Runner has it")
		}
		for range 2 {
			if r.Close() != nil || vm.Close() != nil {
				t.Error("closing twice is an error")
			}
		}
		if s := c.Engine.Stats(); s != (jit.Stats{}) {
			t.Errorf("all is closed, but the engine has %+v", s)
		}
	})
}

// TestForgotten forgets VMs and Runners without closing them.
func TestForgotten(t *testing.T) {
	eachTier(t, func(t *testing.T, c bpf.Config) {
		for range 100 {
			vm, err := c.NewVM(arp)
			if err != nil {
				t.Fatal(err)
			}
			vm.Run(arpPacket())
			if _, err := vm.Runner(); err != nil {
				t.Fatal(err)
			}
		}
		waitFreed(t, c.Engine)
	})
}

// TestEngineClosed closes the engine below a VM, and asks a closed one for another.
func TestEngineClosed(t *testing.T) {
	e, err := jit.NewEngine(jit.Config{})
	if err != nil {
		t.Fatal(err)
	}
	c := bpf.Config{Engine: e}
	vm := newVM(t, c, arp)
	vm.Run(nil)
	e.Close()
	if _, err := vm.Run(arpPacket()); err != bpf.ErrClosed {
		t.Errorf("%v, want ErrClosed", err)
	}
	if _, err := c.NewVM(arp); !errors.Is(err, bpf.ErrClosed) || !strings.HasPrefix(err.Error(), "bpf: ") {
		t.Errorf("%v, want ErrClosed", err)
	}
	full, err := jit.NewEngine(jit.Config{CodeBytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	if full.Tier() == jit.TierNative {
		long := append(slices.Repeat([]bpf.Instruction{bpf.TAX{}}, 100_000), bpf.RetA{})
		_, err := bpf.Config{Engine: full}.NewVM(long)
		if limit := new(jit.LimitError); !errors.As(err, &limit) {
			t.Errorf("%v, want a LimitError", err)
		}
	}
}
