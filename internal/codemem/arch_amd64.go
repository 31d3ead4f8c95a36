package codemem

// trapCode is the instruction that free memory is filled with: int3.
var trapCode = []byte{0xCC}

// returnCode is a function that only returns: ret.
var returnCode = []byte{0xC3}

// syncCode has nothing to do: the instruction cache snoops, and whoever has read
// a block's address, written after its code, fetches the new code.
func syncCode(_, _ []byte) {}

// call calls the code at address, which must keep all registers.
//
//go:noescape
func call(address uintptr)
