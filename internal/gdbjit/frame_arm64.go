package gdbjit

// The return address is in x30 all the time.
var frameRules = []byte{
	cfaDefCFA, 31, 0, // sp
	cfaSameValue, frameReturn,
}

const (
	frameReturn = 30
	elfFlags    = 0
)
