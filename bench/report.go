package main

import (
	"fmt"
	"html"
	"math"
	"os"
	"runtime"
	"strings"
)

// figure prints nanoseconds with three digits.
func figure(ns float64) string {
	switch {
	case ns == 0:
		return "–"
	case ns < 9.995:
		return fmt.Sprintf("%.2f", ns)
	case ns < 99.95:
		return fmt.Sprintf("%.1f", ns)
	}
	return fmt.Sprintf("%.0f", ns)
}

// processor returns what the system says of the processor.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value) + ", "
		}
	}
	return ""
}

// table returns the results in Markdown.
func (r result) table(peers []*peer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Nanoseconds per step and, in brackets, how many times copyjit's that is; the best of %d rounds in which all took their turn.\n", rounds)
	fmt.Fprintf(&b, "%s%s, %s/%s, one thread.\n\n|", processor(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for i := range tasks {
		fmt.Fprintf(&b, " | %s", tasks[i].name)
	}
	fmt.Fprintf(&b, " |\n|---%s|\n", strings.Repeat("|---:", len(tasks)))
	for _, p := range peers {
		if p.err != nil {
			continue
		}
		fmt.Fprintf(&b, "| %s", p.name)
		for i := range tasks {
			ns, ours := r[&tasks[i]][p], r[&tasks[i]][peers[0]]
			b.WriteString(" | " + figure(ns))
			if ns != 0 && ours != 0 && p != peers[0] {
				fmt.Fprintf(&b, " (%s)", figure(ns/ours))
			}
		}
		b.WriteString(" |\n")
	}
	b.WriteString("\n")
	for i := range tasks {
		fmt.Fprintf(&b, "- **%s**: %s; a step is one %s.\n", tasks[i].name, tasks[i].what, tasks[i].unit)
	}
	b.WriteString("\nCompiling is not measured. Interpreters have less to do: a hundredth of loop, a tenth of sieve. All numbers are of 64 bits, but for JavaScript's and Lua's, which are floats. What each number includes:\n\n")
	for _, p := range peers {
		if p.err != nil {
			fmt.Fprintf(&b, "- %s: not measured: %s.\n", p.name, strings.TrimSpace(p.err.Error()))
		} else {
			fmt.Fprintf(&b, "- %s: %s\n", p.name, p.note)
		}
	}
	return b.String()
}

// plot returns the results as a picture: for each task a bar for each peer, as long as
// the logarithm of its time.
func (r result) plot(peers []*peer) string {
	const left, width, bar, gap = 150, 520, 14, 34
	var body strings.Builder
	y := 30
	for i := range tasks {
		t := &tasks[i]
		least, most := math.Inf(1), 0.0
		for _, ns := range r[t] {
			least, most = min(least, ns), max(most, ns)
		}
		from, to := math.Floor(math.Log10(least)), math.Ceil(math.Log10(most))
		at := func(ns float64) float64 { return left + width*(math.Log10(ns)-from)/max(to-from, 1) }
		fmt.Fprintf(&body, `<text x="%d" y="%d" class="head">%s: ns per %s</text>`+"\n", left, y, t.name, t.unit)
		top := y + 6
		y = top
		var bars strings.Builder
		for _, p := range peers {
			ns := r[t][p]
			if ns == 0 {
				continue
			}
			class := "other"
			if strings.HasPrefix(p.name, "copyjit") {
				class = "ours"
			}
			fmt.Fprintf(&bars, `<text x="%d" y="%d" class="name">%s</text>`, left-6, y+bar-3, html.EscapeString(p.name))
			fmt.Fprintf(&bars, `<rect x="%d" y="%d" width="%.1f" height="%d" class="%s"/>`, left, y+1, max(at(ns)-left, 1), bar-2, class)
			fmt.Fprintf(&bars, `<text x="%.1f" y="%d">%s</text>`+"\n", max(at(ns), left+1)+4, y+bar-3, figure(ns))
			y += bar
		}
		for e := from; e <= to; e++ {
			x := at(math.Pow(10, e))
			fmt.Fprintf(&body, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d"/><text x="%.1f" y="%d" class="tick">%g</text>`+"\n", x, x, top, y, x, y+11, math.Pow(10, e))
		}
		body.WriteString(bars.String())
		y += gap
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="10">
<style>
rect.ours { fill: #c2410c } rect.other { fill: #94a3b8 } line { stroke: #e2e8f0 }
text.head { font-size: 12px; font-weight: bold } text.name { text-anchor: end } text.tick { text-anchor: middle; fill: #64748b }
</style>
<rect width="100%%" height="100%%" fill="white"/>
<text x="%d" y="14">Logarithmic: a bar that is shorter by a gap is ten times as fast.</text>
%s</svg>
`, left+width+70, y, left, body.String())
}
