package jit

// A Tier is a way to run programs.
type Tier uint8

// The tiers.
const (
	TierAuto   Tier = iota // native where the platform allows it and has been tested, else the interpreter
	TierInterp             // the interpreter of package ops
	TierNative             // compiled code; NewEngine fails where there is none
)

// String names the tier as the command line does.
func (t Tier) String() string {
	switch t {
	case TierAuto:
		return "auto"
	case TierInterp:
		return "interp"
	case TierNative:
		return "jit"
	}
	return "no tier"
}

// Tuning holds what has no effect on results, only on speed and on how much is
// checked. The zero Tuning is the default.
type Tuning struct {
	// Validate reads all code back after it is emitted (linker.Validate). It
	// multiplies the time of Compile by some fifty.
	Validate bool

	// ExitAtPolls makes compiled code leave at every safepoint and re-enter, as
	// if the scheduler asked for it each time: to test what happens there.
	ExitAtPolls bool

	// Poison overwrites freed code with traps.
	Poison bool

	// WriteOnce gives each function pages of its own, which are written to and
	// then made executable, for good: what is done anyway where a memory cannot be
	// mapped twice.
	WriteOnce bool

	// CountPolls makes compiled code count safepoints, and leave every few
	// thousand of them, rather than look at the word in which the runtime asks
	// for a yield: what is done anyway where that word is not known.
	CountPolls bool
}

const (
	// DefaultCodeBytes is how much code an engine can hold unless its Config
	// says otherwise. It is address space; memory is taken as code needs it.
	DefaultCodeBytes = 64 << 20

	// DefaultStackBytes is an instance's stack unless its config says otherwise:
	// as much as some 30,000 frames of a small recursive function.
	DefaultStackBytes = 1 << 20

	// MaxStackBytes is the largest stack that an instance can have: with the
	// guard of a frame's size behind it, addresses still do not wrap on 32 bits.
	MaxStackBytes = 1 << 30

	// maxLocked is how large a program is, in functions and operations, that is
	// compiled with the engine's lock held: some microseconds' worth.
	maxLocked = 256

	// grantedFuel is how many safepoints code that counts them passes before it
	// leaves to ask whether it may go on: some microseconds of a tight loop, so
	// that leaving is lost in it, and few enough if there is a lot between them.
	grantedFuel = 1 << 12

	// interpPolls is how many safepoints the interpreter passes between looks at
	// the context: about 100 µs, as Go preempts the interpreter without our help.
	interpPolls = 10_000
)
