package bpf

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestObjectsBelongToSources compares what build.sh wrote down with what lies here.
func TestObjectsBelongToSources(t *testing.T) {
	recorded, err := os.ReadFile("objects.sha256")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for lines := bufio.NewScanner(bytes.NewReader(recorded)); lines.Scan(); {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if strings.HasPrefix(sum, "#") || !ok {
			continue
		}
		name = filepath.Clean(name)
		listed = append(listed, name)
		content, err := os.ReadFile(name)
		if err != nil {
			t.Errorf("%v: run make bpf", err)
			continue
		}
		if have := sha256.Sum256(content); hex.EncodeToString(have[:]) != sum {
			t.Errorf("%s is not what objects.sha256 says: run make bpf, with the compiler that it names", name)
		}
	}
	there, err := filepath.Glob("src/*")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := filepath.Glob("*.o")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(there, objects...) {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is not in objects.sha256: run make bpf", name)
		}
	}
}

// TestSourcesSayTheirLicence holds that every source can be used by people who build kernels.
func TestSourcesSayTheirLicence(t *testing.T) {
	names, err := filepath.Glob("src/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(content, []byte("/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n")) {
			t.Errorf("%s does not begin with its licence", name)
		}
	}
}
