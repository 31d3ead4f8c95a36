// Package jitdump writes jit-PID.dump, from which perf inject --jit makes an ELF file
// of each function, with its bytes. Every function has the time at which it was
// there, so that samples find the right one even where code has been freed and its
// place used again. The format is in jitdump-specification.txt of the Linux
// sources (tools/perf/Documentation):
//
//	header    magic version size machine · pid time flags
//	record    id size time · what the id says
//	  LOAD    pid tid vma addr size index · name\0 bytes
//	  LINES   addr n · n × (addr line discriminator file\0)    before the function's LOAD
//
// perf learns of the file by seeing it mapped executable, and of nothing that was
// loaded before. The times are those of perf record -k mono.
package jitdump

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/copyjit/copyjit/internal/symbols"
)

const (
	magic   = 0x4A695444
	version = 1

	recordLoad  = 0
	recordLines = 2

	headerSize = 40
)

// A Dump is a file of code. Its methods may be called by several goroutines.
type Dump struct {
	mu    sync.Mutex
	file  *os.File
	index uint64 // of the next function
	buf   []byte
}

// Process returns the dump of this process, which it makes when first called: in
// the directory that the environment variable JITDUMPDIR names, or else in that for
// temporary files.
var Process = sync.OnceValues(func() (*Dump, error) {
	dir := os.Getenv("JITDUMPDIR")
	if dir == "" {
		dir = os.TempDir()
	}
	return Create(Path(dir, os.Getpid()))
})

// Path returns the only name under which perf takes a file for a dump.
func Path(dir string, pid int) string {
	return filepath.Join(dir, fmt.Sprintf("jit-%d.dump", pid))
}

// Create makes an empty dump, and shows it to perf.
func Create(path string) (*Dump, error) {
	f, err := symbols.Create(path)
	if err != nil {
		return nil, err
	}
	d := &Dump{file: f}
	d.put32(magic, version, headerSize, uint32(symbols.Machine), 0, uint32(os.Getpid()))
	d.put64(now(), 0)
	if err := d.flush(); err != nil {
		return nil, err
	}
	if err := mark(f); err != nil {
		return nil, fmt.Errorf("mapping %s executable, which tells perf of it: %w", path, err)
	}
	return d, nil
}

// Load adds the functions of a block.
func (d *Dump) Load(b *symbols.Block) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range b.Symbols {
		s := &b.Symbols[i]
		if b.File != "" && len(s.Lines) != 0 {
			d.lines(b, s)
		}
		d.load(b, s)
	}
	return d.flush()
}

// load appends the record of a function.
func (d *Dump) load(b *symbols.Block, s *symbols.Symbol) {
	addr := uint64(b.Addr) + uint64(s.Offset)
	start := d.record(recordLoad)
	d.put32(uint32(os.Getpid()), uint32(thread()))
	d.put64(addr, addr, uint64(s.Size), d.index)
	d.putString(s.Name)
	d.buf = append(d.buf, b.Code[s.Offset:s.Offset+s.Size]...)
	d.end(start)
	d.index++
}

// lines appends the record of a function's lines.
func (d *Dump) lines(b *symbols.Block, s *symbols.Symbol) {
	start := d.record(recordLines)
	d.put64(uint64(b.Addr)+uint64(s.Offset), uint64(len(s.Lines)))
	for _, l := range s.Lines {
		d.put64(uint64(b.Addr) + uint64(l.Offset))
		d.put32(l.Line, 0)
		d.putString(b.File)
	}
	d.end(start)
}

// record appends the head of a record, whose size end fills in.
func (d *Dump) record(id uint32) (start int) {
	start = len(d.buf)
	d.put32(id, 0)
	d.put64(now())
	return start
}

func (d *Dump) end(start int) {
	binary.NativeEndian.PutUint32(d.buf[start+4:], uint32(len(d.buf)-start))
}

func (d *Dump) put32(list ...uint32) {
	for _, v := range list {
		d.buf = binary.NativeEndian.AppendUint32(d.buf, v)
	}
}

func (d *Dump) put64(list ...uint64) {
	for _, v := range list {
		d.buf = binary.NativeEndian.AppendUint64(d.buf, v)
	}
}

// putString appends a string with a zero behind it, and none in it.
func (d *Dump) putString(s string) {
	for i := range len(s) {
		d.buf = append(d.buf, max(s[i], 1))
	}
	d.buf = append(d.buf, 0)
}

// flush writes what was appended.
func (d *Dump) flush() error {
	_, err := d.file.Write(d.buf)
	d.buf = d.buf[:0]
	return err
}
