package bpf

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// ErrClosed is what Run answers when the VM, or the Runner, is closed.
var ErrClosed = jit.ErrClosed

// A VM is a filter, compiled. Several goroutines may use it at once.
type VM struct {
	code    *jit.Code
	unknown map[int]error // by the index of the instruction that stops with it
	pooled  atomic.Bool   // there has been a Runner in idle
	idle    sync.Pool     // of *Runner
}

// NewVM compiles a filter that behaves as one of golang.org/x/net/bpf does. An error
// is a *ProgramError, or wraps a *jit.LimitError if there is no room for more code.
func NewVM(filter []Instruction) (*VM, error) { return Config{}.NewVM(filter) }

// NewKernelVM compiles a filter that behaves as in Linux; the package's documentation
// lists what is different. Errors are as NewVM's.
func NewKernelVM(filter []RawInstruction) (*VM, error) { return Config{}.NewKernelVM(filter) }

// A Config says how filters are run. The zero Config is what NewVM and NewKernelVM
// use.
type Config struct {
	// Engine compiles the filters; nil stands for one that all such VMs share. Its
	// Close closes its VMs.
	Engine *jit.Engine
}

// NewVM is the function NewVM with this configuration.
func (c Config) NewVM(list []Instruction) (*VM, error) {
	t := translators.Get().(*translator)
	defer translators.Put(t)
	f, err := checkNet(t.raw, list)
	t.raw = f.raw
	if err != nil {
		return nil, err
	}
	vm, err := c.compile(t, &f)
	if err == nil && f.strange {
		vm.findUnknown(f.raw, list)
	}
	return vm, err
}

// NewKernelVM is the function NewKernelVM with this configuration.
func (c Config) NewKernelVM(raw []RawInstruction) (*VM, error) {
	f, err := checkKernel(raw)
	if err != nil {
		return nil, err
	}
	t := translators.Get().(*translator)
	defer translators.Put(t)
	return c.compile(t, &f)
}

// compile is the pipeline for a filter that has been checked: translate, which
// verifies, and compile.
func (c Config) compile(t *translator, f *filter) (*VM, error) {
	engine := c.Engine
	if engine == nil {
		var err error
		if engine, err = sharedEngine(); err != nil {
			return nil, err
		}
	}
	program, err := t.translate(f)
	if err != nil {
		return nil, fmt.Errorf("bpf: the translation is wrong: %w", err)
	}
	code, err := engine.Compile(program)
	if err != nil {
		return nil, fmt.Errorf("bpf: %w", err)
	}
	return t.newVM(code), nil
}

// A vmChunk is some VMs that are allocated at once, and closed at once if they are
// forgotten: a cleanup for each would cost more than to compile a short filter.
type vmChunk struct {
	vms  [16]VM
	used int
	code *[16]*jit.Code
}

// newVM returns a VM with that code.
func (t *translator) newVM(code *jit.Code) *VM {
	if t.vms == nil || t.vms.used == len(t.vms.vms) {
		t.vms = &vmChunk{code: new([16]*jit.Code)}
		runtime.AddCleanup(t.vms, func(list *[16]*jit.Code) {
			for _, code := range list {
				if code != nil {
					code.Close()
				}
			}
		}, t.vms.code)
	}
	c := t.vms
	vm := &c.vms[c.used]
	vm.code, c.code[c.used] = code, code
	c.used++
	return vm
}

// sharedEngine returns the engine of VMs that have none of their own.
var sharedEngine = sync.OnceValues(func() (*jit.Engine, error) { return jit.NewEngine(jit.Config{}) })

var translators = sync.Pool{New: func() any { return &translator{b: ops.NewBuilder()} }}

// findUnknown notes with which error each unknown instruction stops.
func (v *VM) findUnknown(raw []RawInstruction, list []Instruction) {
	for i := range raw {
		if raw[i].Op == opUnknown {
			if v.unknown == nil {
				v.unknown = map[int]error{}
			}
			v.unknown[i] = fmt.Errorf("unknown Instruction at index %d: %T", i, list[i])
		}
	}
}

