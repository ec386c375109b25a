package audit

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzReader: any bytes give the same events whatever the size of chunks and
// the number of workers, and nothing panics.
func FuzzReader(f *testing.F) {
	text := lines("abc", 1, 2, 3)
	for _, seed := range []string{
		text, "", "[" + text + "]", gzipped(text), gzipped(text)[:40], "\xef\xbb\xbf" + text, strings.ReplaceAll(text, "\n", ""),
		"2026-01-02T03:04:05.678Z " + text, "\xff\xfe{\x00", `{"records":[` + line("a", 1) + `,`, "\n\n{\n" + text, "\x28\xb5\x2f\xfd",
		line("a", 9) + "\n" + lines("bcd", 5, 4, 3), `{"message":` + quoted(line("a", 1)) + "}\n" + text,
	} {
		f.Add([]byte(seed))
	}
	now := func() time.Time { return at(0) }
	f.Fuzz(func(t *testing.T, text []byte) {
		var want []string
		for i, opts := range []Options{{Workers: 1, ChunkSize: 1 << 16}, {Workers: 3, ChunkSize: 100}} {
			opts.Now, opts.Stdin = now, bytes.NewReader(text)
			ids, _ := readAll(t, []string{"-"}, opts)
			if i == 0 {
				want = ids
			} else if !slices.Equal(ids, want) {
				t.Errorf("%q in small chunks: %q, want %q", text, ids, want)
			}
		}
	})
}
