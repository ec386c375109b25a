package kubearmor

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lynceus-io/lynceus/internal/foreigntest"
)

const samples = "testdata/read.txtar"

func TestRead(t *testing.T) { foreigntest.Run(t, Format, samples) }

func FuzzRead(f *testing.F) {
	archive, err := txtar.ParseFile(samples)
	if err != nil {
		f.Fatal(err)
	}
	var seeds []string
	for _, s := range archive.Files {
		if filepath.Ext(s.Name) == ".json" {
			seeds = append(seeds, string(s.Data))
		}
	}
	foreigntest.Fuzz(f, Format, seeds...)
}
