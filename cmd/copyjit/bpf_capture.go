package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/pcapgo"
)

// A packet is one of a capture.
type packet struct {
	data []byte // what was captured of it
	wire int    // how long it was
}

// A capture is an open capture file, pcap or pcapng.
type capture struct {
	name string
	file *os.File
	size int64 // 0 if unknown
	from interface {
		ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
	}
	done int // packets
}

// ngMagic is how a pcapng file begins.
var ngMagic = []byte{0x0a, 0x0d, 0x0d, 0x0a}

// openCapture opens a capture file.
func openCapture(name string) (*capture, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fileError(name, err)
	}
	c := &capture{name: fileName(name), file: f}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		c.size = info.Size()
	}
	buffered := bufio.NewReaderSize(f, 1<<20)
	magic, err := buffered.Peek(len(ngMagic))
	if err == nil {
		if bytes.Equal(magic, ngMagic) {
			c.from, err = pcapgo.NewNgReader(buffered, pcapgo.NgReaderOptions{SkipUnknownVersion: true, ErrorOnMismatchingLinkType: true})
		} else {
			c.from, err = pcapgo.NewReader(buffered)
		}
	}
	if err != nil {
		f.Close()
		if err == io.EOF {
			err = errors.New("the file is too short")
		}
		return nil, fmt.Errorf("%s: %w, want a pcap or pcapng file", c.name, withoutPath(err))
	}
	return c, nil
}

// withoutPath takes the name of the file out of an error that has it.
func withoutPath(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Close closes the file.
func (c *capture) Close() error { return c.file.Close() }

// offset returns how much of the file has been read.
func (c *capture) offset() int64 {
	n, err := c.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return n
}

// errDamaged is the error of a file with which the library cannot cope: on platforms of
// 32 bits it panics when a length in the file is too large for an int.
var errDamaged = errors.New("the file is damaged")

// next reads a packet.
func (c *capture) next() (data []byte, info gopacket.CaptureInfo, err error) {
	defer func() {
		if recover() != nil {
			err = errDamaged
		}
	}()
	return c.from.ReadPacketData()
}

// read returns the next packets, at most so many, of about so many bytes at most. The
// error is io.EOF with the last of them.
func (c *capture) read(packets, size int) (list []packet, err error) {
	for len(list) < packets && size > 0 {
		data, info, err := c.next()
		if err == io.EOF {
			return list, err
		}
		if err != nil {
			return list, fmt.Errorf("%s: packet %d: %w", c.name, c.done+1, withoutPath(err))
		}
		c.done++
		size -= len(data)
		list = append(list, packet{data, info.Length})
	}
	return list, nil
}
