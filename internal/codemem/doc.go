// Package codemem is executable memory: where compiled code is written and run.
//
// # Two views of one memory
//
// On Linux a [Memory] is one anonymous file (memfd) as large as its limit,
// mapped twice as a whole:
//
//	            RW view (Writable)        RX view (Addr)
//	            ┌───────┬───────┬──       ┌───────┬───────┬──
//	virtual     │ block │ block │ …       │ block │ block │ …
//	            └───┬───┴───┬───┴──       └───┬───┴───┬───┴──
//	                └───────┼──────┬──────────┘       │
//	                        └──────┼────┬─────────────┘
//	            ┌──────────────────┴────┴───────────────────
//	memfd       │ pages, given memory when first written
//	            └───────────────────────────────────────────
//
// So no address is ever writable and executable, and neither Alloc nor Free
// makes a system call. The price is that the limit is fixed, and taken twice
// from the address space (not from memory) at once.
//
// What is written through the RW view is visible to the processor's data side
// everywhere, but to its instruction side only after [Memory.Sync].
//
// Emulators may keep translations of code that has been replaced through the
// other view, whatever the program does to its caches (qemu-user 7.2 does). [New]
// tries; if so, Sync maps the block's pages to the same address again, which no
// emulator can miss and which doesn't disturb code that runs in them.
//
// # Pages that are written once
//
// Where two views are not to be had, because the system has no such thing or forbids
// it (seccomp filters, SELinux, vm.memfd_noexec), there is one, of address space
// where nothing is. A block has whole pages of it:
//
//	          Alloc                    Sync                   Free
//	nothing ────────▶ new memory, RW ────────▶ the same, RX ────────▶ nothing
//
// So here too no address is ever writable and executable, and memory that was
// executable is never writable again. Each step is a system call, each block takes a
// page at least, and writing a function takes some 300 times as long (BenchmarkWrite).
//
// # Ownership
//
// A Memory is not safe for concurrent use. Its owner serialises all calls with
// its own lock, which it needs anyway to keep what it knows of its code in step.
// Writing to a block's Writable view, Sync of a block and running its code need no
// lock, as long as nobody frees the block or closes the Memory.
//
// # Platforms
//
// An operating system needs a pager (pager_unix.go, pager_windows.go), Linux has two
// views besides (map_linux.go); a processor needs one file (arch_amd64.go …). Where
// either is missing, and where the system forbids all executable memory, [New] returns
// an error that wraps [ErrUnavailable]. Nobody has run this on anything but Linux.
//
// # Strict overcommit
//
// Memory is taken from the system when a page is first written. A system that
// has none left then kills the process or, with vm.overcommit_memory=2, sends it
// SIGBUS, as with any sparse file.
package codemem
