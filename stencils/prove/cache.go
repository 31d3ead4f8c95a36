package prove

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"sync"
)

// A Cache remembers what has been proved, in a file, and what it took.
type Cache struct {
	mu   sync.Mutex
	path string
	has  map[digest]effort
	more []byte // records that are not in the file yet
}

// An effort is what a proof took. In the file it is behind the digest:
//
//	0        8       12                   16
//	├ digest ┼ asked ┼ time in microseconds ┤
type effort struct {
	asked, micros uint32
}

const recordBytes = len(digest{}) + 8

// OpenCache reads the file, which need not be there.
func OpenCache(path string) (*Cache, error) {
	c := &Cache{path: path, has: make(map[digest]effort)}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for ; len(data) >= recordBytes; data = data[recordBytes:] {
		n := len(digest{})
		c.has[digest(data[:n])] = effort{binary.LittleEndian.Uint32(data[n:]), binary.LittleEndian.Uint32(data[n+4:])}
	}
	return c, nil
}

func (c *Cache) get(d digest) (effort, bool) {
	if c == nil {
		return effort{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.has[d]
	return e, ok
}

func (c *Cache) put(d digest, r *Result) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.has[d]; !ok {
		e := effort{uint32(r.Asked), uint32(min(r.Time.Microseconds(), math.MaxUint32))}
		c.has[d] = e
		c.more = append(c.more, d[:]...)
		c.more = binary.LittleEndian.AppendUint32(c.more, e.asked)
		c.more = binary.LittleEndian.AppendUint32(c.more, e.micros)
	}
}

// Save appends to the file what has been proved since.
func (c *Cache) Save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := os.MkdirAll(filepath.Dir(c.path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(c.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(c.more)
	c.more = nil
	return errors.Join(err, f.Close())
}
