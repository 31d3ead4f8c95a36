package bpf_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/copyjit/copyjit/bpf"
	xnet "golang.org/x/net/bpf"
)

// Instructions as raw ones.
func op(code uint16, k uint32) bpf.RawInstruction { return bpf.RawInstruction{Op: code, K: k} }

var retA = op(0x16, 0)

// TestDifferences shows where the kernel and x/net give different answers; the
// package's documentation lists them.
func TestDifferences(t *testing.T) {
	packet := make([]byte, 32)
	for i := range packet {
		packet[i] = byte(i + 1)
	}
	type filter []bpf.RawInstruction
	for _, test := range []struct {
		name   string
		filter filter
		kernel uint32
		net    any // what x/net gives: a number, or an error
	}{
		{"ldx #len", filter{op(0x81, 0), op(0x87, 0), retA}, 40, 0}, // x/net reads it as ld #len
		{"length on the wire", filter{op(0x80, 0), retA}, 40, 32},
		{"ld [x + k] wraps", filter{op(0x01, 1<<32-1), op(0x50, 2), retA}, 2, 0},
		{"ldh [x + k] wraps", filter{op(0x01, 1<<32-8), op(0x48, 12), retA}, 0x0506, 0},
		{"neg", filter{op(0x00, 1), op(0x84, 0), retA}, 1<<32 - 1, errors.New("unknown Instruction at index 1: bpf.NegateA")},
		{"shift by X over 31", filter{op(0x00, 1), op(0x01, 33), op(0x6c, 0), retA}, 2, 0},
		{"shift right by X over 31", filter{op(0x00, 4), op(0x01, 33), op(0x7c, 0), retA}, 2, 0},
		{"link header", filter{op(0x30, 0xffe00003), retA}, 4, 0},
		{"network header", filter{op(0x30, 0xfff00003), retA}, 18, 0},
		{"link header, X", filter{op(0x01, 3), op(0x50, 0xffe00000), retA}, 4, 0},
		{"network header, X", filter{op(0x01, 3), op(0x50, 0xfff00000), retA}, 18, 0},
		{"link header, shift", filter{op(0xb1, 0xffe00003), op(0x87, 0), retA}, 16, 0},
		{"network header, shift", filter{op(0xb1, 0xfff00003), op(0x87, 0), retA}, 8, 0},
		{"behind the network header", filter{op(0x30, 0xfff00000+18), retA}, 0, 0},
		{"nowhere", filter{op(0x30, 0x80000000), op(0x06, 1)}, 0, 0},
		{"nowhere, X", filter{op(0x01, 0x80000000), op(0x50, 0), op(0x06, 1)}, 0, 0},

		// And where they agree.
		{"division", filter{op(0x00, 1<<32-8), op(0x01, 3), op(0x3c, 0), retA}, (1<<32 - 8) / 3, (1<<32 - 8) / 3},
		{"remainder", filter{op(0x00, 1<<32-8), op(0x01, 7), op(0x9c, 0), retA}, (1<<32 - 8) % 7, (1<<32 - 8) % 7},
		{"division by X = 0", filter{op(0x00, 1), op(0x3c, 0), op(0x06, 1)}, 0, 0},
		{"remainder by X = 0", filter{op(0x00, 1), op(0x9c, 0), op(0x06, 1)}, 0, 0},
	} {
		eachTier(t, func(t *testing.T, c bpf.Config) {
			vm, err := c.NewKernelVM(test.filter)
			vm = must(t, vm, err)
			if got, err := vm.RunWire(packet, 40); uint32(got) != test.kernel || err != nil {
				t.Errorf("%s: %d, %v, want %d", test.name, got, err, test.kernel)
			}
			r, err := vm.Runner()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if got, err := r.RunWire(packet, 40); uint32(got) != test.kernel || err != nil {
				t.Errorf("%s: Runner: %d, %v, want %d", test.name, got, err, test.kernel)
			}
		})
		if narrow {
			continue // x/net's offsets are numbers with a sign then
		}
		insns, _ := xnet.Disassemble(test.filter)
		theirs, err := xnet.NewVM(insns)
		if err != nil {
			t.Fatalf("%s: x/net: %v", test.name, err)
		}
		got, err := theirs.Run(packet)
		if want, isError := test.net.(error); isError {
			if fmt.Sprint(err) != want.Error() {
				t.Errorf("%s: x/net: %v, want %v", test.name, err, want)
			}
		} else if got != test.net || err != nil {
			t.Errorf("%s: x/net: %d, %v, want %d", test.name, got, err, test.net)
		}
	}
}

