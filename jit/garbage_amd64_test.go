package jit

import "encoding/binary"

// garbageCode fills all registers but rdi, rbp and rsp with garbage, flags and the
// upper halves of vectors included, and then waits for the poll word, at an offset of
// the context, for a while before it leaves.
func garbageCode(poll uint32) (code []byte) {
	for _, r := range []byte{0, 1, 2, 3, 6, 8, 9, 10, 11, 12, 13, 14, 15} { // not rsp rbp rdi
		code = append(code, 0x48|r>>3, 0xb8|r&7) // mov r, garbage
		code = binary.LittleEndian.AppendUint64(code, garbage)
	}
	for r := range byte(16) {
		code = append(code, 0x66, 0x40|r>>3<<2|r>>3, 0x0f, 0x76, 0xc0|r&7<<3|r&7) // pcmpeqd x, x
	}
	code = append(code, 0xb9) // mov ecx, some times
	code = binary.LittleEndian.AppendUint32(code, 1<<20)
	loop := len(code)
	code = append(code, 0x48, 0x8b, 0x87) // mov rax, [rdi+poll]
	code = binary.LittleEndian.AppendUint32(code, poll)
	code = append(code, 0x48, 0x83, 0x38, 0) // cmp qword [rax], 0
	code = append(code, 0x7c, 4)             // jl out
	code = append(code, 0xff, 0xc9)          // dec ecx
	code = append(code, 0x75, byte(loop-len(code)-2))
	for _, r := range []byte{0, 1} {
		code = append(code, 0x48, 0xb8|r) // out: mov r, garbage
		code = binary.LittleEndian.AppendUint64(code, garbage)
	}
	return append(code, 0xff, 0x27) // jmp [rdi]
}
