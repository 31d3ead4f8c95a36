package meaning

import (
	"github.com/copyjit/copyjit/ops"
)

// controls are the operations whose row says where control goes.
var controls = map[ops.Code]meaning{
	ops.Jump:   func(*Inputs, *Effect) {},
	ops.Call:   func(*Inputs, *Effect) {},
	ops.CallH:  func(*Inputs, *Effect) {},
	ops.Return: func(*Inputs, *Effect) {},
	ops.Trap:   func(in *Inputs, e *Effect) { e.trap(in.Pool.Bool(true), ops.ReasonExplicit) },
	ops.Switch: func(in *Inputs, e *Effect) { e.Index = in.L },
	ops.CallI: func(in *Inputs, e *Effect) {
		e.trap(in.L.Ult(in.TableSize).Not(), ops.ReasonTableIndex)
		e.trap(in.EntrySignature.Eq(in.EntrySignature.Const(NoSignature)), ops.ReasonTableEmpty)
		e.trap(in.EntrySignature.Ne(in.Signature), ops.ReasonSignature)
		e.Index = in.L
	},
}

// Chosen returns the reason for which an operation traps whose traps are constants,
// 0 if it does not.
func (e *Effect) Chosen() ops.Reason {
	for _, t := range e.Traps {
		if t.If.True() {
			return t.Reason
		}
	}
	return 0
}
