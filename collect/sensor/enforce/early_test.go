package enforce

import (
	"fmt"
	"testing"
)

func TestEarlyIsBounded(t *testing.T) {
	var e early
	for i := range maxEarly + 10 {
		for range 2 { // told twice
			e.add(fmt.Sprint(i), &Pod{Name: fmt.Sprint(i)})
		}
	}
	if len(e.pods) != maxEarly {
		t.Errorf("%d are known", len(e.pods))
	}
	if _, ok := e.take("9"); ok {
		t.Error("the tenth is known")
	}
	if p, ok := e.take(fmt.Sprint(maxEarly + 9)); !ok || p.Name != fmt.Sprint(maxEarly+9) {
		t.Errorf("the last is %+v", p)
	}
}
