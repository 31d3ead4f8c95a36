package linker

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/copyjit/copyjit/stencils"
)

// A Book holds the recipes of a set that a Pass has needed so far. Making one takes
// as long as following it some hundred times, and few programs use more than a part
// of a set: so they are made when first needed, and the tables hold none. Any number of
// passes may use a Book at the same time.
type Book struct {
	set  *stencils.Set
	call uint16 // the Key of operations whose target is a function

	targets int // how many holes for the distance to a target a stencil has at most

	traps [coldGap]byte

	// Of each key (see bookKey), 16 bits: the number of a recipe, that negated if Run
	// may not follow it, 0 if nobody has asked. Two of them are a word, for Go's atomic
	// operations; assembly loads them one by one.
	index []uint32

	mu    sync.Mutex // held by whoever adds to what follows
	list  []recipe
	rares []rareRecipe // of the same
	words []moreWords  // those of some of them
	n     int          // how many recipes there are
	many  int          // likewise words
}

// Numbers of recipes.
const (
	noRecipe    = 1 // of stencils that have none
	entryRecipe = 2
	pollRecipe  = 3
	firstRecipe = 4

	// The lengths of a Book's lists: two megabytes in all, of which what is not used is
	// not there. Stencils that find no room are emitted without a recipe.
	maxRecipes = 1 << 13
	maxWords   = 1 << 11
)

// NewBook returns an empty Book, or nil if recipes cannot say what the set's stencils
// need. Operations with the Key call have a function as target.
func NewBook(set *stencils.Set, call uint16) *Book {
	if set.Target != "amd64" || !littleEndian || len(set.Twins) != 0 {
		return nil
	}
	b := &Book{set: set, call: call, index: make([]uint32, (len(set.Index)+1)/2), n: firstRecipe, many: 1}
	b.list, b.rares, b.words = make([]recipe, maxRecipes), make([]rareRecipe, maxRecipes), make([]moreWords, maxWords)
	for i := range set.Stencils {
		n := 0
		for _, h := range set.HolesOf(&set.Stencils[i].Hot) {
			if h.Value == stencils.ValTarget {
				n++
			}
		}
		b.targets = max(b.targets, n)
	}
	for i := range b.traps {
		b.traps[i] = set.Trap
	}
	for n, stencil := range map[int]uint16{entryRecipe: set.Entry, pollRecipe: set.Poll} {
		c, ok := newRecipe(set, &set.Stencils[stencil], func(uint8) int64 { return 0 }, false)
		if !ok {
			return nil
		}
		b.put(n, c)
	}
	return b
}

// bookKey returns a key's place in the index: two bits change places, so that
// comparing an operation's words with their neighbours makes the lowest ones.
func bookKey(key uint) uint {
	return key&^(stencils.SameDR|stencils.SameLR) | key&stencils.SameDR<<1 | key&stencils.SameLR>>1
}

// lookup returns the recipe for a key, and whether anybody has asked for it before.
// There may be none.
func (b *Book) lookup(key uint) (r *recipe, asked bool) {
	key = bookKey(key)
	n := int(int16(atomic.LoadUint32(&b.index[key/2]) >> (16 * (key % 2))))
	if n < 0 {
		n = -n
	}
	if n <= noRecipe {
		return nil, n != 0
	}
	return &b.list[n], true
}

// put puts a recipe in its place, and reports whether there is room.
func (b *Book) put(n int, c *cook) bool {
	if n == len(b.list) || c.many && b.many == len(b.words) {
		return false
	}
	if c.many {
		c.more = uint16(b.many)
		b.words[b.many] = c.words
		b.many++
	}
	b.list[n], b.rares[n] = c.recipe, c.rare
	return true
}

// narrow reports whether the immediate of a recipe must be one of 32 bits.
func (b *Book) narrow(r *recipe) bool { return b.rares[b.number(r)].narrow }

// number returns the number of a recipe.
func (b *Book) number(r *recipe) uintptr {
	return (uintptr(unsafe.Pointer(r)) - uintptr(unsafe.Pointer(&b.list[0]))) / unsafe.Sizeof(recipe{})
}

// learn makes the recipe for a key, out of an item of an operation. There may be
// none. Run says that Pass.Run may follow it.
func (b *Book) learn(key uint, it *Item, op *Source, run bool) *recipe {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r, asked := b.lookup(key); asked {
		return r // another pass was faster
	}
	item, source := *it, *op // what the function keeps is on the heap
	c, ok := newRecipe(b.set, &b.set.Stencils[it.Stencil], func(at uint8) int64 { return item.bias(&source, at) }, op.Key == b.call)
	n := int16(noRecipe)
	if ok = ok && b.put(b.n, c); ok {
		n = int16(b.n)
		b.n++
	}
	if !run || !ok || c.item3 > atTarget { // Run has no more of a line than its Source
		n = -n
	}
	// Where there are recipes, stores become visible in the order of the program: who
	// sees the number sees what it is the number of.
	place := bookKey(key)
	word := &b.index[place/2]
	atomic.StoreUint32(word, *word|uint32(uint16(n))<<(16*(place%2)))
	known, _ := b.lookup(key)
	return known
}

// bias returns by how much the item's value is greater than the operation's number
// at a place of its line.
func (it *Item) bias(op *Source, at uint8) int64 {
	switch at {
	case atD:
		return int64(it.D) - int64(op.D)
	case atL:
		return int64(it.L) - int64(op.L)
	case atR:
		return int64(it.R) - int64(op.R)
	}
	return int64(it.Target) - int64(op.Target)
}
