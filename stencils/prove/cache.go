package prove

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// A Cache remembers what has been proved, in a file.
type Cache struct {
	mu   sync.Mutex
	path string
	has  map[digest]bool
	more []byte // digests that are not in the file yet
}

// OpenCache reads the file, which need not be there.
func OpenCache(path string) (*Cache, error) {
	c := &Cache{path: path, has: make(map[digest]bool)}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for ; len(data) >= len(digest{}); data = data[len(digest{}):] {
		c.has[digest(data)] = true
	}
	return c, nil
}

func (c *Cache) get(d digest) bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.has[d]
}

func (c *Cache) put(d digest) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.has[d] {
		c.has[d] = true
		c.more = append(c.more, d[:]...)
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
