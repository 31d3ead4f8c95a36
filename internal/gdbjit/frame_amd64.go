package gdbjit

// The call that entered has pushed the return address.
var frameRules = []byte{
	cfaDefCFA, 7, 8, // rsp + 8
	cfaOffset | frameReturn, 1,
}

const (
	frameReturn = 16 // the column of the return address
	elfFlags    = 0
)
