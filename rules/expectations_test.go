package rules_test

import (
	"path/filepath"
	"testing"
)

// TestOwnExpectations holds the built-in rules against events of our own in
// the three clouds' wrappers: of each behaviour what must be found, thin
// entries too, and what comes near it and must not be above low. The rows say
// what the rules are meant to do, so none may differ.
func TestOwnExpectations(t *testing.T) {
	all := builtin(t)
	for _, row := range expectations(t, filepath.Join("testdata", "expectations.jsonl")) {
		if got, names := judge(t, all, row); !row.agrees(got) {
			t.Errorf("%s %q: expected %v, got %q of %v", row.ID, row.TestName, row.Expected, got, names)
		}
	}
}
