package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/journaltest"
)

// unpacked returns a file of testdata: files that systemd-journal-remote 252
// wrote of the same entries, and what journalctl --output export said of them.
// The file online was copied while it was being written.
func unpacked(t testing.TB, name string) []byte {
	t.Helper()
	return journaltest.Unpack(t, filepath.Join("testdata", name+".zst"))
}

var real = []string{"compact-zstd", "regular-zstd", "regular-plain", "online"}

// exported returns the fields of each entry of a text in the export form, without those that are too long to be read.
func exported(t testing.TB, text []byte) (entries [][]string) {
	t.Helper()
	var entry []string
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		name, value, simple := strings.Cut(string(line), "=")
		switch {
		case len(line) == 0:
			entries, entry = append(entries, entry), nil
			text = rest
			continue
		case !simple:
			n := binary.LittleEndian.Uint64(rest)
			value, rest = string(rest[8:8+n]), rest[8+n+1:]
		}
		if text = rest; len(value) < MaxData {
			entry = append(entry, name+"="+value)
		}
	}
	return entries
}

// read returns the entries that a file has from here on, as journalctl exports them.
func read(t testing.TB, f *File) (entries [][]string, u Unread, err error) {
	t.Helper()
	for {
		s, err := f.Next()
		if errors.Is(err, ErrEntry) {
			u.Broken++
			f.Skip()
			continue
		}
		if err != nil {
			return entries, u, err
		}
		f.Skip()
		entry := []string{
			"__CURSOR=" + f.Cursor(s), fmt.Sprint("__REALTIME_TIMESTAMP=", s.Realtime), fmt.Sprint("__MONOTONIC_TIMESTAMP=", s.Monotonic), "_BOOT_ID=" + s.Boot.String(),
		}
		more, err := f.Fields(s, func(name, value []byte) {
			if string(name) != "_BOOT_ID" {
				entry = append(entry, string(name)+"="+string(value))
			}
		})
		u.Add(more)
		if err != nil {
			return entries, u, err
		}
		entries = append(entries, entry)
	}
}

// Every entry, field and cursor is as journalctl says it.
func TestReal(t *testing.T) {
	for _, name := range real {
		f, err := Open(bytes.NewReader(unpacked(t, name+".journal")))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, u, err := read(t, f)
		want := exported(t, unpacked(t, name+".export"))
		if !errors.Is(err, io.EOF) || len(want) != 59 || u != (Unread{Long: 1}) || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %v, %+v, %d entries of %d", name, err, u, len(got), len(want))
		}
		if wantState := map[string]State{"online": Online}[name]; f.State != wantState || f.HeadSeqnum != 1 || f.TailSeqnum != 59 {
			t.Errorf("%s: %+v", name, f.Header)
		}
	}
}

