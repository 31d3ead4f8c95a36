//go:build !linux

package jit

// reserves is whether address space can be reserved, and memory grow in place.
const reserves = false

// space is nothing: a memory is on Go's heap.
type space []byte

func reserve(int) (space, error) { return nil, nil }

// grow copies a memory to a longer one, unless it has room.
func (space) grow(bytes []byte, size int) ([]byte, error) {
	if size <= cap(bytes) {
		return bytes[:size], nil
	}
	return append(bytes, make([]byte, size-len(bytes))...), nil
}

func (space) release() {}
