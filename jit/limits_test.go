package jit

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// wantLimit fails unless an error is that of a limit.
func wantLimit(t *testing.T, err error, name string, max int) {
	t.Helper()
	var limit *LimitError
	if !errors.As(err, &limit) || limit.Limit != name || limit.Max != max {
		t.Errorf("error %.200v, want the limit of %d %s", err, max, name)
	}
}

// TestLimits: each limit, the engine's and the instance's, is an error that names it,
// and what is within works. The limit of code memory has a test of its own.
func TestLimits(t *testing.T) {
	for _, tc := range tierConfigs {
		t.Run(tc.name, func(t *testing.T) {
			tc.cfg.Limits = Limits{StackBytes: 8000, MemoryBytes: 1 << 17, Nesting: 5}
			e := tc.engine(t)
			bg := context.Background()

			down := mustCompile(t, e, mustParse(t, "func down (i) (i)\n add a, a, 1\n call down\n return\n"))
			_, err := down.NewInstance(InstanceConfig{StackBytes: 8008})
			wantLimit(t, err, "stack bytes", 8000)
			for want, cfg := range map[int]InstanceConfig{8000: {}, 4096: {StackBytes: 4096}} {
				wantLimit(t, mustInstance(t, down, cfg).Call(bg, 0, nil), "stack bytes", want)
			}

			memory := mustCompile(t, e, mustParse(t, "memory 65536, 1000000000\nfunc f ()\n return\n"))
			_, err = memory.NewInstance(InstanceConfig{MemoryBytes: 1<<17 + 1})
			wantLimit(t, err, "memory bytes", 1<<17)
			_, err = memory.NewInstance(InstanceConfig{MemoryBytes: 65535})
			wantLimit(t, err, "memory bytes", 65535)
			big, err := NewMemory(65536, 1<<17+1)
			if err != nil {
				t.Fatal(err)
			}
			defer big.Close()
			_, err = memory.NewInstance(InstanceConfig{Memory: big})
			wantLimit(t, err, "memory bytes", 1<<17)
			for want, cfg := range map[int]InstanceConfig{1 << 17: {}, 100_000: {MemoryBytes: 100_000}} {
				in := mustInstance(t, memory, cfg)
				if err := in.Memory().Grow(want - 65536); err != nil {
					t.Error(err)
				}
				wantLimit(t, in.Memory().Grow(1), "memory bytes", want)
				in.Memory().Close()
			}

			nested := mustCompile(t, e, mustParse(t, "host again ()\nfunc f ()\n callh again\n return\n"))
			_, err = nested.NewInstance(InstanceConfig{Nesting: 6})
			wantLimit(t, err, nestedCalls, 5)
			for want, cfg := range map[int]InstanceConfig{5: {}, 2: {Nesting: 2}} {
				depth := 0
				cfg.Host = map[string]HostFunc{"again": func(h *HostCall) error {
					depth++
					return h.Call(h.Context(), 0, nil)
				}}
				in := mustInstance(t, nested, cfg)
				for range 2 {
					depth = 0
					wantLimit(t, in.Call(bg, 0, nil), nestedCalls, want)
					if depth != want {
						t.Errorf("%d levels, want %d", depth, want)
					}
				}
			}
		})
	}
}

// TestLimitMistakes: limits that cannot be are refused by name.
func TestLimitMistakes(t *testing.T) {
	for want, limits := range map[string]Limits{
		"Limits.StackBytes is 1073741825, want 0 to 1073741824": {StackBytes: MaxStackBytes + 1},
		"Limits.MemoryBytes is -1, want 0 to ":                  {MemoryBytes: -1},
		"Limits.Nesting is 10001, want 0 to 10000":              {Nesting: MaxNesting + 1},
	} {
		if _, err := NewEngine(Config{Limits: limits}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", limits, err, want)
		}
	}
	e, err := NewEngine(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	code := mustCompile(t, e, mustParse(t, spin))
	for want, cfg := range map[string]InstanceConfig{
		"MemoryBytes is -1, want at least 0": {MemoryBytes: -1},
		"Nesting is -1, want at least 0":     {Nesting: -1},
	} {
		if _, err := code.NewInstance(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", cfg, err, want)
		}
	}
}

// TestStackGrows: a stack is small until it is needed, what lies on it stays when it
// moves, and it moves in nested calls too.
func TestStackGrows(t *testing.T) {
	// sum(n) = n + sum(n − 1), with n in a slot meanwhile. At 0 it calls the host, which
	// calls sum again, further up.
	p := mustParse(t, "host more () (i)\nfunc sum (i) (i) slots 1\n bnz a, on\n callh more\n return\non:\n mov [0], a\n sub a, a, 1\n call sum\n add a, a, [0]\n return\n"+
		"func wide (i) (i) slots 3000\n mov [2999], a\n call sum\n add a, a, [2999]\n return\n")
	eachCode(t, p, func(t *testing.T, code *Code) {
		levels := []uint64{}
		in := mustInstance(t, code, InstanceConfig{StackBytes: 64 << 20, Host: map[string]HostFunc{"more": func(h *HostCall) error {
			if len(levels) == 0 {
				return nil
			}
			n := levels[0]
			levels = levels[1:]
			s := ops.State{Reg: [ops.NumRegs]uint64{n}}
			err := h.Call(h.Context(), ops.FuncID(n%2), &s)
			h.Results[0] = s.Reg[0]
			return err
		}}})
		if got := 8 * len(in.interp.Stack); got > 4096 {
			t.Errorf("a new stack has %d bytes", got)
		}
		sizes := 0
		for _, list := range [][]uint64{{10}, {300}, {4000, 10, 5001}, {1, 1, 1, 3, 20_000}, {30_000}, {50_000, 60_000, 11}, {500_001, 500_001}} {
			before := len(in.interp.Stack)
			want := uint64(0)
			for i, n := range list {
				want += n * (n + 1) / 2
				if i > 0 && n%2 == 1 {
					want += n // wide adds it once more
				}
			}
			levels = list[1:]
			s := ops.State{Reg: [ops.NumRegs]uint64{list[0]}}
			if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != want {
				t.Errorf("%v: %d, %v; want %d", list, s.Reg[0], err, want)
			}
			if len(in.interp.Stack) != before {
				sizes++
			}
		}
		if sizes < 2 || len(in.interp.Stack) > 64<<20/8 {
			t.Errorf("the stack has grown %d times, to %d words", sizes, len(in.interp.Stack))
		}
	})
}
