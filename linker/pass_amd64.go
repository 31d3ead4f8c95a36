package linker

// run is runGo.
func (l *loop) run() { passLoop(l) }

//go:noescape
func passLoop(l *loop)
