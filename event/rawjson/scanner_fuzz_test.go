package rawjson

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		"{\"a\":1}\n{\"a\":2}\r\n", "[{\"a\":1},\n{\"b\":tru},{}]", "{\"items\":[{},\n1,\"x\"],\"b\":{}}",
		"{\n  \"a\": [\n    1\n  ]\n}\n{}", "{\"a\":[\n{\"a\":\"\n]}", "\xef\xbb\xbf[", "}{,]", "{\"items\":[],\"value\":\n",
		"{\"a\":\"0123456789012345678901234567890123456789\"}\n{\"b\":1}",
	} {
		f.Add([]byte(seed), 3)
	}
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		// Whatever came before, documents on lines of their own are found
		// again, the last of three at the latest.
		const last = `{"last":true}`
		text = slices.Concat(text, []byte("\n"), []byte(strings.Repeat(last+"\n", 3))) // what is given stays as it is
		if isUTF16(text) {
			return
		}
		opts := ScannerOptions{ChunkSize: 1 + size&127, MaxValue: 40 + size>>8&255, MaxDepth: 20}
		s := NewScanner(bytes.NewReader(text), opts)
		var n, broken int64
		var end int64
		found := false
		for {
			c, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Docs) == 0 && c.Broken == 0 {
				t.Fatal("chunk with neither documents nor errors")
			}
			for i, d := range c.Docs {
				doc := c.Bytes(i)
				start := c.Offset + int64(d.Start)
				if start < end || !bytes.Equal(doc, text[start:start+int64(len(doc))]) {
					t.Fatalf("document %q is not at %d", doc, start)
				}
				end = start + int64(len(doc))
				if line := int64(bytes.Count(text[:start], newline)) + 1; d.Line != line {
					t.Errorf("document at %d has line %d, want %d", start, d.Line, line)
				}
				if len(doc) > opts.MaxValue {
					t.Errorf("document of %d bytes, the limit is %d", len(doc), opts.MaxValue)
				}
				found = string(doc) == last && end == int64(len(text))-1
			}
			if len(c.Faulty) != len(c.Errors) {
				t.Fatalf("%d places of %d errors", len(c.Faulty), len(c.Errors))
			}
			for i, e := range c.Errors {
				if f := c.Faulty[i]; f.Start < 0 || f.Start > f.End || f.End > len(c.Data) {
					t.Fatalf("%v stands at %+v of %d bytes", e, f, len(c.Data))
				}
				if e.Offset > int64(len(text)) || e.Line != int64(bytes.Count(text[:e.Offset], newline))+1 {
					t.Errorf("place of %v", e)
				}
			}
			n += int64(len(c.Docs))
			broken += int64(c.Broken)
			c.Release()
		}
		stats := s.Stats()
		if stats.Documents != n || stats.Errors != broken || stats.Bytes != int64(len(text)) ||
			stats.DocumentBytes+stats.FramingBytes+stats.BrokenBytes != stats.Bytes {
			t.Errorf("%d documents, %d errors in %d bytes, but %+v", n, broken, len(text), stats)
		}
		if !found {
			t.Errorf("last line not found")
		}
	})
}
