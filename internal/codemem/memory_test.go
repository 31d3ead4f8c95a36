package codemem

import (
	"errors"
	"testing"
)

func TestLimit(t *testing.T) {
	for _, limit := range []int{0, -1} {
		if _, err := New(limit); err == nil || errors.Is(err, ErrUnavailable) {
			t.Errorf("New(%d): %v", limit, err)
		}
	}
}

// New works or says that it is unavailable, on every platform.
func TestNew(t *testing.T) {
	m, err := New(1 << 20)
	if err != nil {
		if !errors.Is(err, ErrUnavailable) {
			t.Error(err)
		}
		t.Skip(err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}
