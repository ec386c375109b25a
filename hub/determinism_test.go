package hub

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/sigma"
)

// demoLog is the recording of an attack that comes with the repository.
const demoLog = "../docs/demo/demo.jsonl.gz"

// The same events give the same result, byte for byte, however they are
// divided into files, in whichever order the files are named, and whatever
// number of workers reads them.
func TestScanIsDeterministic(t *testing.T) {
	rules := builtinRules(t)
	lines := logLines(t, demoLog)
	want := scanned(t, rules, 1, demoLog)
	if n := bytes.Count(want, []byte(`"lynceus.incident/v1"`)); n == 0 {
		t.Fatal("the recording has no incident")
	}
	runs := logFiles(t, "run", cut(lines, 5))
	dealt := logFiles(t, "dealt", deal(lines, 3))
	backwards := slices.Clone(lines)
	slices.Reverse(backwards)
	mixed := slices.Clone(lines)
	random := rand.New(rand.NewPCG(1, 2))
	for block := range slices.Chunk(mixed, 8) {
		random.Shuffle(len(block), func(i, j int) { block[i], block[j] = block[j], block[i] })
	}
	runsBackwards := slices.Clone(runs)
	slices.Reverse(runsBackwards)
	for name, test := range map[string]struct {
		workers int
		files   []string
	}{
		"again":                   {1, []string{demoLog}},
		"two workers":             {2, []string{demoLog}},
		"eight workers":           {8, []string{demoLog}},
		"file twice":              {0, []string{demoLog, demoLog}},
		"copy of the file":        {0, append(logFiles(t, "copy", [][][]byte{lines}), demoLog)},
		"runs":                    {0, runs},
		"runs in other order":     {0, runsBackwards},
		"runs, one worker":        {1, runs},
		"dealt to files":          {8, dealt},
		"directory":               {0, []string{filepath.Dir(dealt[0])}},
		"newest first":            {0, logFiles(t, "back", [][][]byte{backwards})},
		"small disorder":          {0, logFiles(t, "mixed", [][][]byte{mixed})},
		"small disorder, dealt":   {0, logFiles(t, "mixeddealt", deal(mixed, 2))},
		"runs of several members": {0, []string{membersFile(t, cut(lines, 7))}},
	} {
		if testing.Short() && test.workers != 8 { // what they do beside one another is the same with other files
			continue
		}
		t.Run(name, func(t *testing.T) {
			if got := scanned(t, rules, test.workers, test.files...); !bytes.Equal(got, want) {
				t.Error(firstDifference(got, want))
			}
		})
	}
}

// A finding keeps its id when the log begins or ends elsewhere.
func TestFindingsKeepTheirIDs(t *testing.T) {
	if testing.Short() {
		t.Skip("three scans, each alone")
	}
	rules := builtinRules(t)
	lines := logLines(t, demoLog)
	ids := func(lines [][]byte) map[string]string {
		out := map[string]string{}
		r, err := Scan(context.Background(), ScanOptions{Files: logFiles(t, "part", [][][]byte{lines}), Rules: rules})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			out[f.ID] = f.Rule.Title
		}
		return out
	}
	whole := ids(lines)
	for name, part := range map[string][][]byte{"without the first third": lines[len(lines)/3:], "without the last third": lines[:len(lines)*2/3]} {
		for id, title := range ids(part) {
			if whole[id] != title {
				t.Errorf("%s: finding %s %q has another id in the whole log", name, id, title)
			}
		}
	}
}

var loadBuiltin = sync.OnceValue(func() *sigma.Result { return sigma.Load(sigma.Options{}, sigma.Path("../rules")) })

// builtinRules are read once for all tests: nobody writes to a rule that is loaded.
func builtinRules(tb testing.TB) []*rule.Rule {
	tb.Helper()
	r := loadBuiltin()
	if len(r.Errors)+len(r.Unsupported) > 0 || len(r.Rules) == 0 {
		tb.Fatalf("the built-in rules: %d loaded, errors %v, unsupported %v", len(r.Rules), r.Errors, r.Unsupported)
	}
	return slices.Clone(r.Rules)
}

// scanned returns what a scan reports, but for the account of how it was read.
func scanned(tb testing.TB, rules []*rule.Rule, workers int, files ...string) []byte {
	tb.Helper()
	r, err := Scan(context.Background(), ScanOptions{
		Files: files, Rules: rules, Workers: workers, AuditIDs: -1, Key: []byte("a key that stays the same"),
	})
	if err != nil {
		tb.Fatal(err)
	}
	r.Coverage = coverage.Report{}
	var out bytes.Buffer
	if err := report.WriteJSON(&out, r); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func logLines(tb testing.TB, path string) [][]byte {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var lines [][]byte
	for r := bufio.NewReader(z); ; {
		l, err := r.ReadBytes('\n')
		if len(l) > 0 {
			lines = append(lines, l)
		}
		if err == io.EOF {
			return lines
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// cut divides lines into n runs, deal in turn among n.
func cut(lines [][]byte, n int) [][][]byte {
	return slices.Collect(slices.Chunk(lines, (len(lines)+n-1)/n))
}

func deal(lines [][]byte, n int) [][][]byte {
	out := make([][][]byte, n)
	for i, l := range lines {
		out[i%n] = append(out[i%n], l)
	}
	return out
}

// logFiles writes parts of a log into files of a new directory.
func logFiles(tb testing.TB, name string, parts [][][]byte) []string {
	tb.Helper()
	dir := tb.TempDir()
	var out []string
	for i, p := range parts {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d.log", name, i))
		if err := os.WriteFile(path, bytes.Join(p, nil), 0o600); err != nil {
			tb.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}

// membersFile writes one gzip file with a member for each part.
func membersFile(tb testing.TB, parts [][][]byte) string {
	tb.Helper()
	var out bytes.Buffer
	for _, p := range parts {
		z := gzip.NewWriter(&out)
		if _, err := z.Write(bytes.Join(p, nil)); err != nil {
			tb.Fatal(err)
		}
		if err := z.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	path := filepath.Join(tb.TempDir(), "members.log.gz")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// firstDifference shows two texts where they part.
func firstDifference(got, want []byte) string {
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			return fmt.Sprintf("line %d\ngot  %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
