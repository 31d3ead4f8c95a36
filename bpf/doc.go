// Package bpf is a virtual machine for classic BPF, the language of tcpdump's and
// the kernel's packet filters. It does what the VM of golang.org/x/net/bpf does, and
// compiles filters to machine code where package jit does that.
//
//	import "github.com/copyjit/copyjit/bpf" // instead of "golang.org/x/net/bpf"
//
// Everything that x/net/bpf exports is here under the same name, its instructions as
// the same types. [NewVM] accepts the filters that x/net's accepts, gives the same
// errors in the same words, and Run the same answers. There is one difference:
// where x/net panics, for an instruction that is nil, NewVM returns an error.
//
// A [VM] serves any number of goroutines. A [Runner] serves one and is faster. Neither
// copies the packet, nor allocates memory for it. (Go cannot know that the filter does
// not keep the packet: an array on the stack that is sliced for Run is on the heap
// instead.) Close frees what belongs to a VM at once, the collector later.
//
// # As in the kernel
//
// [NewKernelVM] takes raw instructions, such as tcpdump -ddd prints, and follows
// Linux, net/core/filter.c, where that differs from x/net/bpf:
//
//	                            x/net/bpf                Linux, and NewKernelVM
//	ldx #len                    taken for ld #len        X = the length of the packet
//	ld #len                     what was captured        what was on the wire: see RunWire
//	ld [x + k]                  x + k has 33 bits        x + k is modulo 2³²
//	neg                         an error of Run          A = −A
//	lsh x, rsh x, X > 31        A = 0                    the shift is by X modulo 32
//	lsh #k, rsh #k, k > 31      A = 0                    the filter is refused
//	M[k], not written before    0                        the filter is refused
//	offsets from −0x200000 on   outside every packet     relative to the link header
//	offsets from −0x100000 on   outside every packet     relative to the network header
//	extensions but len          refused by their number  refused by their name
//	more than 4,096             accepted                 refused
//	codes that do not exist     an error of Run          refused
//
// The link header is where the packet begins, the network header 14 bytes behind that,
// where Ethernet has it. Extensions such as the processor or the queue are known to
// the kernel alone. Divisions do not differ: they are of unsigned numbers, by 0 as a
// constant they are refused, and X = 0 ends the filter with 0. Scratch memory counts
// as written only if it is on every path, returns included, as in the kernel.
//
// # Embed your own machine in an afternoon
//
// This package is the smallest real front end of copyjit, and made to be copied. It
// uses nothing that is not public. These are its parts, in the order in which they
// came to be; each is a file.
//
// The first question is what each thing of your machine is in ours. The answer is the
// comment at the top of translate.go:
//
//	A                a             registers of your machine that are used all the time
//	X                x             are registers of ours
//	M[0] … M[15]     [0] … [15]    the others are slots of the frame: as many as there are
//	the packet       memory        what it addresses is linear memory
//	its length       y             what stays the same during a run is a parameter,
//	0                o             and so is what the translation needs
//	the result       a             results are where your calling convention says
//
// The second question is what fails, and how. A load outside the packet ends a
// filter with 0. The loads of our machine check their bounds already and trap, so the
// translation checks nothing, and a trap is an answer: see stopped in vm.go. (To
// compare with the length first would make a filter of nothing but loads and
// comparisons a fifth slower, and be no faster where it fails.) A division by 0 is
// the same. An instruction that must not be reached is a trap whose place is in a
// register.
//
// rows.go is a table with a row for each instruction: what kind of thing it does, and
// which of our operations does it. What your machine and ours have in common is then
// data. 32-bit machines have it easy: operations whose names end in 32 read the lower
// halves of registers and clear the upper ones, so that a register never holds more.
//
// check.go and kernel.go are what your machine demands of programs. Do it before the
// translation, in your own words, with the place where it is (error.go): the
// verifier of package ops will find whatever you forget, but its words are about the
// translation.
//
// translate.go is the translation, one pass over the instructions:
//
//	b.Func("filter", signature, slots)
//	for i := range raw {
//		if l := t.labels[i]; l != 0 {
//			b.Bind(l)
//		} else if !reached {
//			continue // no operation may be unreachable
//		}
//		reached = t.instruction(r, i, d)
//	}
//	program, err := b.Build()
//
// Labels are made when something jumps to them, so that with jumps that lead forward
// only, an instruction is reached if it has a label or the one before goes on. The
// verifier insists on that, and that what is read is written: a, x, y and o are
// parameters, and slots that may be read first are cleared. What is rare stands
// behind the function (farLoad), out of the way of what is not.
//
// vm.go is the life of a program: an [ops.Builder] from a pool, jit.Engine.Compile,
// a cleanup for a VM that nobody closes. To run it is the hot path, and short:
//
//	reg := r.caller.Reg
//	reg[0], reg[1], reg[2], reg[3] = 0, 0, uint64(uint32(wire)), 0
//	if err := r.caller.Call(packet); err != nil {
//		return r.vm.stopped(err, reg)
//	}
//	return int(uint32(reg[0])), nil
//
// A [jit.Caller] is for functions as short as these, and takes any bytes as memory.
// Programs that keep a memory of their own, call functions of the host or have
// floats for parameters are called with jit.Instance.Call.
//
// For tests, have two of everything. Run each on the interpreter too (tier_test.go),
// with jit.Tuning's Validate, which reads all code back, and ExitAtPolls, which
// leaves it wherever it can be left. Write the plainest interpreter of your machine
// that you can (reference_test.go) and compare with it whatever a fuzzer thinks of
// (random_test.go). VM.Program prints what a program was translated to, and
// copyjit dump the machine code of that.
package bpf