// TestKernelRejects reads the errors of NewKernelVM, of which x/net accepts some
// filters.
func TestKernelRejects(t *testing.T) {
	long := slices.Repeat([]bpf.RawInstruction{retA}, 4097)
	for _, test := range []struct {
		want   string
		index  int
		filter []bpf.RawInstruction
	}{
		{"bpf: the filter has no instructions", -1, nil},
		{"bpf: the filter has 4097 instructions, at most 4096 are possible", -1, long},
		{"bpf: instruction 1: the last instruction is no return", 1, []bpf.RawInstruction{retA, op(0x00, 1)}},
		{"bpf: instruction 0: there is no instruction with code 0x21", 0, []bpf.RawInstruction{op(0x21, 0), retA}},
		{"bpf: instruction 0: there is no instruction with code 0xa1", 0, []bpf.RawInstruction{op(0xa1, 0), retA}},
		{"bpf: instruction 1: there is no instruction with code 0xe", 1, []bpf.RawInstruction{retA, op(0x0e, 0)}}, // ret x
		{"bpf: instruction 0: there is no instruction with code 0x100", 0, []bpf.RawInstruction{op(0x100, 0), retA}},
		{"bpf: instruction 0: there is no instruction with code 0x101", 0, []bpf.RawInstruction{op(0x101, 0), retA}},
		{"bpf: instruction 0: there is no instruction with code 0xffff", 0, []bpf.RawInstruction{op(0xffff, 0), retA}},
		{"bpf: instruction 0: a division by 0", 0, []bpf.RawInstruction{op(0x34, 0), retA}},
		{"bpf: instruction 0: a division by 0", 0, []bpf.RawInstruction{op(0x94, 0), retA}},
		{"bpf: instruction 1: a shift by 32, want at most 31", 1, []bpf.RawInstruction{retA, op(0x64, 32), retA}},
		{"bpf: instruction 0: a shift by 4294967295, want at most 31", 0, []bpf.RawInstruction{op(0x74, 1<<32-1), retA}},
		{"bpf: instruction 0: M[16]: scratch memory has 16 words", 0, []bpf.RawInstruction{op(0x02, 16), retA}},
		{"bpf: instruction 0: M[99]: scratch memory has 16 words", 0, []bpf.RawInstruction{op(0x61, 99), retA}},
		{"bpf: instruction 0: M[3] is read and has not been written on every path", 0, []bpf.RawInstruction{op(0x60, 3), retA}},
		{"bpf: instruction 2: M[3] is read and has not been written on every path", 2, []bpf.RawInstruction{
			{Op: 0x15, Jt: 1, K: 7}, op(0x03, 3), op(0x61, 3), retA,
		}},
		{"bpf: instruction 0: a jump over 1 instructions, 1 are left", 0, []bpf.RawInstruction{op(0x05, 1), retA}},
		{"bpf: instruction 0: a jump over 4294967295 instructions, 1 are left", 0, []bpf.RawInstruction{op(0x05, 1<<32-1), retA}},
		{"bpf: instruction 0: a jump over 9 instructions, 1 are left", 0, []bpf.RawInstruction{{Op: 0x1d, Jf: 9}, retA}},
		{"bpf: instruction 0: the extension cpu needs the kernel", 0, []bpf.RawInstruction{op(0x20, 0xfffff000+36), retA}},
		{"bpf: instruction 0: the extension queue needs the kernel", 0, []bpf.RawInstruction{op(0x30, 0xfffff000+24), retA}},
		{"bpf: instruction 1: the extension rand needs the kernel", 1, []bpf.RawInstruction{retA, op(0x28, 0xfffff000+56), retA}},
		{"bpf: instruction 0: there is no extension 2", 0, []bpf.RawInstruction{op(0x20, 0xfffff002), retA}},
		{"bpf: instruction 0: there is no extension 4095", 0, []bpf.RawInstruction{op(0x20, 1<<32-1), retA}},
	} {
		vm, err := bpf.NewKernelVM(test.filter)
		var program *bpf.ProgramError
		if vm != nil || !errors.As(err, &program) || err.Error() != test.want || program.Index != test.index {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
	vm, err := bpf.NewKernelVM(long[:4096])
	must(t, vm, err)
}

// TestKernelScratch accepts filters that read what only some paths write, where no
// other leads.
func TestKernelScratch(t *testing.T) {
	for _, away := range []bpf.RawInstruction{op(0x05, 1), {Op: 0x25, Jt: 1, Jf: 1}} {
		vm, err := bpf.NewKernelVM([]bpf.RawInstruction{
			op(0x80, 0),              // the length
			{Op: 0x15, Jt: 0, Jf: 2}, // if it is 0:
			op(0x02, 3), op(0x05, 1), // M[3] is written
			away,                       // else not
			op(0x60, 3), op(0x04, 100), // the first way only
			retA,
		})
		vm = must(t, vm, err)
		for size, want := range []int{100, 101} {
			if got, err := vm.Run(make([]byte, size)); got != want || err != nil {
				t.Errorf("%v, length %d: %d, %v, want %d", away, size, got, err, want)
			}
		}
	}
}

// TestExtensions names each extension that x/net knows in the error.
func TestExtensions(t *testing.T) {
	for _, ext := range []bpf.Extension{bpf.ExtProto, bpf.ExtType, bpf.ExtPayloadOffset, bpf.ExtInterfaceIndex, bpf.ExtNetlinkAttr,
		bpf.ExtNetlinkAttrNested, bpf.ExtMark, bpf.ExtQueue, bpf.ExtLinkLayerType, bpf.ExtRXHash, bpf.ExtCPUID, bpf.ExtVLANTag,
		bpf.ExtVLANTagPresent, bpf.ExtVLANProto, bpf.ExtRand} {
		load := bpf.LoadExtension{Num: ext}
		raw, err := bpf.Assemble([]bpf.Instruction{load, bpf.RetA{}})
		if err != nil {
			t.Fatal(err)
		}
		// load prints as "ld #name".
		want := fmt.Sprintf("bpf: instruction 0: the extension %s needs the kernel", load.String()[len("ld #"):])
		if _, err := bpf.NewKernelVM(raw); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	// 9 loads of A, 4 of X, 2 stores, 21 of arithmetic, 9 jumps, 2 returns, 2 moves.
	if len(classic) != 49 {
		t.Errorf("%d codes are accepted, want the kernel's 49", len(classic))
	}
}
