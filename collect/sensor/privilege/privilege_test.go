package privilege

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestDocumented(t *testing.T) {
	b, err := os.ReadFile("../../../docs/sensor.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Kept() {
		if row := fmt.Sprintf("| `%s` | %s |", c.Name, c.Why); !strings.Contains(string(b), row) {
			t.Errorf("docs/sensor.md has no row %s", row)
		}
	}
	if !slices.IsSortedFunc(Kept(), func(a, b Capability) int { return int(a.Number) - int(b.Number) }) {
		t.Error("they are not in order")
	}
	if got := fmt.Sprintf("%x", Set()); got != "c001281024" {
		t.Error(got)
	}
}
