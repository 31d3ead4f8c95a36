//go:build !linux

package codemem

import (
	"errors"
	"runtime"
)

// views are the two views of one memory.
type views struct {
	rw, rx []byte
}

func (*views) unmap() error { return nil }

func (*views) closeFile() error { return nil }

func (*views) remap(int, int) error { return nil }

// A mapper would be the system calls to map views.
type mapper struct{}

var system mapper

func (mapper) mapViews(int) (views, error) {
	return views{}, errors.New("not implemented for " + runtime.GOOS + "/" + runtime.GOARCH)
}

func mapUnnamed(size int) (views, error) { return system.mapViews(size) }
