package gdbjit

// The return address is in ra all the time.
var frameRules = []byte{
	cfaDefCFA, 2, 0, // sp
	cfaSameValue, frameReturn,
}

const (
	frameReturn = 1
	elfFlags    = 4 // EF_RISCV_FLOAT_ABI_DOUBLE
)
