package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/lynceus-io/lynceus/collect/journal/file"
)

// binaryField is a field as the export form writes any bytes.
func binaryField(name, value string) string {
	return name + "\n" + string(binary.LittleEndian.AppendUint64(nil, uint64(len(value)))) + value + "\n"
}

// entries reads a text in the export form.
func entries(t testing.TB, r io.Reader) (docs []string, err error) {
	t.Helper()
	x := NewExporter(r)
	for {
		doc, err := x.Next()
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return docs, err
		}
		docs = append(docs, string(doc))
	}
}

func TestExport(t *testing.T) {
	long := strings.Repeat("x", file.MaxField+1)
	for name, test := range map[string]struct {
		text   string
		want   []string
		broken bool
	}{
		"nothing":            {"", nil, false},
		"two":                {"__CURSOR=a\nMESSAGE=b=c\n\n\n__CURSOR=d\n\n", []string{`{"__CURSOR":"a","MESSAGE":"b=c"}`, `{"__CURSOR":"d"}`}, false},
		"bytes":              {"A=1\n" + binaryField("MESSAGE", "two\nlines\x00") + "B=2\n\n", []string{`{"A":"1","MESSAGE":"two\nlines\u0000","B":"2"}`}, false},
		"no UTF-8":           {"A=\xff\n\n", []string{"{\"A\":\"\ufffd\"}"}, false},
		"a name twice":       {"A=1\nA=2\n\n", []string{`{"A":"1"}`}, false},
		"not complete":       {"A=1\n\nB=2\n", []string{`{"A":"1"}`}, false},
		"not complete bytes": {"A=1\n\nB\n\x05\x00", []string{`{"A":"1"}`}, false},
		"long":               {"A=1\nL=" + long + "\nB=2\n\n", []string{`{"A":"1","B":"2"}`}, false},
		"long bytes":         {"A=1\n" + binaryField("L", long) + "B=2\n\n", []string{`{"A":"1","B":"2"}`}, false},
		"many":               {strings.Repeat("A=1\n", 1000) + "\n", []string{`{"A":"1"}`}, false},
		"another form":       {"Nov 22 21:49:23 host program: hello\n", nil, true},
		"no name":            {"=1\n\n", nil, true},
		"too long by far":    {"A\n\xff\xff\xff\xff\xff\xff\xff\xff", nil, true},
		"no end":             {"A\n" + string(binary.LittleEndian.AppendUint64(nil, 1)) + "xy\n", nil, true},
		"a very long name":   {strings.Repeat("N", 100_000) + "=1\n\n", nil, true},
	} {
		for _, r := range []io.Reader{strings.NewReader(test.text), iotest.OneByteReader(strings.NewReader(test.text))} {
			got, err := entries(t, r)
			if (err != nil) != test.broken || strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("%s: %.200q, %v", name, got, err)
			}
		}
	}
}

func FuzzExport(f *testing.F) {
	f.Add([]byte("__CURSOR=a\nMESSAGE=b\n\n"))
	f.Add([]byte("A=1\n" + binaryField("MESSAGE", "two\nlines") + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		docs, _ := entries(t, bytes.NewReader(text))
		for _, d := range docs {
			if !json.Valid([]byte(d)) {
				t.Errorf("%q", d)
			}
		}
	})
}
