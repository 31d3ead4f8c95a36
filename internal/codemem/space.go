package codemem

import "math/bits"

// A space decides which bytes of a memory are allocated. It never touches the
// memory: all it knows is in tables of its own, so code lies dense and freeing
// code does not pull it into the data cache.
//
// Sizes up to 16 KiB are rounded up to a size class and come from chunks, runs
// of pages cut into at most 64 blocks of one class, so that a chunk's free blocks
// are the bits of one word. Larger sizes are runs of pages. A chunk without
// blocks gives its pages back, except for one spare per class.
//
//	pages    │ chunk of class 128 B, 2 pages │ run │ free │ chunk … │ beyond pages: never used
//	granules │▪▪│▪▪│▪▪│▪▪│ …
type space struct {
	runs
	runBlocks int             // allocated runs
	runPages  int             // their pages
	first     [numClasses]ref // chunks with both free and allocated blocks, a list per class
	spare     [numClasses]ref // a chunk without allocated blocks, or none
	chunks    []chunk         // by ref; index 0 is none
	unused    ref             // chunks entries that are not in use, a list by next
}

// A ref is an index into space.chunks; 0 is none.
type ref uint32

// A chunk is a run of pages cut into blocks of one class.
type chunk struct {
	free       uint64 // bit i: block i exists and is free
	all        uint64 // bit i: block i exists
	base       uint32 // offset of block 0
	size       uint32 // of a block, as in its class
	recip      uint32 // as in its class
	class      uint16
	pages      uint16
	prev, next ref // in first[class]
}

const (
	granuleBits = 6
	pageBits    = 12
	granule     = 1 << granuleBits // every block starts at a multiple of it, and spans a multiple
	pageSize    = 1 << pageBits    // the unit of runs; nothing to do with the system's pages

	exactClasses  = 32 // class i < exactClasses has blocks of i+1 granules: up to 2 KiB
	stepBits      = 2  // beyond there are 4 classes per power of two, so less than 1/5 is lost
	coarseClasses = 12 // up to 16 KiB
	numClasses    = exactClasses + coarseClasses
	maxClassSize  = exactClasses * granule << (coarseClasses >> stepBits)
)

// A class is a size of blocks.
type class struct {
	size  uint32 // in bytes
	recip uint32 // ⌈2²⁰ / granules⌉: d × recip >> 20 divides d < 1024 granules
	chunk uint16 // pages of a chunk
	least uint16 // pages of the smallest chunk, which holds at least one block
}

var classes = makeClasses()

func makeClasses() (cs [numClasses]class) {
	for i := range cs {
		n := uint32(i + 1) // granules
		if i >= exactClasses {
			step := i - exactClasses
			n = uint32(exactClasses>>stepBits) << (step >> stepBits) * uint32(step&(1<<stepBits-1)+1<<stepBits+1)
		}
		// n pages hold exactly 64 blocks. Larger blocks get fewer than 64, because
		// what a chunk holds in reserve is lost to other classes.
		pages := min(n, 8)
		if n > exactClasses {
			pages = 16
		}
		cs[i] = class{
			size:  n * granule,
			recip: (1<<20 + n - 1) / n,
			chunk: uint16(pages),
			least: uint16((n*granule + pageSize - 1) / pageSize),
		}
	}
	return cs
}

// classOf returns the class of the smallest blocks with size bytes,
// 1 ≤ size ≤ maxClassSize.
func classOf(size uint32) uint32 {
	n := (size - 1) >> granuleBits // granules, less one
	if n < exactClasses {
		return n
	}
	// With n in [32, 64) the highest bit is at 5 and the two bits below it tell
	// the four classes apart; and so on for each power of two.
	const low = 5
	high := uint32(bits.Len32(n)) - 1
	return exactClasses + (high-low)<<stepBits + n>>(high-stepBits)&(1<<stepBits-1)
}

// init makes s an empty space of limit pages.
func (s *space) init(limit uint32) {
	*s = space{chunks: make([]chunk, 1)}
	s.runs.init(limit)
}

// refill puts a chunk with free blocks into the empty list of class c and
// returns it, or none.
func (s *space) refill(c uint32) ref {
	r := s.spare[c]
	s.spare[c] = 0
	if r == 0 {
		if r = s.newChunk(c); r == 0 {
			return 0
		}
	}
	s.link(r, &s.chunks[r])
	return r
}

