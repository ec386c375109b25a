package policy

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// layers is the order of the module's top directories: a package may import those before it, never those after it.
var layers = []string{
	"event", "coverage", "expr", "rule", "kql", "inventory", "identity", "collect", "profile", "detect", "incident",
	"bus", "store", "respond", "notify", "api", "console", "agent", "hub", "cli", "cmd",
}

// dataDirs hold files that a package embeds. Everybody may import them; they import the standard library only.
var dataDirs = []string{"rules", "docs", "deploy"}

// testSupport packages are linked into tests only: they may read the environment, and no product code imports them.
var testSupport = []string{"internal/require", "internal/policy", "internal/ocsfschema", "internal/sample", "internal/sensortest", "internal/docschema", "internal/foreigntest", "internal/journaltest", "internal/relaytest", "internal/issuertest", "internal/pubsubtest", "test/clickhouse/chtest", "test/kqltest", "test/load", "test/tell"}

// bannedImports may not appear in product code, for the reason given.
var bannedImports = map[string]string{
	"os/exec":        "Lynceus starts no programs",
	"plugin":         "Lynceus loads no code at run time",
	"unsafe":         "memory safety is not traded for speed without a benchmark that justifies it",
	"net/http/pprof": "it registers handlers on the default mux as a side effect of being imported",
}

// importException allows one package one banned import.
type importException struct{ dir, imports, reason string }

var importExceptions = []importException{
	{"collect/audit", "unsafe", "strings of an event alias its document: copying them takes twice the time to decode it (BenchmarkDecode)"},
	{"internal/bench/store", "os/exec", "it measures grep and jq beside the store; it is no part of the product"},
	{"internal/bench/sensor", "os/exec", "it measures programs beside the sensor; it is no part of the product"},
	{"collect/sensor/ring", "unsafe", "positions that the kernel writes stand in memory shared with it, and have to be read atomically; and a nap between two looks gives up no processor of the runtime, which costs more than the looks (make bench-sensor)"},
	{"event/wire", "unsafe", "texts of a batch that is read and forgotten stand in its memory (Decoder.Reuse, BenchmarkDecode)"},
	{"expr", "unsafe", "values that live in a document or in a subject's arena are read as strings without a copy (view.go)"},
}

// eventImports are what packages below event may import besides the standard library, for the reason given.
var eventImports = map[string]map[string]string{
	"event/wire": {"github.com/klauspost/compress/s2": "the compression of batches, at a third of the cost of the standard library's"},
}

func TestImportDirection(t *testing.T) {
	report(t, importDirection(goFiles(t)))
}

func TestBannedImports(t *testing.T) {
	report(t, banned(goFiles(t), importExceptions))
}

// importDirection says which product files import what lies after them. A package below internal/ counts as the
// highest layer that it reaches itself.
func importDirection(files []*goFile) []string {
	imports := map[string]map[string]bool{}
	for _, f := range files {
		if f.isTest {
			continue
		}
		if imports[f.dir()] == nil {
			imports[f.dir()] = map[string]bool{}
		}
		for _, p := range f.imports() {
			imports[f.dir()][p] = true
		}
	}
	ranks := map[string]int{}
	var rank func(dir string) int
	rank = func(dir string) int {
		if r, done := ranks[dir]; done {
			return r
		}
		top, _, _ := strings.Cut(dir, "/")
		ranks[dir] = slices.Index(layers, top)
		if top == "internal" {
			for p := range imports[dir] {
				if own, ok := ownPackage(p); ok {
					ranks[dir] = max(ranks[dir], rank(own))
				}
			}
		}
		return ranks[dir]
	}
	var out []string
	for _, dir := range slices.Sorted(maps.Keys(imports)) {
		top, _, _ := strings.Cut(dir, "/")
		known := slices.Contains(layers, top) || slices.Contains(dataDirs, top) || top == "internal" || top == "test"
		if !known {
			out = append(out, fmt.Sprintf("%s: the directory is in no layer; put the package below one of: %s", dir, strings.Join(layers, " ")))
			continue
		}
		for _, p := range slices.Sorted(maps.Keys(imports[dir])) {
			if problem := forbidden(dir, top, p, rank); problem != "" {
				out = append(out, fmt.Sprintf("%s imports %s: %s", dir, p, problem))
			}
		}
	}
	return out
}

