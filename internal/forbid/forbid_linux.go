//go:build amd64 || arm64 || riscv64

package forbid

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Memory makes the system refuse this process and those that it starts, for good,
// memory files, and if exec is set all memory that is to be executable.
func Memory(exec bool) error {
	// The privileges are a thread's, the filter is everybody's.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const number, args = 0, 16 // in struct seccomp_data
	refuse := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)}
	allow := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	// skip goes n instructions further unless what is loaded is k.
	skip := func(k uint32, n uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jf: n}
	}
	filter := []unix.SockFilter{load(number), skip(unix.SYS_MEMFD_CREATE, 1), refuse}
	if exec {
		const prot = args + 8*2 // the third argument; all targets are little endian
		for _, call := range []uint32{unix.SYS_MMAP, unix.SYS_MPROTECT, unix.SYS_PKEY_MPROTECT} {
			filter = append(filter, load(number), skip(call, 3), load(prot),
				unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: unix.PROT_EXEC, Jf: 1}, refuse)
		}
	}
	filter = append(filter, allow)
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	// For all threads, or the runtime runs goroutines on others that may.
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return errno
	}
	return nil
}
