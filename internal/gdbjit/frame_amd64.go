package gdbjit

// Numbers of DWARF: registers, and operations on a stack of numbers. A register is read
// with a number added to it.
const (
	regFP  = 4 // rsi
	regCtx = 5 // rdi
	regSP  = 7 // rsp

	opDeref  = 0x06
	opConst8 = 0x0e
	opAnd    = 0x1a
	opMinus  = 0x1c
	opMul    = 0x1e
	opPlus   = 0x22
	opBranch = 0x28
	opEqual  = 0x29
	opSkip   = 0x2f
	opLit    = 0x30 // + number
	opReg    = 0x70 // + register
)

const (
	frameReturn = 16 // the column of the return address
	elfFlags    = 0
)

// frameRules returns how to find the caller of a function whose frame pointer has been
// moved on by a number of bytes.
//
// The caller goes on at the address at which the frame begins, with its frame pointer
// still there: code behind a call moves it back. Only the outermost frame has the
// address of the exit there, as the context has; its caller is where the stack
// pointer says.
//
// GDB tells frames apart by an address, and ends when it does not come nearer to the
// bottom of the stack from one to the next. The stack of compiled code grows upwards; so
// the address that it gets is as far below the stack pointer as the frame is above
// some round address, of which there is one in 64 GB.
func frameRules(moved uint32) []byte {
	frame := func(b []byte) []byte { return appendSigned(append(b, opReg+regFP), -int64(moved)) }
	outermost := append(frame(nil), opDeref, opReg+regCtx, 0, opDeref, opEqual)

	address := append(frame([]byte{opReg + regSP, 8}), opConst8)
	address = append64(address, 1<<36-1)
	address = append(append(address, opAnd), outermost...)
	address = append(address, opLit+0, opEqual, opMul, opMinus) // the difference, or 0 for the outermost

	here := frame(nil)
	back := append16(append(outermost[:len(outermost):len(outermost)], opBranch), uint16(len(here)+3))
	back = append16(append(append(back, here...), opSkip), 2)
	back = append(back, opReg+regSP, 0, opDeref)

	stack := append(outermost[:len(outermost):len(outermost)], opLit+8, opMul, opReg+regSP, 0, opPlus)

	rules := append([]byte{cfaDefExpression}, block(address)...)
	rules = append(append(rules, cfaValExpression, frameReturn), block(back)...)
	rules = append(append(rules, cfaValExpression, regSP), block(stack)...)
	return append(append(rules, cfaValExpression, regFP), block(here)...)
}

// block returns an expression with its length in front.
func block(expression []byte) []byte {
	return append(appendUnsigned(nil, uint64(len(expression))), expression...)
}