// Program returns the program that the filter was translated to, nil after Close.
func (v *VM) Program() *ops.Program { return v.code.Program() }

// Run runs the filter over a packet and returns how many bytes of it the filter
// accepts, which may be more than there are. A load outside the packet and a
// division by 0 end the filter with 0.
//
// The error is that of an instruction that x/net/bpf does not know either, or
// ErrClosed.
func (v *VM) Run(packet []byte) (int, error) { return v.RunWire(packet, len(packet)) }

// RunWire is Run on a packet of which not all was captured: the instruction ld #len
// sees its length on the wire.
func (v *VM) RunWire(packet []byte, wire int) (int, error) {
	r, _ := v.idle.Get().(*Runner)
	if r == nil {
		var err error
		if r, err = v.Runner(); err != nil {
			return 0, err
		}
		v.pooled.Store(true)
	}
	n, err := r.RunWire(packet, wire)
	if err == ErrClosed {
		r.Close()
		return 0, err
	}
	v.idle.Put(r)
	return n, err
}

// Close ends the VM: later calls of Run answer ErrClosed. Its memory is freed when
// its Runners are closed or forgotten and the calls of Run in progress are over. A
// VM that is not closed ends when nothing refers to it any more. Closing twice does
// nothing.
func (v *VM) Close() error {
	err := v.code.Close()
	for v.pooled.Load() { // the first use of a sync.Pool costs
		r, _ := v.idle.Get().(*Runner)
		if r == nil {
			break
		}
		r.Close()
	}
	return err
}

// A Runner runs a VM's filter for one goroutine, which is faster than VM.Run.
type Runner struct {
	vm     *VM
	caller *jit.Caller
}

// stackBytes is the size of a Runner's stack: a filter has one frame, with 16 slots
// at the most.
const stackBytes = 8 * (ops.HeaderWords + 16)

// Runner returns a new Runner.
func (v *VM) Runner() (*Runner, error) {
	in, err := v.code.NewInstance(jit.InstanceConfig{StackBytes: stackBytes})
	if err != nil {
		return nil, err
	}
	caller, err := in.NewCaller(0)
	if err != nil {
		return nil, err
	}
	return &Runner{v, caller}, nil
}

// Run is VM.Run.
func (r *Runner) Run(packet []byte) (int, error) {
	// This is RunWire once more: a call less is a tenth of the time of a short filter.
	reg := r.caller.Reg
	reg[0], reg[1], reg[2], reg[3] = 0, 0, uint64(uint32(len(packet))), 0
	if err := r.caller.Call(packet); err != nil {
		return r.vm.stopped(err, reg)
	}
	return int(uint32(reg[0])), nil
}

// RunWire is VM.RunWire.
func (r *Runner) RunWire(packet []byte, wire int) (int, error) {
	reg := r.caller.Reg
	reg[0], reg[1], reg[2], reg[3] = 0, 0, uint64(uint32(wire)), 0
	if err := r.caller.Call(packet); err != nil {
		return r.vm.stopped(err, reg)
	}
	return int(uint32(reg[0])), nil
}

// stopped returns what Run answers for an error of a call.
func (v *VM) stopped(err error, reg *[ops.NumRegs]uint64) (int, error) {
	reason, ok := err.(ops.Reason) // errors.As would allocate
	if !ok {
		return 0, err
	}
	switch reason {
	case ops.ReasonOutOfBounds, ops.ReasonDivideByZero:
		return 0, nil
	case ops.ReasonExplicit:
		return 0, v.unknown[int(reg[0])]
	}
	return 0, fmt.Errorf("bpf: %w", reason)
}

// Close gives the Runner's memory back. Later calls answer ErrClosed. Closing twice
// does nothing.
func (r *Runner) Close() error { return r.caller.Close() }