// newChunk makes a chunk of class c, or none.
func (s *space) newChunk(c uint32) ref {
	cl := &classes[c]
	n := uint32(cl.chunk)
	start, ok := s.take(n)
	if !ok && s.dropSpares() {
		start, ok = s.take(n)
	}
	for !ok && n > uint32(cl.least) {
		// Close to the limit, make do with a smaller chunk.
		n = max(n/2, uint32(cl.least))
		start, ok = s.take(n)
	}
	if !ok {
		return 0
	}
	r := s.unused
	if r != 0 {
		s.unused = s.chunks[r].next
	} else {
		r = ref(len(s.chunks))
		s.chunks = append(s.chunks, chunk{})
	}
	all := ^uint64(0) >> (64 - min(64, n*pageSize/cl.size))
	s.chunks[r] = chunk{free: all, all: all, base: start << pageBits, size: cl.size, recip: cl.recip,
		class: uint16(c), pages: uint16(n)}
	for i := range n {
		s.pages[start+i].chunk = r
	}
	return r
}

// retire takes the chunk r, which has no allocated blocks, out of its list, and
// keeps it as the class's spare or gives its pages back.
func (s *space) retire(r ref, ch *chunk) {
	s.unlink(r, ch)
	if s.spare[ch.class] == 0 {
		s.spare[ch.class] = r
		return
	}
	s.dropChunk(r)
}

// dropChunk gives the pages of a chunk back that is in no list.
func (s *space) dropChunk(r ref) {
	ch := &s.chunks[r]
	start := ch.base >> pageBits
	for i := range uint32(ch.pages) {
		s.pages[start+i].chunk = 0
	}
	s.put(start, uint32(ch.pages))
	*ch = chunk{next: s.unused}
	s.unused = r
}

// dropSpares gives the pages of all spare chunks back and reports whether there
// were any.
func (s *space) dropSpares() (any bool) {
	for c, r := range s.spare {
		if r != 0 {
			s.spare[c] = 0
			s.dropChunk(r)
			any = true
		}
	}
	return any
}

// cut takes a block from chunk r, the first of class c.
func (s *space) cut(r ref, c uint32) Block {
	ch := &s.chunks[r]
	i := uint32(bits.TrailingZeros64(ch.free))
	ch.free &= ch.free - 1
	if ch.free == 0 {
		s.first[c] = ch.next
	}
	return Block{off: ch.base + i*ch.size, size: ch.size}
}

// allocSlow allocates a block of any size. It returns the zero Block when there
// is no room or no block can have that size.
func (s *space) allocSlow(size int) (b Block) {
	switch {
	case size < 1 || uint64(size) > MaxLimit:
	case size > maxClassSize:
		b = s.allocRun(uint32((size-1)>>pageBits) + 1)
	default:
		c := classOf(uint32(size))
		r := s.first[c]
		if r == 0 {
			r = s.refill(c)
		}
		if r != 0 {
			b = s.cut(r, c)
		}
	}
	return b
}

// allocRun allocates a block of n pages, or returns the zero Block.
func (s *space) allocRun(n uint32) Block {
	start, ok := s.take(n)
	if !ok && s.dropSpares() {
		start, ok = s.take(n)
	}
	if !ok {
		return Block{}
	}
	s.pages[start].used = n
	s.runBlocks++
	s.runPages += int(n)
	return Block{off: start << pageBits, size: n << pageBits}
}

// freeRun frees a block made by allocRun, or says that it is not allocated.
func (s *space) freeRun(b Block) bool {
	if !s.isRun(b) {
		return false
	}
	start := b.off >> pageBits
	n := s.pages[start].used
	s.pages[start].used = 0
	s.put(start, n)
	s.runBlocks--
	s.runPages -= int(n)
	return true
}

// isRun reports whether a block is a run that is allocated.
func (s *space) isRun(b Block) bool {
	start := b.off >> pageBits
	n := s.pages[start].used
	return n != 0 && b.off == start<<pageBits && b.size == n<<pageBits
}

// link puts chunk r at the front of its class's list: what was freed last is
// warm, and the chunks at the back have time to become empty.
func (s *space) link(r ref, ch *chunk) {
	next := s.first[ch.class]
	ch.next = next
	s.first[ch.class] = r
	s.chunks[next].prev = r // of none, too: cheaper than asking
}

// unlink takes chunk r out of its class's list. The first chunk's prev means
// nothing.
func (s *space) unlink(r ref, ch *chunk) {
	if s.first[ch.class] == r {
		s.first[ch.class] = ch.next
		return
	}
	s.chunks[ch.prev].next = ch.next
	s.chunks[ch.next].prev = ch.prev
}

// allocated counts the allocated blocks and their bytes. It looks at every
// chunk, so that alloc and free need not count.
func (s *space) allocated() (blocks, bytes int) {
	blocks, bytes = s.runBlocks, s.runPages*pageSize
	for i := range s.chunks {
		ch := &s.chunks[i]
		n := bits.OnesCount64(ch.all &^ ch.free)
		blocks += n
		bytes += n * int(ch.size)
	}
	return blocks, bytes
}
