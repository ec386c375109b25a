package eval_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/internal/eval"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

// TestDetectionIsNoWorse holds the rules to the figures in the repository,
// and the page to the rules.
func TestDetectionIsNoWorse(t *testing.T) {
	root := require.ModuleRoot(t)
	recordings, err := eval.Open(filepath.Join(root, "test", "recordings"))
	if err != nil {
		t.Fatal(err)
	}
	loaded := sigma.Load(sigma.Options{}, sigma.Tree{FS: rules.FS, Root: ".", Name: "builtin"})
	is, err := eval.Run(t.Context(), recordings, loaded.Rules)
	if err != nil {
		t.Fatal(err)
	}
	figures, err := os.ReadFile(filepath.Join(root, "docs", "detection-quality.json"))
	if err != nil {
		t.Fatal(err)
	}
	var was eval.Summary
	if err := json.Unmarshal(figures, &was); err != nil {
		t.Fatal(err)
	}
	worse := is.Worse(&was)
	for _, line := range worse {
		t.Errorf("worse: %s", line)
	}
	if len(worse) > 0 {
		return
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "detection-quality.md"))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	is.Print(&text)
	if want, err := eval.Splice(page, text.Bytes()); err != nil {
		t.Error(err)
	} else if !bytes.Equal(page, want) {
		t.Error("docs/detection-quality.md is older than the rules: run make eval-update")
	}
}
