package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/copyjit/copyjit/ops"
)

// arguments turns words into a state, each as the type of its parameter says.
func arguments(f *ops.Func, words []string) (*ops.State, error) {
	params := f.Sig.Params()
	if len(words) != len(params) {
		return nil, usagef("function %s takes %s, got %d: func %[1]s %[4]s",
			funcName(f.Name), plural(len(params), "argument"), len(words), f.Sig)
	}
	s := &ops.State{Slots: make([]uint64, max(f.Sig.ParamSlots(), f.Sig.ResultSlots()))}
	for i, place := range f.Sig.ParamPlaces() {
		bits, err := parseValue(params[i], words[i])
		if err != nil {
			return nil, usagef("argument %d of function %s is %s, %v", i+1, funcName(f.Name), quote(words[i]), err)
		}
		*value(s, place) = bits
	}
	return s, nil
}

// results returns the words that say what is in a state, those that arguments
// reads as the same values.
func results(sig ops.Signature, s *ops.State) []string {
	var words []string
	types := sig.Results()
	for i, place := range sig.ResultPlaces() {
		words = append(words, formatValue(types[i], *value(s, place)))
	}
	return words
}

// value returns where in a state the argument or result in a place is.
func value(s *ops.State, place ops.Number) *uint64 {
	switch {
	case place >= ops.FirstSlot:
		return &s.Slots[place-ops.FirstSlot]
	case place >= ops.FirstFReg32:
		return &s.FReg[place-ops.FirstFReg32]
	case place >= ops.FirstFReg:
		return &s.FReg[place-ops.FirstFReg]
	}
	return &s.Reg[place-ops.FirstReg]
}

// parseValue returns the bits of a value of a type, or what would be one.
func parseValue(t ops.Type, text string) (uint64, error) {
	if t == ops.Int {
		n, err := parseWord(text)
		if err != nil {
			err = fmt.Errorf("want a whole number from %d to %d", int64(math.MinInt64), uint64(math.MaxUint64))
		}
		return n, err
	}
	f := formatOf(t)
	bits, err := f.parse(text)
	switch {
	case errors.Is(err, strconv.ErrRange):
		err = fmt.Errorf("want a %s, at most %s in magnitude, or inf", f.name, f.text(f.infinity()-1))
	case err != nil:
		err = fmt.Errorf("want a %s such as 1.5, -2e9, 0x1p-3, inf or nan", f.name)
	}
	return bits, err
}

// formatValue returns the text of a value of a type: integers are signed.
func formatValue(t ops.Type, bits uint64) string {
	if t == ops.Int {
		return strconv.FormatInt(int64(bits), 10)
	}
	return formatOf(t).text(bits)
}
