package coverage

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

func codes(list []Condition) (out []string) {
	for _, c := range list {
		out = append(out, c.Code+" "+c.About)
	}
	return out
}

func TestBoard(t *testing.T) {
	old := Condition{Code: "a", About: "1", Level: Warning, Since: noon.Add(-time.Hour)}
	b := NewBoard([]Condition{old})
	f := func(at time.Time, holds []Condition, wantBegan, wantEnded, want []string) {
		t.Helper()
		began, ended := b.Update(holds, at)
		if !slices.Equal(codes(began), wantBegan) || !slices.Equal(codes(ended), wantEnded) || !slices.Equal(codes(b.List()), want) {
			t.Errorf("began %q, ended %q, holds %q", codes(began), codes(ended), codes(b.List()))
		}
	}
	one, two, three := Condition{Code: "a", About: "1", Level: Warning}, Condition{Code: "a", About: "2", Level: Failure}, Condition{Code: "b", Level: Notice}
	f(noon, []Condition{one, three, two, two}, []string{"a 2", "b "}, nil, []string{"a 2", "a 1", "b "})
	if got := b.List(); !got[1].Since.Equal(old.Since) || !got[0].Since.Equal(noon) || Worst(got) != Failure || Worst(got[1:]) != Warning || Worst(nil) != Fine {
		t.Errorf("%+v", got)
	}
	f(noon.Add(time.Minute), []Condition{three}, nil, []string{"a 2", "a 1"}, []string{"b "})
	f(noon.Add(time.Hour), []Condition{three, two}, []string{"a 2"}, nil, []string{"a 2", "b "})
	if got := b.List(); !got[0].Since.Equal(noon.Add(time.Hour)) {
		t.Errorf("it began again at %v", got[0].Since)
	}
	many := make([]Condition, maxConditions+5)
	for i := range many {
		many[i] = Condition{Code: "c", About: time.Duration(i).String(), Level: Notice}
	}
	b.Update(append(many, two), noon)
	if got := b.List(); len(got) != maxConditions || got[0].Code != "a" {
		t.Errorf("%d, %v", len(got), got[0])
	}
}

func TestLevelJSON(t *testing.T) {
	for l := Fine; l <= Failure; l++ {
		text, err := json.Marshal(l)
		var back Level
		if err != nil || json.Unmarshal(text, &back) != nil || back != l {
			t.Errorf("%s: %v, %v", text, back, err)
		}
	}
}
