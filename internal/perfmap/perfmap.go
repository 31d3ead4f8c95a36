// Package perfmap writes /tmp/perf-PID.map, in which perf (and other profilers, bpftrace
// and bcc among them) looks for the names of code that is in no file. Each line is
//
//	START SIZE NAME
//
// with hexadecimal numbers. The file has no notion of time: perf reads it once,
// when it reports. So a name stays when its code is freed, for there may be samples
// of it, until other code is at the same place; then it goes, and samples of the old
// code bear the new name. Package jitdump does better.
package perfmap

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/copyjit/copyjit/internal/symbols"
)

// A Map is a file of names. Its methods may be called by several goroutines.
type Map struct {
	mu    sync.Mutex
	file  *os.File
	lines []line // by address; they don't overlap
	size  int64  // of the file
	blank int64  // bytes of it that were lines and are empty lines now
	err   error  // the first that occurred
}

// A line is a line of the file.
type line struct {
	start, end uintptr // the code's addresses
	text       string
	at         int64 // in the file
}

// Process returns the map of this process, which it makes when first called.
var Process = sync.OnceValues(func() (*Map, error) { return Create(Path(os.Getpid())) })

// Path returns where perf looks for the map of a process.
func Path(pid int) string { return fmt.Sprintf("/tmp/perf-%d.map", pid) }

// Create makes an empty map.
func Create(path string) (*Map, error) {
	f, err := symbols.Create(path)
	if err != nil {
		return nil, err
	}
	return &Map{file: f}, nil
}

// Load adds the names of a block, and removes those of code that was there before.
func (m *Map) Load(b *symbols.Block) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(b.Addr, b.Addr+uintptr(len(b.Code)))
	i, _ := slices.BinarySearchFunc(m.lines, b.Addr, func(l line, addr uintptr) int { return cmp.Compare(l.start, addr) })
	var text strings.Builder
	var added []line
	for _, s := range b.Symbols {
		l := line{start: b.Addr + uintptr(s.Offset), at: m.size + int64(text.Len())}
		l.end = l.start + uintptr(s.Size)
		l.text = fmt.Sprintf("%x %x %s\n", l.start, s.Size, printable(s.Name))
		text.WriteString(l.text)
		added = append(added, l)
	}
	m.lines = slices.Insert(m.lines, i, added...)
	m.write([]byte(text.String()), m.size)
	m.size += int64(text.Len())
	if m.blank > m.size/2+minCompact {
		m.compact()
	}
	return m.err
}

// minCompact is how many bytes of empty lines are not worth writing the file again.
const minCompact = 64 << 10

// remove makes the lines of code between two addresses empty, which perf ignores.
func (m *Map) remove(start, end uintptr) {
	i, _ := slices.BinarySearchFunc(m.lines, start, func(l line, addr uintptr) int { return cmp.Compare(l.end, addr+1) })
	n := i
	for ; n < len(m.lines) && m.lines[n].start < end; n++ {
		l := &m.lines[n]
		m.write(bytes.Repeat([]byte("\n"), len(l.text)), l.at)
		m.blank += int64(len(l.text))
	}
	m.lines = slices.Delete(m.lines, i, n)
}

// compact writes the file again without empty lines.
func (m *Map) compact() {
	var text strings.Builder
	for i := range m.lines {
		m.lines[i].at = int64(text.Len())
		text.WriteString(m.lines[i].text)
	}
	m.write([]byte(text.String()), 0)
	m.size, m.blank = int64(text.Len()), 0
	if err := m.file.Truncate(m.size); m.err == nil {
		m.err = err
	}
}

func (m *Map) write(b []byte, at int64) {
	if _, err := m.file.WriteAt(b, at); m.err == nil {
		m.err = err
	}
}

// printable returns a name that is on one line.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, name)
}
