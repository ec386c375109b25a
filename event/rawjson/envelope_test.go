package rawjson

import (
	"io"
	"strings"
	"testing"
)

func TestEnvelope(t *testing.T) {
	long := strings.Repeat("x", maxEnvelopeText)
	for text, want := range map[string]Envelope{
		`{"kind":"PodList","apiVersion":"v1","items":[{"kind":"Pod"}]}`:                      {"PodList", "v1"},
		`{"apiVersion":"v1","metadata":{"kind":"no"},"items":[{}], "kind" : "PodList" }`:     {"PodList", "v1"},
		`{"kind":"Event","apiVersion":"v1"}`:                                                 {},
		`{"kind":"A","items":[]}{"apiVersion":"b","items":[]}`:                               {"", "b"},
		`{"kind":"A","items":[{}]}{"kind":"B"}[{"kind":"C"}]`:                                {"A", ""},
		`{"kind":5,"apiVersion":["v1"],"items":[{}]}`:                                        {},
		`{"kind":"` + long + `","items":[{}]}`:                                               {},
		`{"kind":"A","items":[{}],"kind":"B"}`:                                               {"B", ""},
		`{"kinds":"A","items":[{}]`:                                                          {},
		`[{"kind":"A"}]`:                                                                     {},
		"{\n \"kind\": \"PodList\",\n \"items\": [\n  {\n   \"kind\": \"Pod\"\n  }\n ]\n}\n": {"PodList", ""},
	} {
		for _, chunk := range []int{0, 16} {
			s := NewScanner(strings.NewReader(text), ScannerOptions{ChunkSize: chunk})
			for {
				c, err := s.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				c.Release()
			}
			if got := s.Envelope(); got != want {
				t.Errorf("%s in chunks of %d: %+v, want %+v", text, chunk, got, want)
			}
		}
	}
}
