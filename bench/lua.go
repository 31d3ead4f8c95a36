package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/copyjit/copyjit/internal/traffic"
	lua "github.com/yuin/gopher-lua"
)

var luaLanguage = language{
	load: func(dst string, size int, address string) string {
		last := "bcde"[size-1 : size]
		names := strings.Join(strings.Split("bcde"[:size], ""), ", ")
		value := map[int]string{1: "b", 2: "b * 256 + c", 4: "((b * 256 + c) * 256 + d) * 256 + e"}[size]
		return fmt.Sprintf("o = %s + 1; %s = byte(p, o, o + %d); if not %s then return 0 end; %s = %s\n", address, names, size-1, last, dst, value)
	},
	and:   func(a string, k uint32) string { return fmt.Sprintf("band(%s, %d)", a, k) },
	shr:   func(a string, k uint32) string { return fmt.Sprintf("floor(%s / %d)", a, uint64(1)<<k) },
	add:   func(a, b string) string { return fmt.Sprintf("(%s + %s)", a, b) }, // far from 2³² here
	set:   func(dst, value string) string { return fmt.Sprintf("%s = %s\n", dst, value) },
	ret:   func(k uint32) string { return fmt.Sprintf("do return %d end\n", k) },
	cond:  func(condition string, to int) string { return fmt.Sprintf("if %s then goto L%d end\n", condition, to) },
	ne0:   func(a string) string { return a + " ~= 0" },
	eq:    func(a string, k uint32) string { return fmt.Sprintf("%s == %d", a, k) },
	not:   func(condition string) string { return "not (" + condition + ")" },
	label: func(to int) string { return fmt.Sprintf("::L%d::\n", to) },
}

const luaTasks = `
local byte, floor = string.byte, math.floor
local memory, list = {}, {}
tasks = {}
function tasks.loop(n) local sum = 0; for i = 0, n - 1 do sum = sum + i end; return sum end
local function fib(n) if n <= 2 then return 1 end; return fib(n - 1) + fib(n - 2) end
tasks.fib = fib
function tasks.sieve(n)
	local count = 0
	for i = 0, n - 1 do memory[i] = 0 end
	for i = 2, n - 1 do
		if memory[i] == 0 then
			count = count + 1
			for j = i * i, n - 1, i do memory[j] = 1 end
		end
	end
	return count
end
function tasks.filters(n)
	local accepted = 0
	for _ = 1, n do
		for _, f in ipairs(list) do
			for _, p in ipairs(packets) do
				if f(p) ~= 0 then accepted = accepted + 1 end
			end
		end
	end
	return accepted
end
`

// luaSource is the tasks in Lua.
func luaSource() string {
	return luaTasks + eachFilter(func(i int, body string) string {
		return fmt.Sprintf("-- %s\nlist[%d] = function(p) local A, X, o, b, c, d, e = 0, 0\n%send\n", traffic.Filters[i].Name, i+1, body)
	}, &luaLanguage)
}

func newGopherLua() *peer {
	p := &peer{name: "gopher-lua", arg: slow,
		note: "a Lua interpreter in Go. Packets are strings; bitwise and, which its Lua has not, is a function of Go. The loops over filters and packets are in Lua.",
	}
	state := lua.NewState()
	list := state.NewTable()
	for _, packet := range packets {
		list.Append(lua.LString(packet))
	}
	state.SetGlobal("packets", list)
	state.SetGlobal("band", state.NewFunction(func(l *lua.LState) int {
		l.Push(lua.LNumber(uint32(l.CheckNumber(1)) & uint32(l.CheckNumber(2))))
		return 1
	}))
	if err := state.DoString(luaSource()); err != nil {
		p.err = err
		return p
	}
	functions := state.GetGlobal("tasks").(*lua.LTable)
	p.run = func(task string, arg uint64) (time.Duration, uint64, error) {
		start := time.Now()
		err := state.CallByParam(lua.P{Fn: functions.RawGetString(task), NRet: 1, Protect: true}, lua.LNumber(arg))
		took := time.Since(start)
		if err != nil {
			return 0, 0, err
		}
		n := uint64(lua.LVAsNumber(state.Get(-1)))
		state.Pop(1)
		return took, n, nil
	}
	return p
}

// luajitMain reads what to do from the command line.
const luajitMain = `
local bit = require("bit")
band = function(a, b) return bit.band(a, b) % 4294967296 end
packets = {}
for line in io.lines(arg[1]) do
	packets[#packets + 1] = line:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end)
end
`

// newLuaJIT returns LuaJIT, if it is installed.
func newLuaJIT(ctx context.Context, dir string) *peer {
	p := &peer{name: "LuaJIT", process: true, arg: floats,
		note: "the program, a process of its own, which times itself with os.clock after compiling in a first run.",
	}
	tool, err := exec.LookPath("luajit")
	if err != nil {
		p.err = errNotInstalled
		return p
	}
	var lines strings.Builder
	for _, packet := range packets {
		fmt.Fprintln(&lines, hex.EncodeToString(packet))
	}
	data, script := filepath.Join(dir, "packets"), filepath.Join(dir, "tasks.lua")
	source := luajitMain + luaSource() + `
local task, n = tasks[arg[2]], tonumber(arg[3])
task(arg[2] == "fib" and 20 or arg[2] == "filters" and 1 or 1000)
local start = os.clock()
local result = task(n)
print(string.format("%.0f %.0f", (os.clock() - start) * 1e9, result))
`
	if p.err = os.WriteFile(data, []byte(lines.String()), 0o666); p.err == nil {
		p.err = os.WriteFile(script, []byte(source), 0o666)
	}
	p.run = func(task string, arg uint64) (time.Duration, uint64, error) {
		return process(ctx, tool, script, data, task, fmt.Sprint(arg))
	}
	return p
}
