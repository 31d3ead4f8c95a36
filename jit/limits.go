package jit

import (
	"fmt"
	"math"

	"github.com/copyjit/copyjit/ops"
)

// A LimitError says that a limit of the configuration is reached.
type LimitError struct {
	Limit string // which: "code bytes", "stack bytes", "memory bytes", "units of fuel", "functions", "nested calls of host functions"
	Max   int    // its value
}

// Error names the limit and its value.
func (e *LimitError) Error() string {
	return fmt.Sprintf("jit: the limit of %d %s is reached", e.Max, e.Limit)
}

// Limits are what each instance of an engine may have at most. Where an
// InstanceConfig asks for more, NewInstance answers a *LimitError. A 0 stands for the
// most that there can be.
type Limits struct {
	StackBytes  int // MaxStackBytes at most
	MemoryBytes int // of linear memory, grown as far as it can
	Nesting     int // MaxNesting at most; how many host functions may be in progress at once, each called by a program that the one before has called
}

// MaxNesting is the largest limit of nesting: Go's stack, whose overflow cannot be
// caught, takes some kilobytes for each level.
const MaxNesting = 10_000

// complete puts what zeros stand for, and checks the rest.
func (l *Limits) complete() error {
	for _, v := range []struct {
		name string
		v    *int
		max  int
	}{
		{"StackBytes", &l.StackBytes, MaxStackBytes},
		{"MemoryBytes", &l.MemoryBytes, math.MaxInt},
		{"Nesting", &l.Nesting, MaxNesting},
	} {
		if *v.v == 0 {
			*v.v = v.max
		}
		if *v.v < 0 || *v.v > v.max {
			return fmt.Errorf("jit: Limits.%s is %d, want 0 to %d", v.name, *v.v, v.max)
		}
	}
	return nil
}

// limit puts what the zeros of a configuration stand for and checks that it is within
// the engine's limits.
func (cfg *InstanceConfig) limit(l *Limits) error {
	if cfg.StackBytes == 0 {
		cfg.StackBytes = min(DefaultStackBytes, l.StackBytes&^7)
	}
	if cfg.MemoryBytes == 0 {
		cfg.MemoryBytes = l.MemoryBytes
	}
	if cfg.Nesting == 0 {
		cfg.Nesting = l.Nesting
	}
	switch {
	case cfg.StackBytes > l.StackBytes:
		return &LimitError{"stack bytes", l.StackBytes}
	case cfg.MemoryBytes > l.MemoryBytes:
		return &LimitError{"memory bytes", l.MemoryBytes}
	case cfg.Nesting > l.Nesting:
		return &LimitError{nestedCalls, l.Nesting}
	case cfg.StackBytes < 8*ops.HeaderWords || cfg.StackBytes%8 != 0:
		return fmt.Errorf("jit: StackBytes is %d, want a multiple of 8 of at least %d", cfg.StackBytes, 8*ops.HeaderWords)
	case cfg.MemoryBytes < 0:
		return fmt.Errorf("jit: MemoryBytes is %d, want at least 0", cfg.MemoryBytes)
	case cfg.Nesting < 0:
		return fmt.Errorf("jit: Nesting is %d, want at least 0", cfg.Nesting)
	case cfg.Memory != nil && cfg.Memory.Max() > cfg.MemoryBytes:
		return &LimitError{"memory bytes", cfg.MemoryBytes}
	}
	return nil
}

const nestedCalls = "nested calls of host functions"
