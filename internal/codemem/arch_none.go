//go:build !amd64

package codemem

// What a processor needs: a file like arch_amd64.go with the two instructions,
// call, and a syncCode that makes both views of a block agree:
//
//   - arm64: DC CVAU for each data cache line of rw, DSB ISH, IC IVAU for each
//     instruction cache line of rx, DSB ISH, ISB (line sizes from CTR_EL0). A
//     processor that runs the code for the first time needs an ISB of its own,
//     which the entry sequence may give.
//   - riscv64: the system call riscv_flush_icache(start, end, 0) over rx, which
//     reaches all harts; FENCE.I alone reaches one.
var (
	trapCode   = []byte{0}
	returnCode []byte // none: no views are mapped
)

func syncCode(_, _ []byte) {}

func call(uintptr) { panic("codemem: no code for this processor") }
