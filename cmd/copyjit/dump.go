package main

import (
	"bufio"
	"fmt"
	"runtime"
	"strings"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// dump prints what a file's functions compile to.
func dump(e *env, args []string) error {
	fs := e.flags("FILE.cj")
	rest, err := e.parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("want one file, got %d arguments", len(rest))
	}
	p, err := load(rest[0])
	if err != nil {
		return err
	}
	engine, err := jit.NewEngine(jit.Config{Tuning: jit.Tuning{Validate: true}})
	if err != nil {
		return err
	}
	defer engine.Close()
	code, err := engine.Compile(p)
	if err != nil {
		return err
	}
	if why := engine.Fallback(); why != nil {
		fmt.Fprintf(e.stderr, "operations only: %v\n", why)
	}
	w := bufio.NewWriter(e.stdout)
	dumpCode(w, p, code)
	return w.Flush()
}

// dumpCode prints hot code in order, then cold code.
func dumpCode(w *bufio.Writer, p *ops.Program, code *jit.Code) {
	pieces := code.Pieces()
	if pieces == nil {
		for id := range ops.FuncID(p.NumFuncs()) {
			fmt.Fprintf(w, "func %s %s\n", p.Func(id).Name, p.Func(id).Sig)
			for pc := range p.Func(id).Len() {
				fmt.Fprintf(w, "  %4d  %s\n", pc, p.OpString(id, pc))
			}
		}
		return
	}
	fmt.Fprintf(w, "; %d operations, %d bytes of %s code\n", p.Len(), code.Size(), runtime.GOARCH)
	fn, cold := -1, false
	for _, piece := range pieces {
		if piece.Cold && !cold {
			cold = true
			fmt.Fprintf(w, "\ncold code\n")
		}
		if !piece.Cold && int(piece.Func) != fn {
			fn = int(piece.Func)
			fmt.Fprintf(w, "\nfunc %s %s\n", p.Func(piece.Func).Name, p.Func(piece.Func).Sig)
		}
		dumpPiece(w, p, &piece)
	}
}

// dumpPiece prints one stencil's copy: the operation, then an instruction a
// line with the holes that lie in it.
func dumpPiece(w *bufio.Writer, p *ops.Program, piece *jit.Piece) {
	what := "(entry)"
	switch {
	case piece.Op:
		what = p.OpString(piece.Func, piece.PC)
	case piece.Stencil == "poll":
		what = "(poll)"
	}
	if piece.Cold {
		what = p.Func(piece.Func).Name + ": " + what
	}
	fmt.Fprintf(w, "  %4d  %-28s %s\n", piece.PC, what, piece.Stencil)
	for at := 0; at < len(piece.Code); {
		size, text := disassemble(piece.Code[at:], uint64(piece.Offset+at))
		fmt.Fprintf(w, "        %04x  %-32s %s%s\n", piece.Offset+at,
			fmt.Sprintf("% x", piece.Code[at:at+size]), text, holes(piece, at, at+size))
		at += size
	}
}

// holes describes the patches between two offsets of a piece.
func holes(piece *jit.Piece, from, to int) string {
	var list []string
	for _, h := range piece.Patches {
		if h.Offset < from || h.Offset >= to {
			continue
		}
		switch h.Value {
		case stencils.ValTarget, stencils.ValHot, stencils.ValCold:
			list = append(list, fmt.Sprintf("%s→%04x", h.Value, h.Number))
		default:
			list = append(list, fmt.Sprintf("%s=%d", h.Value, h.Number))
		}
	}
	if list == nil {
		return ""
	}
	return "   ; " + strings.Join(list, ", ")
}
