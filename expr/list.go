package expr

import "fmt"

// A List is a set of texts with a name, such as a threat feed. It must be
// safe for concurrent use and should not allocate.
type List interface {
	// Has reports whether the value, as it stands in the event, is in the set.
	Has(value string) bool
}

// listTest is OpInList.
type listTest struct{ list List }

func newListTest(p *Pred, lists func(string) List) (valueTest, error) {
	if lists != nil {
		if l := lists(p.Text); l != nil {
			return &listTest{l}, nil
		}
	}
	return nil, fmt.Errorf("there is no list named %q", p.Text)
}

func (t *listTest) holds(a *arena, c *cell) bool { return t.list.Has(a.text(c)) }
