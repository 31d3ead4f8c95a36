package ops

import (
	"fmt"
	"math"
)

// A Label is a place in the function being built that branches can go to.
type Label uint32

// A Builder makes programs, one function after the other and one operation
// after the other. Mistakes are remembered and reported by Build, the first one
// only, so that callers need no check after each call.
//
// A Builder is reusable, and then allocates little more than the Program
// itself: operations and functions are cut from chunks of a few kilobytes. A
// chunk lives as long as any program that has a part of it.
//
// The zero Builder is ready for use. It must not be used by two goroutines at
// once.
type Builder struct {
	ops    []Op   // of this program; the capacity behind them is the rest of the chunk
	funcs  []Func // likewise
	consts []uint64
	pos    []Pos
	jumps  [][]uint32 // jump tables, of labels while their function is open

	declared declared

	open     bool   // a function is being built
	fn       FuncID // which
	labels   []label
	bound    []Label  // its bound labels in order of pc
	branches []uint32 // the pcs of its operations that name a label
	tables   int      // jumps that belong to the functions before it
	curPos   Pos
	track    bool // SetPos has been used
	file     string

	handles []Program // a chunk
	handle  int       // the next one of it

	quick    quick
	verifier verifier
	err      error
}

// A label is one of the open function.
type label struct {
	state uint64 // see quick
	pc    uint32 // where it is bound, or unbound
}

const (
	unbound  = math.MaxUint32
	chunkOps = 512 // 8 KB
	chunkFns = 64  // 3 KB

	chunkHandles = 16 // 1 KB

	undefined = math.MaxUint32 // Func.first of a function that is only declared
)

// NewBuilder returns an empty Builder.
func NewBuilder() *Builder { return new(Builder) }

// Reset drops what has been built since the last Build.
func (b *Builder) Reset() {
	b.ops, b.funcs, b.consts, b.pos, b.jumps = b.ops[:0], b.funcs[:0], nil, nil, nil
	b.declared, b.tables = declared{}, 0
	b.open, b.track, b.curPos, b.file, b.err = false, false, 0, "", nil
}

// Declare adds a function without its operations, so that calls can name it
// before Begin opens it.
func (b *Builder) Declare(name string, sig Signature) FuncID {
	if len(b.funcs) == cap(b.funcs) {
		b.funcs = append(make([]Func, 0, max(chunkFns, 2*len(b.funcs))), b.funcs...)
	}
	if uint(sig) >= uint(len(*signatures.list.Load())) {
		b.fail(&VerifyError{Func: name, PC: -1, Msg: fmt.Sprintf("signature %d is not one of MakeSignature's", uint32(sig))})
		sig = 0
	}
	n := len(b.funcs)
	b.funcs = b.funcs[:n+1]
	f := &b.funcs[n]
	f.Name, f.Sig, f.Slots, f.Out, f.first = name, sig, 0, 0, undefined
	return FuncID(n)
}

// Begin opens a declared function for its operations and closes the one before
// it. Of its slots the first hold those parameters that have no register.
func (b *Builder) Begin(id FuncID, slots int) {
	b.end()
	if uint(id) >= uint(len(b.funcs)) {
		b.fail(&VerifyError{PC: -1, Msg: fmt.Sprintf("function %d is not declared", id)})
		return
	}
	f := &b.funcs[id]
	b.fn, b.open = id, true
	b.labels, b.bound, b.branches = b.labels[:0], b.bound[:0], b.branches[:0]
	switch {
	case f.first != undefined:
		b.failf(-1, "the function is defined twice")
	case slots < 0 || slots > MaxFrame:
		b.failf(-1, "%d slots: a frame has at most %d words", slots, MaxFrame)
		slots = 0
	}
	f.first, f.Slots = uint32(len(b.ops)), uint32(slots)
	b.quick.begin(f)
}

// Func declares a function and opens it.
func (b *Builder) Func(name string, sig Signature, slots int) FuncID {
	id := b.Declare(name, sig)
	b.Begin(id, slots)
	return id
}

