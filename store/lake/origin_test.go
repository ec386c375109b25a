package lake

import (
	"fmt"
	"testing"
)

func TestWhatCameFromWhere(t *testing.T) {
	dir := t.TempDir()
	open := func() *Lake {
		l, _, err := Open(t.Context(), Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := open()
	at := uint64(0)
	commit := func(notes ...Origin) (news []bool) {
		t.Helper()
		at++
		a := l.Begin("p", at, at)
		for _, o := range notes {
			news = append(news, a.Note(o))
		}
		if err := a.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		return news
	}
	if got := fmt.Sprint(commit(Origin{"a", "e", 1}, Origin{"a", "e", 1}, Origin{"a", "e", 5}, Origin{"a", "e", 4}, Origin{"b", "e", 2})); got != "[true false true false true]" {
		t.Error(got)
	}
	for _, again := range []bool{false, true} {
		if again { // as after a restart
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			l = open()
		}
		for want, o := range map[bool][]Origin{true: {{"a", "e", 5}, {"a", "e", 1}, {"b", "e", 2}}, false: {{"a", "e", 6}, {"b", "e", 3}, {"a", "f", 1}, {"c", "e", 1}}} {
			for _, o := range o {
				if l.Stored(o) != want {
					t.Errorf("%+v: stored is %v", o, !want)
				}
			}
		}
	}
	// What was not committed is not known.
	a := l.Begin("p", at+1, at+1)
	a.Note(Origin{"a", "e", 9})
	if err := a.Abort(); err != nil || l.Stored(Origin{"a", "e", 9}) {
		t.Errorf("an append that was given up: %v", err)
	}
	// Of several epochs in one append the last are known: their source may tell of them again.
	var many []Origin
	for i := range 3 * maxEpochs {
		many = append(many, Origin{"many", fmt.Sprint("e", i), 3})
	}
	commit(many...)
	for i, o := range many {
		if want := i >= len(many)-maxEpochs; l.Stored(o) != want {
			t.Errorf("epoch %d of %d: stored is %v", i, len(many), !want)
		}
	}
	// Of one source no more than a few epochs are kept, whatever it says.
	for i := range 10 {
		commit(Origin{"a", fmt.Sprint("e", i), 7}, Origin{"a", "e", uint64(10 + i)})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open()
	defer l.Close()
	if len(l.origins["a"]) != maxEpochs || !l.Stored(Origin{"a", "e", 19}) || !l.Stored(Origin{"a", "e9", 7}) || l.Stored(Origin{"a", "e0", 7}) || !l.Stored(Origin{"b", "e", 2}) {
		t.Errorf("%+v", l.origins)
	}
}
