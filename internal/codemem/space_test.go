package codemem

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
)

// A model is a Memory without any memory, and what must be true of it: an owner
// per granule.
type model struct {
	Memory
	t     *testing.T
	owner []uint32 // per granule: 1 + the number of the block it belongs to
	live  []Block
	ids   uint32
}

func newModel(t *testing.T, pages uint32) *model {
	m := &model{t: t, owner: make([]uint32, pages*pageSize/granule)}
	m.init(pages)
	return m
}

// alloc allocates and reports whether there was room.
func (m *model) alloc(size int) bool {
	m.t.Helper()
	b, err := m.Alloc(size)
	if err != nil {
		return false
	}
	if int(b.size) < size || b.off%granule != 0 || b.size%granule != 0 {
		m.t.Fatalf("alloc(%d) = %+v", size, b)
	}
	if int(b.size) > size+size/4+granule && size <= maxClassSize || int(b.size) >= size+pageSize && size > maxClassSize {
		m.t.Fatalf("alloc(%d) = %+v: too large", size, b)
	}
	m.ids++
	for g := b.off / granule; g < (b.off+b.size)/granule; g++ {
		if m.owner[g] != 0 {
			m.t.Fatalf("alloc(%d) = %+v overlaps block %d", size, b, m.owner[g]-1)
		}
		m.owner[g] = m.ids
	}
	m.live = append(m.live, b)
	return true
}

// free frees the i-th live block.
func (m *model) free(i int) {
	m.t.Helper()
	b := m.live[i]
	last := len(m.live) - 1
	m.live[i] = m.live[last]
	m.live = m.live[:last]
	m.Free(b)
	for g := b.off / granule; g < (b.off+b.size)/granule; g++ {
		m.owner[g] = 0
	}
	if m.ids%16 == 0 { // panics are slow
		m.mustRefuse(b)
	}
}

// mustRefuse frees a block that is not allocated.
func (m *model) mustRefuse(b Block) {
	m.t.Helper()
	defer func() {
		m.t.Helper()
		if recover() == nil {
			m.t.Fatalf("Free(%+v) of a block that is not allocated", b)
		}
	}()
	m.Free(b)
}

// check compares the space's tables with each other and with the model.
func (m *model) check() {
	m.t.Helper()
	s := &m.space
	inUse := 0
	for _, b := range m.live {
		inUse += int(b.size)
	}
	if blocks, bytes := s.allocated(); blocks != len(m.live) || bytes != inUse {
		m.t.Fatalf("%d blocks of %d bytes, want %d of %d", blocks, bytes, len(m.live), inUse)
	}

	// Every page is in a chunk, in a run or free, and free runs don't touch.
	idle, wasFree := uint32(0), false
	for p := uint32(0); p < uint32(len(s.pages)); {
		pg := s.pages[p]
		switch {
		case pg.chunk != 0:
			ch := s.chunks[pg.chunk]
			if ch.base != p*pageSize {
				m.t.Fatalf("page %d is in a chunk that begins at %#x", p, ch.base)
			}
			p += uint32(ch.pages)
			wasFree = false
		case pg.used != 0:
			p += pg.used
			wasFree = false
		case pg.free != 0 && !wasFree && s.pages[p+pg.free-1].free == pg.free:
			p += pg.free
			idle += pg.free
			wasFree = true
		default:
			m.t.Fatalf("page %d: %+v after a free run: %v", p, pg, wasFree)
		}
	}
	if wasFree || idle != s.idle {
		m.t.Fatalf("%d idle pages, counted %d; free at the end: %v", s.idle, idle, wasFree)
	}

	// Every free run is in its bin.
	for bin, at := range s.bins {
		if (at != 0) != (s.some[bin/64]>>(bin%64)&1 != 0) {
			m.t.Fatalf("bin %d has run %d but the wrong bit", bin, at)
		}
		for prev := uint32(0); at != 0; {
			pg := s.pages[at-1]
			if pg.prev != prev || binOf(pg.free) != uint32(bin) {
				m.t.Fatalf("bin %d has a run of %d pages, prev %d want %d", bin, pg.free, pg.prev, prev)
			}
			idle -= pg.free
			prev, at = at, pg.next
		}
	}
	if idle != 0 {
		m.t.Fatalf("%d free pages are in no bin", idle)
	}
}