// Grow makes room for n more operations, for callers that know how many there will
// be: without it a large function is copied as it grows.
func (b *Builder) Grow(n int) {
	if n > cap(b.ops)-len(b.ops) {
		b.ops = append(make([]Op, 0, max(chunkOps, len(b.ops)+n)), b.ops...)
	}
}

// SetPos gives the operations that follow a position in the source.
func (b *Builder) SetPos(pos Pos) { b.curPos, b.track = pos, true }

// SetFile names the source file whose lines the program's positions are. Debuggers
// and profilers show it; a front end whose positions are not lines had better not.
func (b *Builder) SetFile(name string) { b.file = name }

// Out returns slot n of the outgoing area of the open function: where the
// callee finds, as its slot n, a parameter that has no register, and the caller
// afterwards such a result.
func (b *Builder) Out(n int) Operand {
	if !b.open || n < 0 {
		return Slot(-1)
	}
	return Slot(int(b.funcs[b.fn].Slots) + HeaderWords + n)
}

// Label returns a new label of the open function.
func (b *Builder) Label() Label {
	b.labels = append(b.labels, label{state: ^uint64(0), pc: unbound})
	return Label(len(b.labels) - 1)
}

// Bind puts the label before the next operation.
func (b *Builder) Bind(l Label) {
	switch {
	case !b.open:
		b.failf(-1, "a label outside a function")
	case uint(l) >= uint(len(b.labels)):
		b.failf(b.pc(), "label %d does not belong to this function", l)
	case b.labels[l].pc != unbound:
		b.failf(b.pc(), "label %d is bound twice", l)
	default:
		to := &b.labels[l]
		to.pc = uint32(b.pc())
		b.bound = append(b.bound, l)
		b.quick.bind(to)
	}
}

// Mov appends d = l.
func (b *Builder) Mov(d, l Operand) { b.append(Mov, d, l, Operand{}, 0) }

// Add appends d = l + r.
func (b *Builder) Add(d, l, r Operand) { b.append(Add, d, l, r, 0) }

// Sub appends d = l − r.
func (b *Builder) Sub(d, l, r Operand) { b.append(Sub, d, l, r, 0) }

// Mul appends d = l × r.
func (b *Builder) Mul(d, l, r Operand) { b.append(Mul, d, l, r, 0) }

// And appends d = l and r, bit by bit.
func (b *Builder) And(d, l, r Operand) { b.append(And, d, l, r, 0) }

// Or appends d = l or r, bit by bit.
func (b *Builder) Or(d, l, r Operand) { b.append(Or, d, l, r, 0) }

// Xor appends d = l exclusive or r, bit by bit.
func (b *Builder) Xor(d, l, r Operand) { b.append(Xor, d, l, r, 0) }

// Shl appends d = l shifted left by r modulo 64 bits.
func (b *Builder) Shl(d, l, r Operand) { b.append(Shl, d, l, r, 0) }

// Shr appends d = l shifted right by r modulo 64 bits, zeros coming in.
func (b *Builder) Shr(d, l, r Operand) { b.append(Shr, d, l, r, 0) }

// Sar appends d = l shifted right by r modulo 64 bits, copies of the sign coming
// in.
func (b *Builder) Sar(d, l, r Operand) { b.append(Sar, d, l, r, 0) }

// pc returns the pc of the next operation.
func (b *Builder) pc() int {
	if !b.open {
		return -1
	}
	return len(b.ops) - int(b.funcs[b.fn].first)
}

// append is what compiling spends its first nanoseconds on. Everything unusual
// is a call that ends it, so that the usual keeps its values in registers.
func (b *Builder) append(code Code, d, l, r Operand, target uint32) {
	n, k := len(b.ops), kinds(d, l, r)
	if n == cap(b.ops) || !b.open || !code.shape().takes(k) {
		b.appendSlow(code, d, l, r, target)
		return
	}
	dn, ln, rn := code.shape().numbers(d, l, r)
	form := Form(code)<<FormBits | Form(k&1<<4|k>>6&(3<<2)|k>>16&3)
	// At most one of l and r is an immediate, so or-ing them selects it.
	imm := l.imm | r.imm
	// Field by field: a literal would be put together on the stack in small
	// stores and copied by a large load, which has to wait for all of them.
	b.ops = b.ops[:n+1]
	op := &b.ops[n]
	op.Form, op.D, op.L, op.R = form, dn, ln, rn
	op.Imm, op.Target = int32(imm), target
	b.quick.op(dn, ln, rn)
	if int64(imm) != int64(int32(imm)) || b.track {
		b.appended(op, imm)
	}
}

