package jitprof

import (
	"fmt"
	"time"

	"github.com/google/pprof/profile"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// A builder collects samples.
type builder struct {
	out       *profile.Profile
	programs  map[*ops.Program]uint64
	functions map[place]*profile.Function
	locations map[place]*profile.Location
	samples   map[string]*profile.Sample
	period    int64
	start     time.Time
	key       []byte
}

// A place is a function or, with its pc, an operation.
type place struct {
	program *ops.Program
	fn      ops.FuncID
	pc      int
}

func newBuilder(rate int) *builder {
	period := int64(time.Second) / int64(rate)
	mapping := &profile.Mapping{ID: 1, Limit: 1<<64 - 1, File: "copyjit", HasFunctions: true, HasFilenames: true, HasLineNumbers: true}
	return &builder{
		out: &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
			PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"},
			Period:     period,
			Mapping:    []*profile.Mapping{mapping},
		},
		programs:  map[*ops.Program]uint64{},
		functions: map[place]*profile.Function{},
		locations: map[place]*profile.Location{},
		samples:   map[string]*profile.Sample{},
		period:    period,
		start:     time.Now(),
	}
}

// add adds a sample.
func (b *builder) add(p *ops.Program, exit ops.Exit, stack []jit.Frame, omitted int) {
	var locations []*profile.Location
	key := b.key[:0]
	for _, f := range stack {
		l := b.location(p, f)
		locations = append(locations, l)
		key = fmt.Append(key, l.ID, " ")
	}
	b.key = fmt.Append(key, exit, omitted)
	s := b.samples[string(b.key)]
	if s == nil {
		s = &profile.Sample{Location: locations, Value: make([]int64, 2)}
		s.Label = map[string][]string{"operation": {operation(p, exit, stack[0])}}
		if omitted != 0 {
			s.NumLabel = map[string][]int64{"frames omitted": {int64(omitted)}}
		}
		b.samples[string(b.key)] = s
		b.out.Sample = append(b.out.Sample, s)
	}
	s.Value[0]++
	s.Value[1] += b.period
}

// operation names an operation in the text format, with its place.
func operation(p *ops.Program, exit ops.Exit, f jit.Frame) string {
	if exit == ops.ExitEntry {
		return f.Func + ": entry"
	}
	return fmt.Sprintf("%s:%d %s", f.Func, f.PC, p.OpString(f.ID, f.PC))
}

// location returns the location of an operation.
func (b *builder) location(p *ops.Program, f jit.Frame) *profile.Location {
	at := place{p, f.ID, f.PC}
	if l := b.locations[at]; l != nil {
		return l
	}
	program, ok := b.programs[p]
	if !ok {
		program = uint64(len(b.programs))
		b.programs[p] = program
	}
	l := &profile.Location{
		ID:      uint64(len(b.out.Location) + 1),
		Mapping: b.out.Mapping[0],
		// No address of anything, but different for each operation, and it shows the pc.
		Address: program<<48 | uint64(f.ID)<<28 | uint64(f.PC),
		Line:    []profile.Line{{Function: b.function(p, f)}},
	}
	if p.File() != "" {
		l.Line[0].Line = int64(f.Pos)
	}
	b.locations[at] = l
	b.out.Location = append(b.out.Location, l)
	return l
}

// function returns a function.
func (b *builder) function(p *ops.Program, f jit.Frame) *profile.Function {
	at := place{program: p, fn: f.ID}
	if fn := b.functions[at]; fn != nil {
		return fn
	}
	fn := &profile.Function{ID: uint64(len(b.out.Function) + 1), Name: f.Func, SystemName: f.Func, Filename: p.File()}
	if fn.Name == "" {
		fn.Name = fmt.Sprintf("func%d", f.ID)
	}
	if p.File() != "" {
		fn.StartLine = int64(p.Pos(f.ID, 0))
	}
	b.functions[at] = fn
	b.out.Function = append(b.out.Function, fn)
	return fn
}

// profile returns the profile that the samples make.
func (b *builder) profile() *profile.Profile {
	b.out.TimeNanos = b.start.UnixNano()
	b.out.DurationNanos = int64(time.Since(b.start))
	return b.out
}
