package gdbjit

const (
	frameReturn = 30 // the column of the return address: x30
	elfFlags    = 0
)

// frameRules returns how to find the Go function that entered: the return address is in
// a register all the time. Callers within compiled code are not found.
func frameRules(uint32) []byte {
	return []byte{cfaDefCFA, 31, 0, cfaSameValue, frameReturn} // the stack pointer
}
