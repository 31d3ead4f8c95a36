package codemem

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// systemPager commits memory to address space that is reserved.
var systemPager = pager{
	reserve: func(size int) ([]byte, error) {
		addr, err := windows.VirtualAlloc(0, uintptr(size), windows.MEM_RESERVE, windows.PAGE_NOACCESS)
		if err != nil {
			return nil, err
		}
		return bytesAt(addr, size), nil
	},
	fill: func(pages []byte) error {
		_, err := windows.VirtualAlloc(addressOf(pages), uintptr(len(pages)), windows.MEM_COMMIT, windows.PAGE_READWRITE)
		return err
	},
	seal: func(pages []byte) error {
		var before uint32
		if err := windows.VirtualProtect(addressOf(pages), uintptr(len(pages)), windows.PAGE_EXECUTE_READ, &before); err != nil {
			return err
		}
		// A process cannot do this with instructions of its own.
		if ok, _, err := flushInstructionCache.Call(uintptr(windows.CurrentProcess()), addressOf(pages), uintptr(len(pages))); ok == 0 {
			return err
		}
		return nil
	},
	drop: func(pages []byte) error {
		return windows.VirtualFree(addressOf(pages), uintptr(len(pages)), windows.MEM_DECOMMIT)
	},
	release: func(all []byte) error { return windows.VirtualFree(addressOf(all), 0, windows.MEM_RELEASE) },
}

var flushInstructionCache = windows.NewLazySystemDLL("kernel32.dll").NewProc("FlushInstructionCache")

func addressOf(p []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(p))) }

// bytesAt returns size bytes at an address that the system has given.
func bytesAt(addr uintptr, size int) []byte {
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&addr)), size)
}
