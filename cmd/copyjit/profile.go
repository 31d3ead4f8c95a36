package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/jit/jitprof"
)

// A profile is the file that -cpuprofile names, nil if none.
type profile struct {
	file     *os.File
	profiler *jitprof.Profiler
}

// newProfile creates the file, so that a mistake shows before anything runs.
func newProfile(name string) (*profile, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Create(name)
	if err != nil {
		var perr *fs.PathError
		if errors.As(err, &perr) {
			err = perr.Err
		}
		return nil, fmt.Errorf("-cpuprofile %s: %w", fileName(name), err)
	}
	return &profile{f, jitprof.New(jitprof.Config{})}, nil
}

func (p *profile) observer() jit.Observer {
	if p == nil {
		return jit.Observer{}
	}
	return p.profiler.Observer()
}

func (p *profile) start(e *jit.Engine) {
	if p != nil {
		p.profiler.Start(e) // nobody else has
	}
}

// stop writes the file.
func (p *profile) stop() error {
	if p == nil {
		return nil
	}
	err := p.profiler.Stop().Write(p.file)
	return errors.Join(err, p.file.Close())
}
