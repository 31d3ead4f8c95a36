package codemem

import (
	"fmt"
	"runtime/debug"
)

// probe runs some functions, one after the other at the same address: that a
// mapping is granted does not mean that it can be executed, and that code has
// been replaced does not mean that the new one runs. Where the old one does, the
// view to execute is mapped again whenever code is written.
func (m *Memory) probe() (err error) {
	// A fault in the first instruction after a call from Go's text is charged to
	// the caller (runtime.sigpanic), so it can be recovered from.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("code can't be executed: %v", r)
		}
	}()
	for n := byte(1); n <= 4; n++ {
		got, err := m.answer(n)
		switch {
		case err != nil:
			return err
		case got == uintptr(n):
		case m.remap || got != uintptr(n-1):
			return fmt.Errorf("code can't be replaced: what should return %d returns %d", n, got)
		default:
			m.remap = true
		}
	}
	return nil
}

// answer returns what a function that should return n does.
func (m *Memory) answer(n byte) (uintptr, error) {
	b, err := m.Alloc(len(answerCode(n)))
	if err != nil {
		return 0, err
	}
	defer m.Free(b)
	copy(m.Writable(b), answerCode(n))
	if err := m.Sync(b); err != nil {
		return 0, err
	}
	return call(m.Addr(b)), nil
}
