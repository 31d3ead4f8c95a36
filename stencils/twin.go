package stencils

import "fmt"

// A Twin says by which stencils another one may be replaced. They do the same, and
// have room for what does not fit into its holes: Index leads to the one with the
// narrowest holes, and whoever lays out code goes on from there as far as need be.
type Twin struct {
	// Wide is for a value that does not fit, 0 if there is none.
	Wide uint16
	// Far is for a place that is too far away, 0 if there is none. A stencil that is
	// wide has only wide ones.
	Far uint16
}

// MaxTwins is how often a stencil can be replaced at most.
const MaxTwins = 8

// Twin returns the twins of a stencil.
func (s *Set) Twin(stencil uint16) Twin {
	if int(stencil) < len(s.Twins) {
		return s.Twins[stencil]
	}
	return Twin{}
}

// TwinsOf returns a stencil and all that may replace it.
func (s *Set) TwinsOf(stencil uint16) []uint16 {
	list := []uint16{stencil}
	for i := 0; i < len(list) && len(list) < 1<<MaxTwins; i++ {
		t := s.Twin(list[i])
		for _, next := range [...]uint16{t.Wide, t.Far} {
			if next != 0 {
				list = append(list, next)
			}
		}
	}
	return list
}

// checkTwins makes sure that whoever goes from twin to twin comes to an end, with
// code that never becomes shorter.
func (s *Set) checkTwins() error {
	if len(s.Twins) != 0 && len(s.Twins) != len(s.Stencils) {
		return fmt.Errorf("twins of %d stencils; there are %d", len(s.Twins), len(s.Stencils))
	}
	steps := make([]int, len(s.Twins)) // the longest way from there, plus one
	var walk func(i uint16, depth int) (int, error)
	walk = func(i uint16, depth int) (int, error) {
		if depth > MaxTwins {
			return 0, fmt.Errorf("stencil %d can be replaced more than %d times", i, MaxTwins)
		}
		if steps[i] != 0 {
			return steps[i], nil
		}
		most := 0
		for _, next := range [...]uint16{s.Twins[i].Wide, s.Twins[i].Far} {
			if next == 0 {
				continue
			}
			if int(next) >= len(s.Stencils) {
				return 0, fmt.Errorf("stencil %d: its twin %d of %d", i, next, len(s.Stencils))
			}
			a, b := &s.Stencils[i], &s.Stencils[next]
			if b.Hot.Size < a.Hot.Size || b.Cold.Size < a.Cold.Size {
				return 0, fmt.Errorf("stencil %d is larger than its twin %d", i, next)
			}
			n, err := walk(next, depth+1)
			if err != nil {
				return 0, err
			}
			most = max(most, n)
		}
		steps[i] = most + 1
		return steps[i], nil
	}
	for i := range s.Twins {
		if _, err := walk(uint16(i), 0); err != nil {
			return err
		}
	}
	return nil
}
