package codemem

import "math/bits"

// runs hands out runs of pages. Free neighbours are merged at once, and free
// pages at the end of the table fall back to the pages that were never used. A
// run is cut from the smallest that fits, roughly: free runs hang in bins by
// length, and a bin's runs differ by less than a quarter.
type runs struct {
	limit uint32          // how many pages there are
	peak  uint32          // the largest len(pages) so far
	idle  uint32          // free pages, of len(pages)
	pages []page          // those in use or between others in use
	bins  [numBins]uint32 // 1 + first page of a bin's first run, or 0
	some  [2]uint64       // bit i: bins[i] is not 0
}

// A page is what is known of a page; most fields count for the first page of
// a run only.
type page struct {
	chunk      ref    // the chunk it belongs to, or none
	used       uint32 // first page of an allocated run: its length
	free       uint32 // first and last page of a free run: its length
	prev, next uint32 // first page of a free run: 1 + first pages of its neighbours in the bin, or 0
}

const (
	exactBins = 8                // bin i < exactBins has runs of i pages
	numBins   = exactBins + 17*4 // then 4 bins per power of two, from 2³ to 2¹⁹ pages
	maxScan   = 32               // how many runs of a bin are looked at while others would do
)

// binOf returns the bin of runs of n pages.
func binOf(n uint32) uint32 {
	if n < exactBins {
		return n
	}
	high := uint32(bits.Len32(n)) - 1
	return exactBins + (high-3)<<2 + n>>(high-2)&3
}

func (s *runs) init(limit uint32) { *s = runs{limit: limit} }

// reserved returns the number of pages that are not free.
func (s *runs) reserved() int { return len(s.pages) - int(s.idle) }

// take takes a run of n ≥ 1 pages.
func (s *runs) take(n uint32) (start uint32, ok bool) {
	if n > s.limit {
		return 0, false
	}
	bin := binOf(n)
	at := s.best(bin, n, maxScan)
	if at == 0 {
		// Any run in a bin of longer runs fits.
		at = s.bins[s.nextBin(bin+1)]
	}
	if at == 0 && s.limit-uint32(len(s.pages)) >= n {
		start = uint32(len(s.pages))
		s.pages = append(s.pages, make([]page, n)...)
		s.peak = max(s.peak, start+n)
		return start, true
	}
	if at == 0 {
		at = s.best(bin, n, int(s.limit))
	}
	if at == 0 {
		return 0, false
	}
	start = at - 1
	length := s.pages[start].free
	s.remove(start)
	if length > n {
		s.insert(start+n, length-n)
	}
	return start, true
}

// put gives a run of n pages back.
func (s *runs) put(start, n uint32) {
	if start > 0 {
		if before := s.pages[start-1].free; before != 0 {
			start -= before
			n += before
			s.remove(start)
		}
	}
	end := start + n
	if end < uint32(len(s.pages)) {
		if after := s.pages[end].free; after != 0 {
			n += after
			s.remove(end)
		}
	}
	if start+n == uint32(len(s.pages)) {
		s.pages = s.pages[:start]
		return
	}
	s.insert(start, n)
}

// best returns 1 + the first page of the shortest run of at least n pages among
// the first scan runs of a bin, or 0.
func (s *runs) best(bin, n uint32, scan int) (best uint32) {
	least := ^uint32(0)
	for at := s.bins[bin]; at != 0 && scan > 0; scan-- {
		p := &s.pages[at-1]
		if p.free >= n && p.free < least {
			best, least = at, p.free
			if least == n {
				break
			}
		}
		at = p.next
	}
	return best
}

// nextBin returns the first bin from bin on that is not empty, or bin 0, which
// always is.
func (s *runs) nextBin(bin uint32) uint32 {
	word := bin >> 6
	if word >= uint32(len(s.some)) {
		return 0
	}
	set := s.some[word] &^ (1<<(bin&63) - 1)
	if set == 0 && word == 0 {
		word, set = 1, s.some[1]
	}
	if set == 0 {
		return 0
	}
	return word<<6 + uint32(bits.TrailingZeros64(set))
}

// insert adds a free run.
func (s *runs) insert(start, n uint32) {
	bin := binOf(n)
	next := s.bins[bin]
	s.pages[start+n-1].free = n
	p := &s.pages[start]
	p.free, p.prev, p.next = n, 0, next
	if next != 0 {
		s.pages[next-1].prev = start + 1
	}
	s.bins[bin] = start + 1
	s.some[bin>>6] |= 1 << (bin & 63)
	s.idle += n
}

// remove removes the free run that begins at start.
func (s *runs) remove(start uint32) {
	p := &s.pages[start]
	n, prev, next := p.free, p.prev, p.next
	bin := binOf(n)
	if prev != 0 {
		s.pages[prev-1].next = next
	} else {
		s.bins[bin] = next
		if next == 0 {
			s.some[bin>>6] &^= 1 << (bin & 63)
		}
	}
	if next != 0 {
		s.pages[next-1].prev = prev
	}
	s.pages[start+n-1].free = 0
	*p = page{}
	s.idle -= n
}
