package gdbjit

const (
	frameReturn = 1 // the column of the return address: ra
	elfFlags    = 4 // EF_RISCV_FLOAT_ABI_DOUBLE
)

// frameRules returns how to find the Go function that entered: the return address is in
// a register all the time. Callers within compiled code are not found.
func frameRules(uint32) []byte {
	return []byte{cfaDefCFA, 2, 0, cfaSameValue, frameReturn} // the stack pointer
}
