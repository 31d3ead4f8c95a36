package codemem

// trapCode is the instruction that free memory is filled with: int3.
var trapCode = []byte{0xCC}

// answerCode returns a function that returns n: mov eax, n; ret.
func answerCode(n byte) []byte { return []byte{0xB8, n, 0, 0, 0, 0xC3} }

// syncCode has nothing to do: the instruction cache snoops, and whoever has read
// a block's address, written after its code, fetches the new code.
func syncCode(_, _ []byte) {}

// call calls the code at address, which must keep all registers but the one that
// functions return numbers in, and returns what is there.
//
//go:noescape
func call(address uintptr) uintptr
