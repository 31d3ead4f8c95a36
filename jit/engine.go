package jit

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/copyjit/copyjit/internal/codemem"
	"github.com/copyjit/copyjit/linker"
)

// ErrClosed is what a closed Engine, Code, Instance or Memory answers.
var ErrClosed = errors.New("jit: closed")

// ErrInUse is what an Instance or a Memory answers that is used by two goroutines
// at once.
var ErrInUse = errors.New("jit: in use by another goroutine")

// errNoFuel is what is answered to who sets the fuel of what does not count it.
var errNoFuel = errors.New("jit: an instance has fuel only if its engine's Config.Fuel is set")

// Config configures an Engine. The zero Config is a good one.
type Config struct {
	Tier      Tier
	CodeBytes int // limit of code memory in bytes; 0 means DefaultCodeBytes
	Limits    Limits
	Tuning    Tuning
	Tools     Tools // to tell of code, besides those in the environment variable ToolsVariable
	Observer  Observer

	// Fuel makes instances count the safepoints that they pass, entries of
	// functions and back-edges, so that a call can be given no more than so many:
	// see Instance.SetFuel. It costs compiled code an increment in memory for each.
	Fuel bool
}

// An Engine owns code memory and compiles programs into it. Its methods may be
// called from several goroutines.
type Engine struct {
	cfg      Config
	tier     Tier  // TierInterp or TierNative
	why      error // why the tier is the interpreter although native was wanted
	counts   bool  // safepoints are counted: see fuel
	platform Platform

	mu       sync.Mutex
	mem      *codemem.Memory // nil in an interpreter-only engine
	tell     *teller         // nil if nobody wants to know of code
	work     scratch         // reused by every compilation under the lock
	handles  []Code          // a chunk
	handle   int             // the next one of it
	inUse    []*Code         // codes that have instances
	numCodes int             // compiled and not freed
	filling  int             // how many goroutines write to code memory without the lock
	numFuncs int             // of them, with machine code
	exits    *exitTotals
	closed   bool
}

// NewEngine returns an engine. With TierNative it fails where code cannot be
// compiled or executed, and the error says why; with TierAuto the engine then
// interprets, and Fallback says why.
func NewEngine(cfg Config) (*Engine, error) {
	if cfg.CodeBytes == 0 {
		cfg.CodeBytes = DefaultCodeBytes
	}
	if cfg.CodeBytes < 0 || cfg.CodeBytes > linker.MaxSize {
		return nil, fmt.Errorf("jit: CodeBytes is %d, want 0 to %d", cfg.CodeBytes, linker.MaxSize)
	}
	if err := cfg.Limits.complete(); err != nil {
		return nil, err
	}
	e := &Engine{cfg: cfg, tier: TierInterp, counts: cfg.Fuel, exits: newExitTotals()}
	switch cfg.Tier {
	case TierInterp:
		return e, nil
	case TierAuto, TierNative:
	default:
		return nil, fmt.Errorf("jit: Tier is %d, which is none", cfg.Tier)
	}
	tell, err := newTeller(cfg.Tools)
	if err != nil {
		return nil, err
	}
	e.tell = tell
	if err := e.openNative(); err != nil {
		if cfg.Tier == TierNative {
			return nil, err
		}
		e.why = err
	}
	return e, nil
}

// openNative takes code memory, if there is a target to fill it.
func (e *Engine) openNative() error {
	if nativeSet == nil {
		return fmt.Errorf("jit: no compiled code on %s/%s: there are no stencils or no entry code for it", runtime.GOOS, runtime.GOARCH)
	}
	if !testedOS && e.cfg.Tier != TierNative {
		return fmt.Errorf("jit: compiled code has not been tested on %s/%s: it has to be asked for", runtime.GOOS, runtime.GOARCH)
	}
	options := e.tell.memoryOptions()
	if e.cfg.Tuning.Poison {
		options = append(options, codemem.Poison)
	}
	if e.cfg.Tuning.WriteOnce {
		options = append(options, codemem.OnlyOnce)
	}
	mem, err := codemem.New(e.cfg.CodeBytes, options...)
	if err != nil {
		return fmt.Errorf("jit: %w", err)
	}
	if e.tell != nil {
		mem.Watch(e.tell)
	}
	e.mem, e.tier = mem, TierNative
	if e.cfg.Tuning.CountPolls || checkPollWord() != nil {
		e.counts = true
	}
	e.work.use(e)
	e.describe()
	// The backstop for an engine that is forgotten. Whatever can still run its
	// code keeps the engine alive.
	runtime.AddCleanup(e, func(mem *codemem.Memory) { mem.Close() }, mem)
	return nil
}

// Tier returns the tier that the engine uses, TierInterp or TierNative.
func (e *Engine) Tier() Tier { return e.tier }

// Fallback returns why an engine that might have compiled interprets, or nil.
func (e *Engine) Fallback() error { return e.why }

// observer returns the engine's observer, nil if there is none.
func (e *Engine) observer() *Observer {
	if o := &e.cfg.Observer; o.Enter != nil || o.Leave != nil || o.Pause != nil {
		return o
	}
	return nil
}

// ToolsError returns the first error that occurred when the Tools were told of code,
// nil if none has: compiling does not fail because of it.
func (e *Engine) ToolsError() error {
	if e.tell == nil {
		return nil
	}
	e.tell.mu.Lock()
	defer e.tell.mu.Unlock()
	return e.tell.err
}

// addr returns where a block runs, 0 if the engine is closed.
func (e *Engine) addr(b codemem.Block) uintptr {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.mem == nil {
		return 0
	}
	return e.mem.Addr(b)
}

// Stats are an engine's figures.
type Stats struct {
	Codes     int // compiled and not yet freed
	CodeBytes int // code memory in use, in bytes, rounded up to whole blocks
	Funcs     int // functions whose machine code is there
}

// Stats returns the engine's figures at this moment.
func (e *Engine) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := Stats{Codes: e.numCodes, Funcs: e.numFuncs}
	if e.mem != nil {
		s.CodeBytes = e.mem.Stats().InUse
	}
	return s
}

// Close ends the engine: nothing compiles or starts to run any more, and code
// memory is unmapped as soon as the last call in progress is over. Closing
// twice does nothing.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	for _, c := range slices.Clone(e.inUse) { // free edits the list
		c.close()
	}
	e.unmap()
	return nil
}

// unmap gives code memory back if the engine is closed and nothing runs. The
// caller holds the lock.
func (e *Engine) unmap() {
	if !e.closed || e.mem == nil || e.filling != 0 {
		return
	}
	for _, c := range e.inUse {
		if c.running() {
			return // the end of that call comes here again
		}
	}
	e.mem.Close()
	e.mem = nil
}
