package image

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"
)

// entries are the names and contents of a tar.
func entries(t *testing.T, data []byte) (names []string, contents map[string][]byte) {
	t.Helper()
	contents = map[string][]byte{}
	r := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names, contents
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		if contents[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWrite(t *testing.T) {
	spec := Spec{
		Name:       "lynceus.test/tool:1",
		Files:      []File{{Path: "/usr/bin/tool", Data: []byte("tool")}, {Path: "bin/sh", Link: "/usr/bin/tool"}},
		Entrypoint: []string{"/usr/bin/tool"},
	}
	var a, b bytes.Buffer
	if err := errors.Join(Write(&a, spec), Write(&b, spec)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same image has different bytes")
	}
	_, outer := entries(t, a.Bytes())
	var manifest []struct {
		Config           string
		RepoTags, Layers []string
	}
	if err := json.Unmarshal(outer["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest) != 1 || !slices.Equal(manifest[0].RepoTags, []string{"lynceus.test/tool:1"}) {
		t.Fatalf("manifest %+v", manifest)
	}
	var config struct {
		RootFS struct {
			DiffIDs []string `json:"diff_ids"`
		}
	}
	if err := json.Unmarshal(outer[manifest[0].Config], &config); err != nil {
		t.Fatal(err)
	}
	layer := outer[manifest[0].Layers[0]]
	if want := []string{"sha256:" + hash(layer)}; !slices.Equal(config.RootFS.DiffIDs, want) {
		t.Errorf("diff_ids %q, want %q", config.RootFS.DiffIDs, want)
	}
	names, files := entries(t, layer)
	if want := []string{"bin/", "tmp/", "usr/", "usr/bin/", "bin/sh", "usr/bin/tool"}; !slices.Equal(names, want) {
		t.Errorf("layer %q, want %q", names, want)
	}
	if string(files["usr/bin/tool"]) != "tool" {
		t.Errorf("usr/bin/tool is %q", files["usr/bin/tool"])
	}
}

func TestWriteRefuses(t *testing.T) {
	if err := Write(io.Discard, Spec{Name: "x", Files: []File{{Path: "/"}}}); err == nil {
		t.Error("a file without a path was accepted")
	}
}
