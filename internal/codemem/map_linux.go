package codemem

import (
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// views are the two views of one memory.
type views struct {
	rw, rx []byte
}

// A mapper is the system calls to map views.
type mapper struct {
	memfdCreate func(name string, flags int) (int, error)
	mmap        func(fd int, offset int64, length, prot, flags int) ([]byte, error)
}

var system = mapper{memfdCreate: unix.MemfdCreate, mmap: unix.Mmap}

// mapViews maps one anonymous file of size bytes twice.
func (sys mapper) mapViews(size int) (v views, err error) {
	if len(returnCode) == 0 {
		return views{}, errors.New("not implemented for linux/" + runtime.GOARCH)
	}
	fd, err := sys.memfdCreate("copyjit", unix.MFD_CLOEXEC|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) {
		// Before Linux 6.3 there is no MFD_EXEC, and every memfd is executable.
		fd, err = sys.memfdCreate("copyjit", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return views{}, fmt.Errorf("memfd_create: %w", err)
	}
	// The views keep the file alive.
	defer unix.Close(fd)
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return views{}, fmt.Errorf("ftruncate to %d bytes: %w", size, err)
	}
	if v.rw, err = sys.mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return views{}, fmt.Errorf("mmap of %d bytes to write: %w", size, err)
	}
	if v.rx, err = sys.mmap(fd, 0, size, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_SHARED); err != nil {
		err = fmt.Errorf("mmap of %d bytes to execute: %w", size, err)
		return views{}, errors.Join(err, v.unmap())
	}
	return v, nil
}

// unmap unmaps the views that are mapped.
func (v views) unmap() error {
	var errs [2]error
	for i, view := range [...][]byte{v.rw, v.rx} {
		if view != nil {
			errs[i] = unix.Munmap(view)
		}
	}
	return errors.Join(errs[:]...)
}
