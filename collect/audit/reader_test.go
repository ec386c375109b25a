package audit

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// at is a time of the tests, some seconds after their beginning.
func at(seconds int) time.Time {
	return time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
}

// line is an audit document with an ID and a time.
func line(id string, seconds int) string {
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":%q,"stage":"ResponseComplete","verb":"get","stageTimestamp":%q}`, id, at(seconds).Format(time.RFC3339Nano))
}

// files writes files into a new directory and returns it.
func files(tb testing.TB, content map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range content {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

func zstandard(tb testing.TB, text string) string {
	tb.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer z.Close()
	return string(z.EncodeAll([]byte(text), nil))
}

// readAll reads everything and returns the audit IDs in order.
func readAll(tb testing.TB, paths []string, opts Options) (ids []string, r *Reader) {
	tb.Helper()
	if opts.Now == nil {
		opts.Now = func() time.Time { return at(1 << 20) }
	}
	r, err := Open(context.Background(), paths, opts)
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return ids, r
		}
		if err != nil {
			tb.Fatal(err)
		}
		ids = append(ids, strings.Clone(event.APIRequestUID.Get(rec.Event)))
	}
}

func lines(ids string, seconds ...int) string {
	var b strings.Builder
	for i, s := range seconds {
		b.WriteString(line(ids[i:i+1], s) + "\n")
	}
	return b.String()
}

