package policy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

var (
	licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([.-].*)?$`)
	// permissive are sentences by which a licence with no other condition than notices is known.
	permissive = []string{
		"Apache License",
		"Permission is hereby granted, free of charge",                    // MIT
		"Permission to use, copy, modify, and/or distribute",              // ISC
		"Permission to use, copy, modify, and distribute",                 // ISC, older wording
		"Redistribution and use in source and binary forms",               // BSD
		"This is free and unencumbered software released into the public", // Unlicense
		"Creative Commons Legal Code CC0 1.0 Universal",                   // CC0
	}
	// restrictive are the names of licences that bind what is linked with them or how it may be offered.
	restrictive = []string{
		"GNU AFFERO GENERAL PUBLIC LICENSE",
		"GNU GENERAL PUBLIC LICENSE",
		"GNU LESSER GENERAL PUBLIC LICENSE",
		"SERVER SIDE PUBLIC LICENSE",
		"BUSINESS SOURCE LICENSE",
		"ELASTIC LICENSE",
		"COMMONS CLAUSE",
	}
)

// TestLicences looks at the licence of every module that the product or its tests are built from.
func TestLicences(t *testing.T) {
	root := require.ModuleRoot(t)
	checkLicences(t, root)
	files := allGoFiles(t)
	for _, dir := range otherModules(t) {
		// A module without files of ours pins programs that are built apart, such as Kubernetes.
		if slices.ContainsFunc(files, func(f *goFile) bool { return strings.HasPrefix(f.path, dir+"/") }) {
			checkLicences(t, filepath.Join(root, filepath.FromSlash(dir)))
		}
	}
}

// checkLicences looks at the modules that the packages of the module in a directory, and their tests, import.
func checkLicences(t *testing.T, moduleDir string) {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-test", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}\t{{.Dir}}{{end}}{{end}}", "./...")
	cmd.Dir = moduleDir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		module, dir, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || seen[module] || strings.HasPrefix(module, modulePath+"/") {
			continue
		}
		seen[module] = true
		texts, err := licenceTexts(dir)
		if err != nil {
			t.Fatal(err)
		}
		if problem := licenceProblem(texts); problem != "" {
			t.Errorf("%s: %s", module, problem)
		}
	}
}

// licenceTexts returns the licence files at the root of a module by name.
func licenceTexts(dir string) (map[string]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		texts[e.Name()] = string(data)
	}
	return texts, nil
}

// secondaryLicence are words of the Mozilla Public License 2.0 (definition 1.12), which binds files and not a whole
// program. They name other licences that a recipient may choose, and impose none.
const secondaryLicence = "means either the GNU General Public License, Version 2.0, the GNU Lesser General Public License, Version 2.1, the GNU Affero General Public License, Version 3.0"

// licenceProblem says why a module with these licence files may not be used, or nothing.
func licenceProblem(texts map[string]string) string {
	isPermissive := false
	for name, text := range texts {
		text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), secondaryLicence, "")
		for _, phrase := range restrictive {
			if strings.Contains(strings.ToUpper(text), phrase) {
				return fmt.Sprintf("%s is or contains the %s", name, phrase)
			}
		}
		for _, phrase := range permissive {
			isPermissive = isPermissive || strings.Contains(text, phrase)
		}
	}
	if !isPermissive {
		return "no permissive licence found at its root"
	}
	return ""
}

func TestLicencesRule(t *testing.T) {
	tests := []struct {
		text string
		want string
	}{
		{"Apache License\n  Version 2.0", ""},
		{"Permission is hereby\n granted, free of charge, to any", ""},
		{"Redistribution and use in source\nand binary forms", ""},
		{"GNU AFFERO\nGENERAL PUBLIC LICENSE", "AFFERO"},
		{"Apache License, except parts under the GNU General Public License", "GENERAL PUBLIC"},
		{"all rights reserved", "no permissive"},
	}
	for _, tt := range tests {
		got := licenceProblem(map[string]string{"LICENSE": tt.text})
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("licenceProblem(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