// A size that a compiler might ask for: mostly small, now and then very large.
func randomSize(r *rand.Rand) int {
	return 1 + r.IntN(1<<(4+r.IntN(14)))
}

func TestClasses(t *testing.T) {
	prev := uint32(0)
	for i, c := range classes {
		if c.size <= prev || c.size%granule != 0 {
			t.Errorf("class %d has %d bytes after %d", i, c.size, prev)
		}
		if got := classOf(prev + 1); got != uint32(i) {
			t.Errorf("classOf(%d) = %d, want %d", prev+1, got, i)
		}
		if got := classOf(c.size); got != uint32(i) {
			t.Errorf("classOf(%d) = %d, want %d", c.size, got, i)
		}
		if prev >= exactClasses*granule && (c.size-prev)*5 > c.size {
			t.Errorf("class %d: %d bytes after %d lose more than a fifth", i, c.size, prev)
		}
		blocks := min(64, uint32(c.chunk)*pageSize/c.size)
		if lost := uint32(c.chunk)*pageSize - blocks*c.size; blocks < 4 || lost*8 > uint32(c.chunk)*pageSize {
			t.Errorf("class %d: chunk of %d pages has %d blocks and loses %d bytes", i, c.chunk, blocks, lost)
		}
		for d := uint32(0); d < uint32(c.chunk)*pageSize/granule; d++ {
			if got, want := d*c.recip>>20, d/(c.size/granule); got != want {
				t.Fatalf("class %d: %d × recip = %d, want %d", i, d, got, want)
			}
		}
		prev = c.size
	}
	if prev != maxClassSize {
		t.Errorf("largest class has %d bytes, want %d", prev, maxClassSize)
	}
}

func TestBins(t *testing.T) {
	for n := uint32(1); n <= MaxLimit/pageSize; n++ {
		a, b := binOf(n), binOf(n+1)
		if b != a && b != a+1 || a == 0 || a >= numBins {
			t.Fatalf("binOf(%d) = %d, binOf(%d) = %d of %d", n, a, n+1, b, numBins)
		}
	}
}

// 10⁵ allocations and frees of random sizes with at most 1000 live: blocks
// never overlap, and what is reserved stays in proportion to what is in use.
func TestChurn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	m := newModel(t, 64<<20/pageSize)
	inUse, peakUse := 0, 0
	for i := range 100_000 {
		if len(m.live) == 1000 || len(m.live) > 0 && r.IntN(8) < 3 {
			victim := r.IntN(len(m.live))
			inUse -= m.live[victim].Size()
			m.free(victim)
		}
		if !m.alloc(randomSize(r)) {
			t.Fatalf("step %d: no room with %d bytes in use", i, inUse)
		}
		inUse += m.live[len(m.live)-1].Size()
		peakUse = max(peakUse, inUse)
		if i%1000 == 0 {
			m.check()
		}
	}
	peak := int(m.peak) * pageSize
	t.Logf("peak in use %d KiB, peak reserved %d KiB (%.2f times)", peakUse>>10, peak>>10, float64(peak)/float64(peakUse))
	if peak > peakUse*3/2+(2<<20) {
		t.Errorf("%d bytes reserved at most for %d in use at most", peak, peakUse)
	}

	for len(m.live) > 0 {
		m.free(r.IntN(len(m.live)))
	}
	m.check()
	whole := int(m.limit) * pageSize
	if !m.alloc(whole) {
		t.Fatalf("no block of %d bytes after everything was freed, %d pages reserved", whole, m.reserved())
	}
	if m.alloc(1) {
		t.Error("one byte more than the limit")
	}
	m.free(0)
	m.check()
	if m.reserved() != 0 {
		t.Errorf("%d pages reserved of an empty space", m.reserved())
	}
}

