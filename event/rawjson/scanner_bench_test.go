package rawjson

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
)

func BenchmarkScanner(b *testing.B) {
	docs := realEvents(b)
	var pretty bytes.Buffer
	for _, doc := range docs[:500] {
		if err := json.Indent(&pretty, doc, "", "  "); err != nil {
			b.Fatal(err)
		}
		pretty.WriteByte('\n')
	}
	joined := bytes.Join(docs, []byte(","))
	for _, bench := range []struct {
		name string
		text []byte
	}{
		{"lines", append(bytes.Join(docs, newline), '\n')},
		{"array", append(append([]byte{'['}, joined...), ']')},
		{"list", append(append([]byte(`{"kind":"EventList","items":[`), joined...), "]}"...)},
		{"pretty", pretty.Bytes()},
	} {
		b.Run(bench.name, func(b *testing.B) {
			const copies = 8
			b.SetBytes(copies * int64(len(bench.text)))
			b.ReportAllocs()
			for b.Loop() {
				var parts []io.Reader
				for range copies {
					parts = append(parts, bytes.NewReader(bench.text))
				}
				s := NewScanner(io.MultiReader(parts...), ScannerOptions{})
				for {
					c, err := s.Next()
					if err != nil {
						break
					}
					c.Release()
				}
				if stats := s.Stats(); stats.Errors > 0 || stats.Bytes != copies*int64(len(bench.text)) {
					b.Fatalf("%+v", stats)
				}
			}
		})
	}
}
