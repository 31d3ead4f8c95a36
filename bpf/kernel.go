package bpf

import "fmt"

// MaxKernelInstructions is the length of the longest filter that the kernel takes.
const MaxKernelInstructions = 4096

// Where the kernel's special offsets begin: of loads relative to the link header, of
// loads relative to the network header, of extensions.
const (
	linkOffset      = 1<<32 - 0x200000
	networkOffset   = 1<<32 - 0x100000
	extensionOffset = 1<<32 - 0x1000
)

// networkHeader is where the network header is in a packet: behind an Ethernet
// header.
const networkHeader = 14

// checkKernel checks a filter as Linux does (bpf_check_classic), and that nothing in
// it needs the kernel.
func checkKernel(raw []RawInstruction) (f filter, err error) {
	f.raw, f.dialect = raw, kernelDialect
	fail := func(i int, format string, args ...any) (filter, error) {
		return f, &ProgramError{Index: i, Msg: fmt.Sprintf(format, args...)}
	}
	n := len(raw)
	switch {
	case n == 0:
		return fail(-1, "bpf: the filter has no instructions")
	case n > MaxKernelInstructions:
		return fail(-1, "bpf: the filter has %d instructions, at most %d are possible", n, MaxKernelInstructions)
	}
	for i := range raw {
		r := &raw[i]
		row := rowOf(r.Op)
		left := uint32(n - i - 1) // instructions behind this one
		switch row.kind {
		case illegal, nothing, unknown:
			return fail(i, "there is no instruction with code %#x", r.Op)
		case loadAbs:
			if r.K >= extensionOffset {
				return fail(i, "%s", extensionError(r.K-extensionOffset))
			}
		case loadMem, store:
			if r.K > 15 {
				return fail(i, "M[%d]: scratch memory has 16 words", r.K)
			}
			f.scratch = true
		case alu:
			switch r.Op {
			case 0x34, 0x94: // div, mod
				if r.K == 0 {
					return fail(i, "a division by 0")
				}
			case 0x64, 0x74: // lsh, rsh
				if r.K > 31 {
					return fail(i, "a shift by %d, want at most 31", r.K)
				}
			}
		case jump:
			if r.K >= left {
				return fail(i, "a jump over %d instructions, %d are left", r.K, left)
			}
		case branch, branchX:
			if skip := uint32(max(r.Jt, r.Jf)); skip >= left {
				return fail(i, "a jump over %d instructions, %d are left", skip, left)
			}
		}
	}
	if k := rowOf(raw[n-1].Op).kind; k != retK && k != retA {
		return fail(n-1, "the last instruction is no return")
	}
	if f.scratch {
		if _, i := unsetScratch(raw); i >= 0 {
			return fail(i, "M[%d] is read and has not been written on every path", raw[i].K)
		}
	}
	return f, nil
}

// extensionError says that only the kernel knows an extension.
func extensionError(number uint32) string {
	if name := extensionNames[number]; name != "" {
		return fmt.Sprintf("the extension %s needs the kernel", name)
	}
	return fmt.Sprintf("there is no extension %d", number)
}

// extensionNames are the kernel's extensions as its manual and assembler (bpf_asm)
// name them.
var extensionNames = map[uint32]string{
	0: "proto", 4: "type", 8: "ifidx", 12: "nla", 16: "nlan", 20: "mark", 24: "queue", 28: "hatype", 32: "rxhash",
	36: "cpu", 40: "pay_offset by its old number", 44: "vlan_tci", 48: "vlan_avail", 52: "poff", 56: "rand", 60: "vlan_tpid",
}

// unsetScratch returns which words of scratch memory may be read before they are
// written, as bits, and the first instruction that may do so, -1 if there is none. It
// follows the kernel: what is written in front of a return counts behind it, unless
// a jump says otherwise.
func unsetScratch(raw []RawInstruction) (unset uint16, first int) {
	first = -1
	masks := make([]uint16, len(raw)) // at each instruction: not written on some jump to it
	var open uint16                   // not written on the way from the instruction before
	open = 1<<16 - 1
	for i := range raw {
		r := &raw[i]
		open |= masks[i]
		switch row := rowOf(r.Op); row.kind {
		case store:
			open &^= 1 << r.K
		case loadMem:
			if bit := uint16(1) << r.K; open&bit != 0 {
				unset |= bit
				if first < 0 {
					first = i
				}
			}
		case jump:
			masks[i+1+int(r.K)] |= open
			open = 0
		case branch, branchX:
			masks[i+1+int(r.Jt)] |= open
			masks[i+1+int(r.Jf)] |= open
			open = 0
		}
	}
	return unset, first
}
