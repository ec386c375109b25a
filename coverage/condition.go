package coverage

import (
	"cmp"
	"slices"
	"time"
)

// Level is how bad a condition is.
type Level uint8

// The levels.
const (
	Fine    Level = iota // nothing is wrong
	Notice               // somebody decided so, and should remember
	Warning              // something is missing or will be
	Failure              // something is not seen or not kept now
)

var levelNames = [...]string{"ok", "notice", "warning", "failure"}

// String returns the level's name.
func (l Level) String() string { return levelNames[min(l, Failure)] }

// MarshalText implements encoding.TextMarshaler.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. What is not known, a newer server's, is Failure.
func (l *Level) UnmarshalText(text []byte) error {
	*l = Failure
	for i, name := range levelNames {
		if name == string(text) {
			*l = Level(i)
		}
	}
	return nil
}

// Condition is something that somebody should look at. Status, metrics, health checks and health findings all tell the
// same conditions.
type Condition struct {
	// Code says what it is, such as "source-silent"; About what it concerns. Both together name it.
	Code  string `json:"code"`
	About string `json:"about"`
	Level Level  `json:"level"`
	// Since is when it began; where whoever states it does not know, when it was first stated.
	Since time.Time `json:"since"`
	// Text says what is the matter, Advice what to do.
	Text   string `json:"text"`
	Advice string `json:"advice,omitempty"`
	// Cluster and Node are those that it concerns, "" for none.
	Cluster string `json:"cluster,omitempty"`
	Node    string `json:"node,omitempty"`
}

// String is the text and the advice.
func (c *Condition) String() string {
	if c.Advice == "" {
		return c.Text
	}
	return c.Text + ": " + c.Advice
}

// Worst returns the worst level of conditions.
func Worst(list []Condition) (worst Level) {
	for i := range list {
		worst = max(worst, list[i].Level)
	}
	return worst
}

// compareConditions puts the worst first, then those that last longest.
func compareConditions(a, b Condition) int {
	return cmp.Or(cmp.Compare(b.Level, a.Level), a.Since.Compare(b.Since), cmp.Compare(a.Code, b.Code), cmp.Compare(a.About, b.About))
}

// maxConditions bounds how many conditions a Board has.
const maxConditions = 4096

type conditionKey struct{ code, about string }

// Board has the conditions that hold, and says when one begins and ends. It is for one goroutine.
type Board struct{ open map[conditionKey]Condition }

// NewBoard returns a board on which some conditions hold already, as they were told before a restart.
func NewBoard(open []Condition) *Board {
	b := &Board{open: map[conditionKey]Condition{}}
	for _, c := range open {
		b.open[conditionKey{c.Code, c.About}] = c
	}
	return b
}

// Update takes in what holds now, and returns what began and what ended, as it was. A condition keeps its Since as long
// as it holds. Those beyond some thousands are left out, the least bad first.
func (b *Board) Update(holds []Condition, now time.Time) (began, ended []Condition) {
	holds = slices.Clone(holds)
	slices.SortFunc(holds, compareConditions)
	next := make(map[conditionKey]Condition, len(holds))
	for _, c := range holds[:min(len(holds), maxConditions)] {
		k := conditionKey{c.Code, c.About}
		if _, twice := next[k]; twice {
			continue
		}
		if was, ok := b.open[k]; ok {
			c.Since = was.Since
		} else {
			if c.Since.IsZero() {
				c.Since = now
			}
			began = append(began, c)
		}
		next[k] = c
	}
	for k, c := range b.open {
		if _, still := next[k]; !still {
			ended = append(ended, c)
		}
	}
	b.open = next
	slices.SortFunc(ended, compareConditions)
	return began, ended
}

// List returns what holds, the worst first.
func (b *Board) List() []Condition {
	out := make([]Condition, 0, len(b.open))
	for _, c := range b.open {
		out = append(out, c)
	}
	slices.SortFunc(out, compareConditions)
	return out
}