// The mix of sizes changes over time, and each mix takes nearly all there is:
// memory must move between the classes.
func TestPhases(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	m := newModel(t, 256)
	for _, size := range []int{64, 100, 1000, 2000, 3000, 5000, 16384, 20_000, 300_000, 1 << 20, 64, 4096} {
		for m.alloc(size) {
		}
		m.check()
		if _, used := m.allocated(); used < 256*pageSize*3/4 {
			t.Errorf("size %d: %d of %d bytes allocated when full", size, used, 256*pageSize)
		}
		for len(m.live) > 0 {
			m.free(r.IntN(len(m.live)))
		}
		m.check()
	}
}

// With room for a few pages only, chunks shrink rather than allocations fail.
func TestSmallSpace(t *testing.T) {
	for pages := uint32(1); pages <= 8; pages++ {
		for _, c := range classes {
			m := newModel(t, pages)
			want := pages*pageSize >= c.size
			if got := m.alloc(int(c.size)); got != want {
				t.Errorf("%d pages: alloc(%d) = %v", pages, c.size, got)
			}
		}
	}
}

func TestBadFree(t *testing.T) {
	m := newModel(t, 256)
	for _, size := range []int{1, 65, 3000, 20_000, 20_000} {
		m.alloc(size)
	}
	for _, b := range m.live {
		for _, bad := range []Block{
			{}, {b.off + granule, b.size}, {b.off, b.size + granule}, {b.off, b.size - granule},
			{b.off + b.size, b.size}, {b.off + 1, b.size}, {1 << 30, b.size}, {b.off, 0},
		} {
			if !slices.Contains(m.live, bad) {
				m.mustRefuse(bad)
			}
		}
	}
	for _, size := range []int{0, -1, -1 << 31, 256*pageSize + 1, 1<<31 - 1} {
		if m.alloc(size) {
			t.Errorf("alloc(%d)", size)
		}
	}
	m.check()
}

// FuzzSpace reads allocations and frees from the input, three bytes each.
func FuzzSpace(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 255, 255, 1, 0, 0, 0, 0, 16, 1, 1, 0})
	f.Fuzz(func(t *testing.T, ops []byte) {
		m := newModel(t, 64)
		for ; len(ops) >= 3; ops = ops[3:] {
			n := int(binary.LittleEndian.Uint16(ops[1:]))
			if ops[0]&1 == 0 {
				m.alloc(n << (ops[0] >> 1 & 3))
			} else if len(m.live) > 0 {
				m.free(n % len(m.live))
			}
		}
		m.check()
		for len(m.live) > 0 {
			m.free(0)
		}
		if !m.alloc(64 * pageSize) {
			t.Error("not one block again")
		}
	})
}

// One allocation and one free with 1000 blocks live, freed in random order.
func BenchmarkAllocFree(b *testing.B) {
	for _, bm := range []struct {
		name string
		size func(r *rand.Rand) int
	}{
		{"256B", func(*rand.Rand) int { return 256 }},
		{"to2KiB", func(r *rand.Rand) int { return 1 + r.IntN(2048) }},
		{"to16KiB", func(r *rand.Rand) int { return 1 + r.IntN(16384) }},
		{"to128KiB", randomSize},
	} {
		b.Run(bm.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(5, 6))
			// The random numbers are drawn beforehand, and not measured.
			const n = 1 << 12
			var sizes [n]int
			var victims [n]uint16
			for i := range n {
				sizes[i], victims[i] = bm.size(r), uint16(r.IntN(1000))
			}
			m := new(Memory) // it needs no memory
			m.init(256 << 20 / pageSize)
			var live [1000]Block
			for i := range live {
				live[i], _ = m.Alloc(sizes[i])
			}
			for i := 0; b.Loop(); i++ {
				v := &live[victims[i%n]]
				m.Free(*v)
				var err error
				if *v, err = m.Alloc(sizes[i%n]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
