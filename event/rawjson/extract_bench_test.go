package rawjson

import (
	"encoding/json"
	"testing"
)

func BenchmarkExtract(b *testing.B) {
	docs := realEvents(b)
	for _, bench := range []struct {
		name  string
		paths []string
	}{
		{"none", nil},
		{"one", []string{"auditID"}},
		{"intake", auditPaths},
		{"wildcard", append([]string{"annotations.*", "requestObject.metadata.labels.*"}, auditPaths...)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			opts := Options{PatchRoots: mustPaths(b, "requestObject")}
			x := mustCompile(b, opts, bench.paths...)
			var v Values
			b.SetBytes(totalSize(docs) / int64(len(docs)))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := x.Extract(docs[i%len(docs)], &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncodingJSONValid(b *testing.B) {
	docs := realEvents(b)
	b.SetBytes(totalSize(docs) / int64(len(docs)))
	for i := 0; b.Loop(); i++ {
		json.Valid(docs[i%len(docs)])
	}
}