func TestReaderReadsARealLog(t *testing.T) {
	path := filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz")
	r, err := Open(context.Background(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	requests := NewRequests(0)
	seen := map[Seen]int{}
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		seen[requests.Observe(rec.Event, rec.UID)]++
	}
	if seen[SeenFirst] != 2241 || seen[SeenAmended] != 707 || len(seen) != 2 {
		t.Errorf("saw %v, want 2,241 requests of which 707 have two stages", seen)
	}
	got := r.Report()[0]
	if got.Events != 2948 || got.Ignored+got.Broken+got.WrongTypes+got.Future > 0 || got.Late != 16 || got.Dialect != "kubernetes" || got.Redacted > 0 {
		t.Errorf("report %+v", got)
	}
	if read, size := r.Progress(); read != size || size == 0 {
		t.Errorf("read %d of %d bytes", read, size)
	}
}

func TestReaderForms(t *testing.T) {
	text := lines("abc", 1, 2, 3)
	items := strings.Join(strings.Split(strings.TrimSpace(text), "\n"), ",\n")
	pretty := strings.NewReplacer(`{"`, "{\n  \"", `,"`, ",\n  \"", "}", "\n}").Replace(text)
	timed := ""
	for _, l := range strings.Split(strings.TrimSpace(text), "\n") {
		timed += "2026-01-02T03:04:05.678Z " + l + "\n"
	}
	utf16 := "\xff\xfe"
	for _, c := range text {
		utf16 += string([]byte{byte(c), 0})
	}
	for name, test := range map[string]struct {
		text   string
		ids    string
		broken int64
	}{
		"lines":            {text, "abc", 0},
		"no newline":       {strings.TrimSpace(text), "abc", 0},
		"carriage returns": {strings.ReplaceAll(text, "\n", "\r\n"), "abc", 0},
		"byte order mark":  {"\xef\xbb\xbf" + text, "abc", 0},
		"blank lines":      {strings.ReplaceAll(text, "\n", "\n\n \n"), "abc", 0},
		"pretty":           {pretty, "abc", 0},
		"array":            {"[" + items + "]", "abc", 0},
		"trailing commas":  {items + ",\n", "abc", 0},
		"event list":       {`{"kind":"EventList","items":[` + items + `]}`, "abc", 0},
		"records":          {`{"records":[` + items + `]}`, "abc", 0},
		"entries":          {`{"entries":[` + items + `],"nextPageToken":"x"}`, "abc", 0},
		"run together":     {strings.ReplaceAll(text, "\n", ""), "abc", 0},
		"cloudwatch":       {timed, "abc", 0},
		"gzip":             {gzipped(text), "abc", 0},
		"gzip twice":       {gzipped(gzipped(text)), "abc", 0},
		"gzip members":     {gzipped(line("a", 1)+"\n") + gzipped(lines("bc", 2, 3)), "abc", 0},
		"zstd":             {zstandard(t, text), "abc", 0},
		"zstd frames":      {zstandard(t, line("a", 1)+"\n") + zstandard(t, lines("bc", 2, 3)), "abc", 0},
		"empty":            {"", "", 0},
		"empty gzip":       {gzipped(""), "", 0},
		"utf-16":           {utf16, "", 0},
		"broken line":      {line("a", 1) + "\n{\"auditID\":\n" + line("b", 2) + "\n", "ab", 1},
		"broken first":     {"cted\"}}\n" + text, "abc", 1},
		"cut last":         {text + line("d", 4)[:60], "abc", 1},
		"nul bytes":        {line("a", 1) + "\n\x00\x00\x00\x00\n" + lines("bc", 2, 3), "abc", 1},
		"not utf-8":        {strings.Replace(text, `"get"`, "\"\xff\"", 1), "abc", 0},
		"other documents":  {"{\"a\":1}\n" + text + "{}\n", "abc", 0},
	} {
		dir := files(t, map[string]string{"log": test.text})
		for _, chunk := range []int{0, 64, 1000} {
			ids, r := readAll(t, []string{filepath.Join(dir, "log")}, Options{ChunkSize: chunk})
			if got := strings.Join(ids, ""); got != test.ids {
				t.Errorf("%s in chunks of %d: got %q, want %q", name, chunk, got, test.ids)
			}
			report := r.Report()[0]
			if report.Broken != test.broken {
				t.Errorf("%s in chunks of %d: %d broken, want %d: %+v", name, chunk, report.Broken, test.broken, report.Problems)
			}
		}
	}
}

func TestReaderPlaces(t *testing.T) {
	text := line("a", 1) + "\n" + `{"auditID":"x` + "\n" + line("b", 2) + "\n"
	dir := files(t, map[string]string{"log": text})
	r, err := Open(context.Background(), []string{filepath.Join(dir, "log")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	type place struct{ line, offset int64 }
	var got []place
	for {
		rec, err := r.Next()
		if err != nil {
			break
		}
		if rec.Source != filepath.Join(dir, "log") || event.MetadataSource.Get(rec.Event) != rec.Source {
			t.Errorf("source %q", rec.Source)
		}
		got = append(got, place{rec.Line, rec.Offset})
	}
	if want := []place{{1, 0}, {3, int64(strings.LastIndex(text, `{"kind"`))}}; !slices.Equal(got, want) {
		t.Errorf("places %v, want %v", got, want)
	}
	problems := r.Report()[0].Problems
	if len(problems) != 1 || problems[0].Line != 2 || problems[0].Offset < int64(len(line("a", 1))) || !strings.Contains(problems[0].Text, "cut off") {
		t.Errorf("problems %+v", problems)
	}
}

func TestReaderTroubledFiles(t *testing.T) {
	long := line("l", 2)
	long = long[:len(long)-1] + `,"requestObject":{"a":"` + strings.Repeat("x", 10<<20) + `"}}` + "\n"
	deep := `{"auditID":"d","requestObject":` + strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000) + "}\n"
	big := strings.Repeat(line("z", 3)+"\n", 20000)
	cut := gzipped(big)
	dir := files(t, map[string]string{
		"long":       line("a", 1) + "\n" + long + line("b", 3) + "\n",
		"deep":       line("a", 1) + "\n" + deep + line("b", 3) + "\n",
		"cut.gz":     cut[:len(cut)-100],
		"corrupt.gz": cut[:len(cut)/2] + "xxxxxxxx" + cut[len(cut)/2+8:],
	})
	for _, test := range []struct {
		name     string
		opts     Options
		min, max int
		problem  string
	}{
		{"long", Options{}, 3, 3, ""},
		{"long", Options{MaxDocument: 1 << 20}, 2, 2, "larger than any request"},
		{"deep", Options{}, 2, 2, "nested more deeply"},
		{"cut.gz", Options{}, 10000, 20000, "compressed file ends too early"},
		{"corrupt.gz", Options{}, 1, 20000, "reading stopped here"},
	} {
		ids, r := readAll(t, []string{filepath.Join(dir, test.name)}, test.opts)
		if len(ids) < test.min || len(ids) > test.max {
			t.Errorf("%s: %d events, want %d to %d", test.name, len(ids), test.min, test.max)
		}
		problems := r.Report()[0].Problems
		found := slices.ContainsFunc(problems, func(p coverage.Problem) bool { return strings.Contains(p.Text, test.problem) })
		if test.problem == "" && len(problems) > 0 || test.problem != "" && !found {
			t.Errorf("%s: problems %+v, want %q", test.name, problems, test.problem)
		}
	}
}

func TestReaderMerges(t *testing.T) {
	dir := files(t, map[string]string{
		"1.log":    lines("aceg", 1, 3, 5, 7),
		"2.log.gz": gzipped(lines("bdf", 2, 4, 6)),
		"sub/3":    lines("hij", 8, 9, 10),
		"sub/0":    lines("AB", -2, -1),
	})
	paths := []string{filepath.Join(dir, "1.log"), filepath.Join(dir, "2.log.gz"), filepath.Join(dir, "sub")}
	want := "ABabcdefghij"
	for _, opts := range []Options{{}, {Workers: 1}, {Workers: 7}, {ChunkSize: 50}, {MaxOpen: 2}, {Workers: 3, ChunkSize: 200}} {
		for range 3 {
			paths = append(paths[1:], paths[0])
			if ids, _ := readAll(t, paths, opts); strings.Join(ids, "") != want {
				t.Errorf("%+v: %s, want %s", opts, ids, want)
			}
		}
	}
	if ids, _ := readAll(t, append(paths, dir, paths[0]), Options{}); strings.Join(ids, "") != want {
		t.Errorf("named twice: %s", ids)
	}
	if ids, _ := readAll(t, paths, Options{Since: at(2), Until: at(9)}); strings.Join(ids, "") != "bcdefgh" {
		t.Errorf("since and until: %s", ids)
	}
}

// TestReaderOrder: records late in their own file are delivered where they
// stand; equal times are ordered by identity whatever the files' names.
func TestReaderOrder(t *testing.T) {
	dir := files(t, map[string]string{"x": lines("abcd", 1, 5, 2, 6), "y": lines("mn", 3, 4), "z": lines("o", 7)})
	ids, r := readAll(t, []string{dir}, Options{})
	if got := strings.Join(ids, ""); got != "amnbcdo" {
		t.Errorf("order %s", got)
	}
	if late := r.Report()[0].Late; late != 1 {
		t.Errorf("%d late, want 1", late)
	}
	same := map[string]string{}
	for i := range 20 {
		same[fmt.Sprint(i)] = line(fmt.Sprintf("id-%d", i), 1) + "\n"
	}
	first, _ := readAll(t, []string{files(t, same)}, Options{})
	renamed := map[string]string{}
	for name, text := range same {
		renamed["other-"+fmt.Sprint(len(name))+string(name[len(name)-1])+name] = text
	}
	second, _ := readAll(t, []string{files(t, renamed)}, Options{})
	if !slices.Equal(first, second) {
		t.Errorf("order by name: %s, %s", first, second)
	}
}

func TestReaderTakesTimesFromNeighbours(t *testing.T) {
	dir := files(t, map[string]string{"x": lines("a", 1) + `{"auditID":"u"}` + "\n" + lines("b", 5), "y": lines("m", 3), "z": `{"auditID":"v"}`})
	ids, r := readAll(t, []string{dir}, Options{})
	if got := strings.Join(ids, ""); got != "aumbv" {
		t.Errorf("order %s", got)
	}
	for _, s := range r.Report() {
		if s.Late+s.Future > 0 {
			t.Errorf("%+v", s)
		}
	}
}

func TestReaderTurnsNewestFirstAround(t *testing.T) {
	var newest, oldest []string
	for i := range 500 {
		newest = append(newest, line(fmt.Sprint(500-i), 1000-2*i))
		oldest = append(oldest, line(fmt.Sprintf("o%d", i), 2*i+1))
	}
	dir := files(t, map[string]string{"gcloud.json": "[\n" + strings.Join(newest, ",\n") + "\n]", "plain": strings.Join(oldest, "\n")})
	ids, r := readAll(t, []string{dir}, Options{ChunkSize: 4096})
	if len(ids) != 1000 || ids[0] != "o0" || ids[1] != "1" || ids[999] != "500" {
		t.Errorf("%d events, %s ... %s", len(ids), ids[:4], ids[len(ids)-4:])
	}
	for _, s := range r.Report() {
		if s.Late > 0 {
			t.Errorf("%s: %d late", s.Name, s.Late)
		}
	}
}

func TestReaderPassesOverOtherFiles(t *testing.T) {
	dir := files(t, map[string]string{
		"audit.log": lines("a", 1), "README": "read me\n", "binary": "\x7fELF\x02\x01\x01\x00\x00\n\x00", "picture.gz": gzipped("\x89PNG\r\n"),
		"empty": "", "package.json": `{"name":"x"}`,
	})
	os.Symlink(filepath.Join(dir, "audit.log"), filepath.Join(dir, "link"))
	os.Symlink(dir, filepath.Join(dir, "loop"))
	ids, r := readAll(t, []string{dir}, Options{})
	if got := strings.Join(ids, ""); got != "aa" { // the link is a file of its own
		t.Errorf("read %q", got)
	}
	var names []string
	for _, s := range r.Report() {
		names = append(names, filepath.Base(s.Name))
	}
	if want := []string{"audit.log", "link", "package.json"}; !slices.Equal(names, want) || r.Skipped() != 4 {
		t.Errorf("read %s, passed over %d", names, r.Skipped())
	}
}

func TestOpenErrors(t *testing.T) {
	dir := files(t, map[string]string{"README": "read me\n"})
	if _, err := Open(context.Background(), []string{filepath.Join(dir, "gone")}, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Open(context.Background(), []string{dir}, Options{}); !errors.Is(err, ErrNoLog) {
		t.Errorf("directory without logs: %v", err)
	}
	if _, err := Open(context.Background(), nil, Options{}); !errors.Is(err, ErrNoLog) {
		t.Errorf("nothing: %v", err)
	}
}

func TestReaderReadsStandardInput(t *testing.T) {
	dir := files(t, map[string]string{"x": lines("b", 2)})
	ids, _ := readAll(t, []string{"-", filepath.Join(dir, "x")}, Options{Stdin: strings.NewReader(gzipped(lines("ac", 1, 3)))})
	if got := strings.Join(ids, ""); got != "abc" {
		t.Errorf("read %q", got)
	}
	_, r := readAll(t, []string{"-"}, Options{})
	if problems := r.Report()[0].Problems; len(problems) != 1 {
		t.Errorf("without standard input: %+v", problems)
	}
}

func TestReaderStops(t *testing.T) {
	dir := files(t, map[string]string{"x": strings.Repeat(line("a", 1)+"\n", 50000), "y": strings.Repeat(line("b", 2)+"\n", 50000)})
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Open(ctx, []string{dir}, Options{ChunkSize: 4096})
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	for range 2 {
		if _, err := r.Next(); !errors.Is(err, context.Canceled) {
			t.Errorf("after cancel: %v", err)
		}
	}
	r.Close()
	r.Close()
	r, err = Open(context.Background(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.Next()
	r.Close()
	if _, err := r.Next(); err == nil {
		t.Error("reads on after Close")
	}
}

func TestReaderHooks(t *testing.T) {
	dir := files(t, map[string]string{"x": strings.Repeat(line("a", 1)+"\n", 5000), "y": strings.Repeat(line("b", 2)+"\n", 5000)})
	opts := Options{Workers: 3, ChunkSize: 2000, OnBatch: func(worker int, b *Batch) {
		if worker < 0 || worker > 2 {
			t.Errorf("worker %d", worker)
		}
		var ids []string
		for i := range b.Len() {
			ids = append(ids, event.APIRequestUID.Get(b.Event(i))+b.UID(i).String())
		}
		b.Aux = ids
	}}
	r, err := Open(context.Background(), []string{dir}, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	for {
		rec, err := r.Next()
		if err != nil {
			break
		}
		n++
		if got, want := rec.Batch.Aux.([]string)[rec.Index], event.APIRequestUID.Get(rec.Event)+rec.UID.String(); got != want {
			t.Fatalf("record %d: aux %s, want %s", n, got, want)
		}
	}
	if n != 10000 {
		t.Errorf("%d records", n)
	}
}

func TestWatermark(t *testing.T) {
	dir := files(t, map[string]string{"x": lines("abcd", 1, 5, 2, 1000)})
	now := func() time.Time { return at(10) }
	r, err := Open(context.Background(), []string{dir}, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []int64
	for {
		if _, err := r.Next(); err != nil {
			break
		}
		got = append(got, (r.Watermark()-at(0).UnixNano())/int64(time.Second))
	}
	if want := []int64{1, 5, 5, 310}; !slices.Equal(got, want) {
		t.Errorf("watermarks %v, want %v", got, want)
	}
	if s := r.Report()[0]; s.Future != 1 || s.Late != 1 {
		t.Errorf("report %+v", s)
	}
}

// TestReaderOpensFilesWhenDue: any number of rotated files, few of them open.
func TestReaderOpensFilesWhenDue(t *testing.T) {
	rotated := map[string]string{}
	for i := range 600 {
		rotated[fmt.Sprintf("audit-%03d.log", (i*7)%600)] = lines("ab", 2*((i*7)%600), 2*((i*7)%600)+1)
	}
	dir := files(t, rotated)
	r, err := Open(context.Background(), []string{dir}, Options{MaxOpen: 3, Now: func() time.Time { return at(1 << 20) }})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	last, n, open := int64(0), 0, 0
	for {
		rec, err := r.Next()
		if err != nil {
			break
		}
		if rec.Time < last {
			t.Fatalf("record %d is earlier than the one before", n)
		}
		last = rec.Time
		n++
		open = max(open, len(r.active))
	}
	if n != 1200 || open > 2 {
		t.Errorf("%d records, %d files open", n, open)
	}
}
