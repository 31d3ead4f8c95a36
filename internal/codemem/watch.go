package codemem

// A Watcher is told what becomes of a Memory's blocks, for those who have told
// others what is in them.
type Watcher interface {
	// Freed is called when the block that runs at addr has been freed.
	Freed(addr uintptr)
	// Closed is called when the memory is about to be unmapped, with all blocks that
	// have not been freed.
	Closed()
}

// Watch has w told of all that is freed from now on. There is one Watcher at a time.
func (m *Memory) Watch(w Watcher) { m.watcher = w }