// forbidden says why the package in dir, below the directory top, may not import p, or nothing.
func forbidden(dir, top, p string, rank func(string) int) string {
	own, isOwn := ownPackage(p)
	ownTop, _, _ := strings.Cut(own, "/")
	switch {
	case isOwn && slices.Contains(testSupport, own) && !slices.Contains(testSupport, dir) && top != "test":
		return "it is for tests only"
	case isOwn && ownTop == "test" && top != "test":
		return "what lies below test/ is for tests only"
	case top == "event" && !isStandard(p) && ownTop != "event" && eventImports[dir][p] == "":
		return "event may import the standard library and itself only"
	case slices.Contains(dataDirs, top) && !isStandard(p):
		return "a package of embedded files imports the standard library only"
	case isOwn && slices.Contains(layers, top) && rank(own) > rank(dir):
		return "a layer imports those before it, in this order: " + strings.Join(layers, " ")
	}
	return ""
}

// banned says which product files import what bannedImports lists, and which exceptions are not needed.
func banned(files []*goFile, exceptions []importException) []string {
	var out []string
	used := map[importException]bool{}
	for _, f := range files {
		if f.isTest || slices.Contains(testSupport, f.dir()) {
			continue
		}
		for _, p := range f.imports() {
			reason, isBanned := bannedImports[p]
			if !isBanned {
				continue
			}
			i := slices.IndexFunc(exceptions, func(e importException) bool { return e.dir == f.dir() && e.imports == p })
			if i < 0 {
				out = append(out, fmt.Sprintf("%s imports %s: %s", f.path, p, reason))
				continue
			}
			used[exceptions[i]] = true
		}
	}
	for _, e := range exceptions {
		if !used[e] {
			out = append(out, fmt.Sprintf("%s no longer imports %s: remove the exception", e.dir, e.imports))
		}
	}
	return out
}

// ownPackage returns the directory of a package of this module.
func ownPackage(importPath string) (string, bool) {
	dir, ok := strings.CutPrefix(importPath, modulePath+"/")
	return dir, ok
}

// isStandard reports whether the import path is one of the standard library: its first element has no dot.
func isStandard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}

func TestImportDirectionRule(t *testing.T) {
	tests := []struct {
		file, imports string
		want          []string
	}{
		{"detect/a.go", modulePath + "/event", nil},
		{"detect/a.go", modulePath + "/detect/window", nil},
		{"event/a.go", modulePath + "/detect", []string{"event imports"}},
		{"event/ocsf/a.go", modulePath + "/event", nil},
		{"event/a.go", "github.com/x/y", []string{"standard library and itself only"}},
		{"event/a.go", modulePath + "/internal/low", []string{"standard library and itself only"}},
		{"event/a_test.go", modulePath + "/detect", nil},
		{"expr/a.go", modulePath + "/internal/low", nil},
		{"expr/a.go", modulePath + "/internal/high", []string{"a layer imports those before it"}},
		{"hub/a.go", modulePath + "/internal/high", nil},
		{"cli/a.go", modulePath + "/internal/require", []string{"for tests only"}},
		{"cli/a.go", modulePath + "/test/load", []string{"for tests only"}},
		{"misc/a.go", "fmt", []string{"in no layer"}},
		{"rules/a.go", "embed", nil},
		{"rules/a.go", modulePath + "/event", []string{"embedded files"}},
	}
	low := mustParse(t, "internal/low/a.go", "package low\nimport _ \"fmt\"\n")
	high := mustParse(t, "internal/high/a.go", "package high\nimport _ \""+modulePath+"/internal/mid\"\n")
	mid := mustParse(t, "internal/mid/a.go", "package mid\nimport _ \""+modulePath+"/detect\"\n")
	for _, tt := range tests {
		t.Run(tt.file+" "+path.Base(tt.imports), func(t *testing.T) {
			f := mustParse(t, tt.file, "package p\nimport _ \""+tt.imports+"\"\n")
			checkViolations(t, importDirection([]*goFile{low, mid, high, f}), tt.want...)
		})
	}
}

func TestBannedImportsRule(t *testing.T) {
	src := "package p\nimport _ \"unsafe\"\n"
	product, test := mustParse(t, "event/a.go", src), mustParse(t, "event/a_test.go", src)
	exception := importException{"event", "unsafe", "measured"}
	checkViolations(t, banned([]*goFile{product, test}, nil), "event/a.go imports unsafe")
	checkViolations(t, banned([]*goFile{product}, []importException{exception}))
	checkViolations(t, banned([]*goFile{test}, []importException{exception}), "remove the exception")
}