// What was written by the writer of the tests is read back, in every mode; what XZ packed is counted.
func TestModes(t *testing.T) {
	long := "MESSAGE=" + strings.Repeat("long and alike ", 50)
	for _, compact := range []bool{false, true} {
		for pack, want := range map[string]string{"": long, "lz4": long, "zstd": long, "xz": ""} {
			path := filepath.Join(t.TempDir(), "system.journal")
			w := journaltest.New(t, path, journaltest.Options{Compact: compact, Pack: pack, ID: 1, SeqnumID: 1})
			for i := range 50 {
				w.Append(uint64(1000+i), "A=1", long)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Open(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			got, u, err := read(t, f)
			if !errors.Is(err, io.EOF) || len(got) != 50 || got[49][4] != "A=1" || want != "" && got[49][5] != want || (u.XZ == 50) != (pack == "xz") || u.Long+u.Broken > 0 {
				t.Errorf("%v %s: %v, %+v, %q", compact, pack, err, u, got)
			}
		}
	}
}

// Reading goes on from a place, and sees what is written later.
func TestSeek(t *testing.T) {
	path := filepath.Join(t.TempDir(), "system.journal")
	w := journaltest.New(t, path, journaltest.Options{Compact: true})
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := Open(r)
	if err != nil {
		t.Fatal(err)
	}
	for written := range uint64(70) {
		for from := range written + 2 {
			if err := f.Seek(func(s Stamp) bool { return s.Seqnum >= from }); err != nil {
				t.Fatal(err)
			}
			s, err := f.Next()
			if want := max(1, from); want > written && !errors.Is(err, io.EOF) || want <= written && (err != nil || s.Seqnum != want) {
				t.Fatalf("%d written, from %d: %+v, %v", written, from, s, err)
			}
		}
		if err := f.Seek(func(Stamp) bool { return false }); err != nil {
			t.Fatal(err)
		}
		w.Append(written, "A=1")
		if err := f.Refresh(); err != nil {
			t.Fatal(err)
		}
		if s, err := f.Next(); err != nil || s.Seqnum != written+1 {
			t.Fatalf("%d written: %+v, %v", written+1, s, err)
		}
	}
}

// What is no journal file, or of a later version, is refused; what ends early, or leads in circles, is read as far as it goes.
func TestBroken(t *testing.T) {
	whole := unpacked(t, "regular-plain.journal")
	edited := func(at int, v uint64) []byte {
		b := bytes.Clone(whole)
		binary.LittleEndian.PutUint64(b[at:], v)
		return b
	}
	second := binary.LittleEndian.Uint64(whole[176:]) // array
	third := binary.LittleEndian.Uint64(whole[second+16:])
	for name, test := range map[string]struct {
		file []byte
		open string // in the error of Open
		next string // or in the one that ends reading
		n    int
	}{
		"nothing":          {nil, "it ends before byte", "", 0},
		"something else":   {bytes.Repeat([]byte("no journal\n"), 100), "it does not begin with LPKSHHRH", "", 0},
		"a later version":  {edited(8, 1<<40), "incompatible flags 0x100, which are not known: update Lynceus", "", 0},
		"a huge arena":     {edited(96, 1<<63), "a header of", "", 0},
		"cut":              {whole[:third+40], "", "it ends before byte", 5},
		"a circle":         {edited(int(third+16), second), "", "leads back", 12},
		"itself":           {edited(int(second+16), second), "", "leads back", 4},
		"no array":         {edited(176, 24), "", "an object at 24", 0},
		"beyond the end":   {edited(int(second+16), 1<<62), "", "an object at", 4},
		"an entry missing": {edited(int(second+24), 8), "", "EOF", 58},
		"an empty array":   {edited(int(third+8), 24), "", "EOF", 59 - 8},
	} {
		f, err := Open(bytes.NewReader(test.file))
		if test.open != "" {
			if err == nil || !strings.Contains(err.Error(), test.open) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, _, err := read(t, f)
		if len(got) != test.n || !strings.Contains(err.Error(), test.next) {
			t.Errorf("%s: %d entries, %v", name, len(got), err)
		}
	}
}

func FuzzFile(f *testing.F) {
	for _, name := range real {
		b := unpacked(f, name+".journal")
		f.Add(bytes.TrimRight(b, "\x00"))
	}
	for _, pack := range []string{"lz4", "zstd"} {
		path := filepath.Join(f.TempDir(), "system.journal")
		w := journaltest.New(f, path, journaltest.Options{Compact: true, Pack: pack})
		w.Append(1, "MESSAGE="+strings.Repeat("packed ", 50))
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := Open(bytes.NewReader(b))
		if err != nil {
			return
		}
		most := len(b)/4 + 1 // offsets of entries that fit
		for range most {
			s, err := x.Next()
			if errors.Is(err, ErrEntry) {
				x.Skip()
				continue
			}
			if err != nil {
				return
			}
			if _, err := x.Fields(s, func(name, value []byte) {
				if len(name)+1+len(value) > MaxData {
					t.Errorf("%d bytes", len(value))
				}
			}); err != nil {
				t.Fatal(err)
			}
			x.Skip()
		}
		if _, err := x.Next(); err == nil {
			t.Error("more entries than fit into the file")
		}
	})
}