// appendSlow makes room for an operation and appends it, or rejects it.
//
//go:noinline
func (b *Builder) appendSlow(code Code, d, l, r Operand, target uint32) {
	if !b.open || !code.shape().takes(kinds(d, l, r)) {
		b.reject(code, d, l, r)
		return
	}
	b.ops = append(make([]Op, 0, max(chunkOps, 2*len(b.ops))), b.ops...)
	b.append(code, d, l, r, target)
}

// appended adds what few operations have: an immediate of 64 bits, a position.
//
//go:noinline
func (b *Builder) appended(op *Op, imm uint64) {
	if int64(imm) != int64(int32(imm)) {
		b.wide(op, imm)
	}
	if b.track {
		b.addPos()
	}
}

// wide makes the last operation's immediate one of 64 bits, unless it is a float32,
// which has 32.
func (b *Builder) wide(op *Op, imm uint64) {
	shift, which := 0, OperandR
	if op.Form&3 != FormImm32 {
		shift, which = 2, OperandL
	}
	if op.Code().Info().Single&which != 0 {
		if imm>>32 != 0 {
			b.failf(b.pc()-1, "%s: the immediate %#x has more bits than a float32", op.Code(), imm)
		}
		return
	}
	b.consts = append(b.consts, imm)
	op.Imm = int32(len(b.consts) - 1)
	op.Form |= FormImm64 << shift
}

// addPos notes the position of the last operation; those before it that have
// none yet were appended before the first SetPos.
func (b *Builder) addPos() {
	for len(b.pos) < len(b.ops) {
		b.pos = append(b.pos, 0)
	}
	b.pos[len(b.ops)-1] = b.curPos
}

// reject reports operands of the wrong kind.
func (b *Builder) reject(code Code, d, l, r Operand) {
	row := code.Info()
	switch {
	case !b.open:
		b.failf(-1, "%s outside a function", code)
	case !code.Valid():
		b.failf(b.pc(), "%s is no operation", code)
	case !row.D.Has(d.Kind()):
		b.failf(b.pc(), "%s: its destination cannot be %s (want %s)", code, describe(d), row.D)
	case !row.L.Has(l.Kind()):
		b.failf(b.pc(), "%s: its left operand cannot be %s (want %s)", code, describe(l), row.L)
	default:
		b.failf(b.pc(), "%s: its right operand cannot be %s (want %s)", code, describe(r), row.R)
	}
}

func describe(o Operand) string {
	if o.Kind() == KindNone {
		return "absent"
	}
	return "the " + o.Kind().String() + " " + o.String()
}

// end closes the open function: verifies it and resolves its labels.
func (b *Builder) end() {
	if !b.open || b.err != nil {
		b.open = false
		return
	}
	f := &b.funcs[b.fn]
	f.end = uint32(len(b.ops))
	ops := b.ops[f.first:]
	if !b.quick.done(f, b.labels, b.bound) || alwaysVerify {
		if err := b.verifier.verify(b, f, ops); err != nil {
			b.fail(b.locate(err))
		}
	}
	for _, pc := range b.branches {
		op := &ops[pc]
		if uint(op.Target) >= uint(len(b.labels)) || b.labels[op.Target].pc == unbound {
			b.failf(int(pc), "%s: label %d is not bound", op.Code(), op.Target)
			break
		}
		op.Target = b.labels[op.Target].pc
	}
	if b.tables < len(b.jumps) {
		b.endTables(ops)
	}
	b.open = false
}

