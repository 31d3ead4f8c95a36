//go:build !amd64

package linker

func (l *loop) run() { l.runGo() }
