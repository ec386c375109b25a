// Package require says what a test needs from outside the repository: published corpora, recorded data, a kernel
// feature, a cluster, a long time. What is missing skips the test with a message that names it; the variable
// LYNCEUS_REQUIRE, a comma-separated list of those names, turns the skip into a failure, so that a machine that
// should have everything cannot pass by skipping.
//
// The needs are "corpora", "data", "soak", "clickhouse", "bpf" (BPF), "mount" (file systems), "netns" (network namespaces),
// "throttle" (disks that are made slow) and "cluster" (package test/cluster/clustertest, a module of its own).
//
// It is linked into tests only.
package require

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// EnvVar lists, separated by commas, the needs that must be met: "corpora,data,soak".
const EnvVar = "LYNCEUS_REQUIRE"

// Corpora returns the directory of the published rules, queries and events that results are measured against. It lies
// beside the repository, at ../shared/corpora. The need is called "corpora".
func Corpora(tb testing.TB) string {
	tb.Helper()
	return shared(tb, "corpora", "published corpora")
}

// Data returns the directory of recordings of real clusters, at ../shared/data beside the repository. The need is
// called "data".
func Data(tb testing.TB) string {
	tb.Helper()
	return shared(tb, "data", "recordings of real clusters")
}

// Soak skips a test that runs for long or needs many gigabytes of disk, unless "soak" is listed in LYNCEUS_REQUIRE, as
// `make soak` does. By convention such tests are named TestSoak….
func Soak(tb testing.TB) {
	tb.Helper()
	if !listed(os.Getenv(EnvVar), "soak") {
		tb.Skipf("missing soak: a long test, run by make soak (or %s=soak)", EnvVar)
	}
}

// Need skips the test when ok is false, or fails it when LYNCEUS_REQUIRE lists name. What tells a reader which thing
// is missing and where it was looked for.
func Need(tb testing.TB, name string, ok bool, what string) {
	tb.Helper()
	// Read even when nothing is missing, so that go test keeps the results under different lists apart: it does not see
	// whether what lies outside the module has gone since a result was cached.
	list := os.Getenv(EnvVar)
	if ok {
		return
	}
	if listed(list, name) {
		tb.Fatalf("missing %s, which %s lists: %s", name, EnvVar, what)
	}
	tb.Skipf("missing %s: %s (%s=%s makes this a failure)", name, what, EnvVar, name)
}

// ModuleRoot returns the absolute path of the directory that holds go.mod, found upwards from the test's working
// directory, which go test sets to the package's own. It fails the test when there is none.
func ModuleRoot(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatalf("module root: %v", err)
	}
	root, ok := findUp(dir, "go.mod")
	if !ok {
		tb.Fatalf("module root: no go.mod in %s or above", dir)
	}
	return root
}

// shared returns ../shared/name, or ends the test as Need does.
func shared(tb testing.TB, name, what string) string {
	tb.Helper()
	dir := filepath.Join(filepath.Dir(ModuleRoot(tb)), "shared", name)
	info, err := os.Stat(dir)
	Need(tb, name, err == nil && info.IsDir(), what+" are not at ../shared/"+name)
	return dir
}

// findUp returns the nearest directory from dir upwards that has an entry called name.
func findUp(dir, name string) (string, bool) {
	for {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

// listed reports whether name is an element of the comma-separated list.
func listed(list, name string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(s string) bool { return strings.TrimSpace(s) == name })
}