// endTables resolves the labels in jump tables of the open function and notes in a
// switch, which has no immediate, whether it is a back-edge.
func (b *Builder) endTables(ops []Op) {
	for pc := range ops {
		op := &ops[pc]
		if op.Code() != Switch {
			continue
		}
		jumps := b.jumps[op.Target]
		for i, l := range jumps {
			if uint(l) >= uint(len(b.labels)) || b.labels[l].pc == unbound {
				b.failf(pc, "%s: label %d is not bound", Switch, l)
				return
			}
			jumps[i] = b.labels[l].pc
			if int(jumps[i]) <= pc {
				op.Imm = 1
			}
		}
	}
	b.tables = len(b.jumps)
}

// Build closes the last function and returns the program. On an error, a
// *VerifyError, there is none. Either way the Builder is empty afterwards.
func (b *Builder) Build() (*Program, error) {
	b.end()
	err := b.err
	if err == nil {
		err = b.checkFuncs()
	}
	if err != nil {
		b.Reset()
		return nil, err
	}
	n, m := len(b.ops), len(b.funcs)
	p := b.newProgram(n)
	p.ops, p.funcs = b.ops[:n:n], b.funcs[:m:m]
	if b.consts != nil || b.track || b.jumps != nil || b.file != "" || !b.declared.empty() {
		p.rare = b.rare()
	}
	b.ops, b.funcs = b.ops[n:n], b.funcs[m:m]
	b.curPos, b.track, b.file = 0, false, ""
	return p, nil
}

// rare returns what the program has that most have not, and forgets it.
func (b *Builder) rare() *rare {
	for b.track && len(b.pos) < len(b.ops) {
		b.pos = append(b.pos, 0)
	}
	r := &rare{b.consts, b.pos, b.jumps, b.file, b.declared}
	b.consts, b.pos, b.jumps, b.declared, b.tables = nil, nil, nil, declared{}, 0
	return r
}

// newProgram returns a new Program for n operations. Small ones are cut from a
// chunk, like their operations; a large one would be kept alive by its
// neighbours.
func (b *Builder) newProgram(n int) *Program {
	if n > chunkOps/8 {
		return new(Program)
	}
	// An index moves, not the slice: storing a pointer costs more while the
	// collector runs.
	if b.handle == len(b.handles) {
		b.handles, b.handle = make([]Program, chunkHandles), 0
	}
	p := &b.handles[b.handle]
	b.handle++
	return p
}

// checkFuncs reports functions without operations and names used twice.
func (b *Builder) checkFuncs() error {
	for i := range b.funcs {
		f := &b.funcs[i]
		if f.first == undefined {
			return &VerifyError{Func: f.Name, PC: -1, Msg: "the function is declared but not defined"}
		}
	}
	if b.declared.hosts != nil {
		if err := b.checkHosts(); err != nil {
			return err
		}
	}
	if len(b.funcs) == 1 {
		return nil // the common case of an expression or a filter: no map
	}
	names := make(map[string]bool, len(b.funcs))
	for i := range b.funcs {
		name := b.funcs[i].Name
		if names[name] {
			return &VerifyError{Func: name, PC: -1, Msg: "two functions have this name"}
		}
		names[name] = true
	}
	return nil
}

// checkHosts reports names used twice.
func (b *Builder) checkHosts() error {
	names := make(map[string]bool, len(b.declared.hosts))
	for _, h := range b.declared.hosts {
		if names[h.Name] {
			return &VerifyError{PC: -1, Msg: fmt.Sprintf("two functions of the host have the name %s", h.Name)}
		}
		names[h.Name] = true
	}
	return nil
}

func (b *Builder) failf(pc int, format string, args ...any) {
	if b.err == nil {
		b.fail(b.locate(&VerifyError{PC: pc, Msg: fmt.Sprintf(format, args...)}))
	}
}

// locate adds the open function and the source position to an error.
func (b *Builder) locate(err *VerifyError) *VerifyError {
	if b.open {
		f := &b.funcs[b.fn]
		err.Func = f.Name
		if i := int(f.first) + err.PC; err.PC >= 0 && i < len(b.pos) {
			err.Pos = b.pos[i]
		} else if err.PC >= 0 && i == len(b.ops) {
			err.Pos = b.curPos
		}
	}
	return err
}

func (b *Builder) fail(err *VerifyError) {
	if b.err == nil {
		b.err = err
	}
}
