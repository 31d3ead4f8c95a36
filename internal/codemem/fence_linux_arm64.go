package codemem

import (
	"sync"

	"golang.org/x/sys/unix"
)

// Commands of membarrier(2).
const (
	syncCores         = 1 << 5 // MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE
	registerSyncCores = 1 << 6 // MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
)

var register = sync.OnceFunc(func() { membarrier(registerSyncCores) })

// fence has every processor that runs this process drop what it has fetched ahead.
// Linux before 4.16 cannot, and says so to no avail: there a processor could run
// what lay in a block before it was freed, if it guessed that far ahead.
func fence() {
	register()
	membarrier(syncCores)
}

func membarrier(command uintptr) {
	_, _, _ = unix.Syscall(unix.SYS_MEMBARRIER, command, 0, 0)
}
