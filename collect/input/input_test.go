package input

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"

	"github.com/lynceus-io/lynceus/internal/journaltest"
)

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b", "a/c", "a/d"} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
		os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644)
	}
	join := func(name string) string { return filepath.Join(dir, name) }
	for _, test := range []struct {
		paths []string
		want  []string
	}{
		{[]string{dir}, []string{join("a/c"), join("a/d"), join("b")}},
		{[]string{join("b"), dir, join("a") + "/"}, []string{join("a/c"), join("a/d"), join("b")}},
		{[]string{join("b"), "-"}, []string{"-", join("b")}},
		{nil, nil},
	} {
		files, skipped, err := List(test.paths)
		var got []string
		for _, f := range files {
			got = append(got, f.Name)
			if named := slices.Contains(test.paths, f.Name); f.Named != named || f.Once != (f.Name == Stdin) {
				t.Errorf("%+v", f)
			}
		}
		if err != nil || len(skipped) > 0 || !slices.Equal(got, test.want) {
			t.Errorf("%s: %s, %v, %v", test.paths, got, skipped, err)
		}
	}
	if _, _, err := List([]string{join("gone")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

func TestOpen(t *testing.T) {
	for _, test := range []struct {
		in, want string
		layers   int
		err      error
	}{
		{"text", "text", 0, nil},
		{"", "", 0, nil},
		{"\x1f", "\x1f", 0, nil},
		{gzipped("text"), "text", 1, nil},
		{gzipped(gzipped("text")), "text", 2, nil},
		{gzipped("te") + gzipped("xt"), "text", 1, nil},
		{gzipped("text")[:20], "", 1, io.ErrUnexpectedEOF},
		{"2026-01-02T03:04:05.678Z {\"a\":1}\nno time\n2026-01-02T03:04:05Z {}", strings.Repeat(" ", 25) + "{\"a\":1}\nno time\n" + strings.Repeat(" ", 21) + "{}", 0, nil},
	} {
		for name, wrap := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader} {
			var done atomic.Int64
			s, err := Open(File{Name: Stdin}, wrap(strings.NewReader(test.in)), &done)
			if err != nil {
				t.Errorf("%q: %v", test.in, err)
				continue
			}
			got, err := io.ReadAll(wrap(s))
			if test.err == nil && string(got) != test.want || !errors.Is(err, test.err) || len(s.Layers()) != test.layers {
				t.Errorf("%q (%s): %q, %v, %s", test.in, name, got, err, s.Layers())
			}
			if done.Load() != int64(len(test.in)) {
				t.Errorf("%q (%s): %d bytes read", test.in, name, done.Load())
			}
			s.Close()
		}
	}
	if _, err := Open(File{Name: Stdin}, nil, nil); err == nil {
		t.Error("opened nothing")
	}
	if _, err := Open(File{Name: "/nonexistent"}, nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := Open(File{Name: Stdin}, strings.NewReader("\x1f\x8bxxxxxxxxxx"), nil); err == nil {
		t.Error("opened what only begins like gzip")
	}
}

func TestLooksLikeLog(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "plain\n": false, "{": true, "\n\n [": true, "\xef\xbb\xbf{": true, "cut off\"}\n{\"a\":1}": true,
		"2026-01-02T03:04:05.678Z {": true, "2026-01-02T03:04:05.678Z plain": false, "\xff\xfe{\x00": true, "\x7fELF{": false,
	} {
		if got := LooksLikeLog([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestTimePrefix(t *testing.T) {
	for text, want := range map[string]int{
		"2026-01-02T03:04:05Z {": 21, "2026-01-02T03:04:05.678Z {": 25, "2026-01-02T03:04:05.678Z x": 0, "2026-01-02T03:04:05.678 {": 0,
		"2026-01-02 03:04:05Z {": 0, "x026-01-02T03:04:05Z {": 0, "2026-01-02T03:04:05Z": 0, "": 0,
	} {
		if got := TimePrefix([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add([]byte("2026-01-02T03:04:05.678Z {}\n2026-01-02T03:04:05.678Z {}"))
	f.Add([]byte(gzipped("text")))
	f.Add([]byte("\x28\xb5\x2f\xfd\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Open(File{Name: Stdin}, bytes.NewReader(text), nil)
		if err != nil {
			return
		}
		defer s.Close()
		n, err := io.Copy(io.Discard, io.LimitReader(s, 1<<20))
		if err == nil && len(s.Layers()) == 0 && n != int64(len(text)) {
			t.Errorf("%q: %d bytes", text, n)
		}
	})
}

// A file of the journal is read as the documents that journalctl writes, and only where it lies.
func TestJournal(t *testing.T) {
	whole := journaltest.Unpack(t, "../journal/file/testdata/compact-zstd.journal.zst")
	path := filepath.Join(t.TempDir(), "any.name")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	var done atomic.Int64
	s, err := Open(File{Name: path}, nil, &done)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	text, err := io.ReadAll(s)
	docs := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(docs) != 59 || !strings.Contains(docs[0], `"PRIORITY":"1"`) || !strings.Contains(docs[0], `"_COMM":"sshd"`) || err == nil || !strings.Contains(err.Error(), "left out: 1 that are too long or too many") {
		t.Errorf("%d documents, %v: %s", len(docs), err, docs[0])
	}
	if n := done.Load(); n < 1<<16 || n > int64(len(whole)) {
		t.Errorf("%d of %d bytes read", n, len(whole))
	}
	for name, text := range map[string]string{"packed": gzipped(string(whole)), "standard input": string(whole)} {
		if _, err := Open(File{Name: Stdin}, strings.NewReader(text), nil); err == nil || !strings.Contains(err.Error(), "unpack it, and give its path") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
