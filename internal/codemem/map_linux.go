package codemem

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// views are the two views of one memory.
type views struct {
	rw, rx []byte
	file   int // the memory's, −1 when it is closed

	unnamed bool // made by mapUnnamed
}

// A mapper is the system calls to map views.
type mapper struct {
	memfdCreate func(name string, flags int) (int, error)
	mmap        func(fd int, offset int64, length, prot, flags int) ([]byte, error)
}

var system = mapper{memfdCreate: unix.MemfdCreate, mmap: unix.Mmap}

// mapViews maps one anonymous file of size bytes twice.
func (sys mapper) mapViews(size int) (v views, err error) {
	v.file = -1
	if len(answerCode(0)) == 0 {
		return views{}, notImplemented()
	}
	fd, err := sys.memfdCreate("copyjit", unix.MFD_CLOEXEC|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) {
		// Before Linux 6.3 there is no MFD_EXEC, and every memfd is executable.
		fd, err = sys.memfdCreate("copyjit", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return views{}, fmt.Errorf("memfd_create: %w", err)
	}
	v.file = fd
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return views{}, errors.Join(fmt.Errorf("ftruncate to %d bytes: %w", size, err), v.unmap())
	}
	if v.rw, err = sys.mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		err = fmt.Errorf("mmap of %d bytes to write: %w", size, err)
		return views{}, errors.Join(err, v.unmap())
	}
	if v.rx, err = sys.mmap(fd, 0, size, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_SHARED); err != nil {
		err = fmt.Errorf("mmap of %d bytes to execute: %w", size, err)
		return views{}, errors.Join(err, v.unmap())
	}
	return v, nil
}

// singleView makes one range both views.
func singleView(all []byte) views { return views{rw: all, rx: all, file: -1} }

// closeFile closes the file; the views keep what is in it alive.
func (v *views) closeFile() error {
	fd := v.file
	if v.file = -1; fd < 0 {
		return nil
	}
	return unix.Close(fd)
}

// remap maps a range of the view to execute once more, to the same address.
func (v *views) remap(from, to int) error {
	page := unix.Getpagesize()
	from, to = from&^(page-1), (to+page-1)&^(page-1)
	_, err := unix.MmapPtr(v.file, int64(from), unsafe.Pointer(&v.rx[from]), uintptr(to-from),
		unix.PROT_READ|unix.PROT_EXEC, unix.MAP_SHARED|unix.MAP_FIXED)
	return err
}

// unmap unmaps the views that are mapped, and closes the file.
func (v *views) unmap() error {
	var errs [3]error
	errs[2] = v.closeFile()
	for i, view := range [...][]byte{v.rw, v.rx} {
		switch {
		case view == nil:
		case v.unnamed: // package unix has not seen them mapped
			errs[i] = unix.MunmapPtr(unsafe.Pointer(unsafe.SliceData(view)), uintptr(len(view)))
		default:
			errs[i] = unix.Munmap(view)
		}
	}
	return errors.Join(errs[:]...)
}
