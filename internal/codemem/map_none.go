//go:build !linux

package codemem

// views are two views of one memory, which are one here.
type views struct {
	rw, rx []byte
}

// singleView makes one range both views.
func singleView(all []byte) views { return views{all, all} }

func (*views) unmap() error { return nil }

func (*views) closeFile() error { return nil }

func (*views) remap(int, int) error { return nil }

// A mapper would be the system calls to map views.
type mapper struct{}

var system mapper

func (mapper) mapViews(int) (views, error) { return views{}, notImplemented() }

func mapUnnamed(size int) (views, error) { return system.mapViews(size) }
