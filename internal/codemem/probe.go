package codemem

import (
	"fmt"
	"runtime/debug"
)

// probe runs a function that only returns, because that a mapping is granted
// does not mean that it can be executed.
func (m *Memory) probe() (err error) {
	b, err := m.Alloc(len(returnCode))
	if err != nil {
		return err
	}
	defer m.Free(b)
	copy(m.Writable(b), returnCode)
	m.Sync(b)

	// A fault in the first instruction after a call from Go's text is charged to
	// the caller (runtime.sigpanic), so it can be recovered from.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("code can't be executed: %v", r)
		}
	}()
	call(m.Addr(b))
	return nil
}
