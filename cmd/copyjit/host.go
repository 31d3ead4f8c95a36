package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// provided are the functions of the host that programs may import: each prints its
// argument, on a line of its own, as run prints results.
var provided = []ops.Host{
	{Name: "print", Sig: ops.MakeSignature([]ops.Type{ops.Int}, nil)},
	{Name: "print_f", Sig: ops.MakeSignature([]ops.Type{ops.Float}, nil)},
}

// hostFuncs returns those of them that a program imports. It is an error if it
// imports others.
func hostFuncs(p *ops.Program, out io.Writer) (map[string]jit.HostFunc, error) {
	funcs := map[string]jit.HostFunc{}
	for _, h := range p.Hosts() {
		if !slices.Contains(provided, h) {
			return nil, fmt.Errorf("the program imports the host function %s %v, copyjit provides only %s",
				funcName(h.Name), h.Sig, providedList())
		}
		params := h.Sig.Params()
		funcs[h.Name] = func(call *jit.HostCall) error {
			_, err := fmt.Fprintln(out, formatValue(params[0], call.Args[0]))
			return err
		}
	}
	return funcs, nil
}

func providedList() string {
	var list []string
	for _, h := range provided {
		list = append(list, fmt.Sprintf("%s %v", h.Name, h.Sig))
	}
	return strings.Join(list, " and ")
}
