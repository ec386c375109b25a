// Package image writes container images as docker-archive tars, from local files, without a daemon or a registry.
package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"
)

// File is one entry of an image's only layer.
type File struct {
	Path string // absolute, in the image
	Mode int64  // permission bits; 0 means 0755
	Data []byte
	Link string // if set, a symbolic link to this, without Data
}

// Spec says what an image holds.
type Spec struct {
	Name       string // with registry and tag, as pods name it: "lynceus.test/tool:1"
	Files      []File
	Entrypoint []string
	Cmd        []string
	Env        []string // "NAME=value"; PATH is set if absent
	User       string   // "" is root
}

// defaultPath is what images set that say nothing else.
const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Write writes the image. The same specification gives the same bytes, so an image imported twice is one image.
func Write(w io.Writer, spec Spec) error {
	layer, err := layerTar(spec.Files)
	if err != nil {
		return fmt.Errorf("image %s: %w", spec.Name, err)
	}
	env := spec.Env
	if !slices.ContainsFunc(env, func(e string) bool { return strings.HasPrefix(e, "PATH=") }) {
		env = append([]string{defaultPath}, env...)
	}
	layerHash := hash(layer)
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH,
		"os":           "linux",
		"config":       map[string]any{"Entrypoint": spec.Entrypoint, "Cmd": spec.Cmd, "Env": env, "User": spec.User},
		"rootfs":       map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + layerHash}},
		"history":      []map[string]any{{}},
	})
	if err != nil {
		return err
	}
	configName, layerName := hash(config)+".json", layerHash+"/layer.tar"
	manifest, err := json.Marshal([]map[string]any{{"Config": configName, "RepoTags": []string{spec.Name}, "Layers": []string{layerName}}})
	if err != nil {
		return err
	}
	out := tar.NewWriter(w)
	for _, f := range []File{{Path: configName, Data: config}, {Path: layerName, Data: layer}, {Path: "manifest.json", Data: manifest}} {
		if err := add(out, f, 0o644); err != nil {
			return fmt.Errorf("image %s: %w", spec.Name, err)
		}
	}
	return out.Close()
}

// layerTar is a tar of files with the directories above them, sorted by path.
func layerTar(files []File) ([]byte, error) {
	dirs := map[string]bool{"tmp": true}
	var sorted []File
	for _, f := range files {
		f.Path = strings.TrimPrefix(path.Clean("/"+f.Path), "/")
		if f.Path == "" {
			return nil, fmt.Errorf("a file without a path")
		}
		sorted = append(sorted, f)
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	names := make([]string, 0, len(dirs))
	for dir := range dirs {
		names = append(names, dir)
	}
	slices.Sort(names)
	for _, dir := range names {
		mode := int64(0o755)
		if dir == "tmp" {
			mode = 0o1777
		}
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: mode, ModTime: time.Unix(0, 0)}); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(sorted, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range sorted {
		if err := add(w, f, 0o755); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

func add(w *tar.Writer, f File, defaultMode int64) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: f.Path, Mode: f.Mode, Size: int64(len(f.Data)), ModTime: time.Unix(0, 0)}
	if h.Mode == 0 {
		h.Mode = defaultMode
	}
	if f.Link != "" {
		h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, f.Link, 0
	}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	if f.Link != "" {
		return nil
	}
	_, err := w.Write(f.Data)
	return err
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
