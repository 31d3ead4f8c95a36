//go:build !linux

package jit

// space is nothing: a memory is on Go's heap.
type space struct{}

func reserve(int) (space, error) { return space{}, nil }

// grow copies a memory to a longer one, unless it has room.
func (space) grow(bytes []byte, size int) ([]byte, error) {
	if size <= cap(bytes) {
		return bytes[:size], nil
	}
	return append(bytes, make([]byte, size-len(bytes))...), nil
}

func (space) release() {}
