package bpf

import "fmt"

// A ProgramError says which instruction of a filter is at fault, and why.
type ProgramError struct {
	Index int // the instruction's, from 0 on; -1 if it is the filter as a whole
	Msg   string

	alone bool // Error says nothing but Msg
}

// Error says what is wrong, of filters for NewVM in the words of x/net/bpf.
func (e *ProgramError) Error() string {
	if e.alone || e.Index < 0 {
		return e.Msg
	}
	return fmt.Sprintf("bpf: instruction %d: %s", e.Index, e.Msg)
}
