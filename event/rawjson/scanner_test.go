package rawjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// scan returns what a Scanner makes of a text, documents as "line:document"
// and errors as "line@offset!message", in their order within a chunk.
func scan(tb testing.TB, r io.Reader, opts ScannerOptions) (docs, errs []string, stats ScanStats) {
	tb.Helper()
	s := NewScanner(r, opts)
	for {
		c, err := s.Next()
		if err == io.EOF {
			return docs, errs, s.Stats()
		}
		if err != nil {
			return docs, append(errs, err.Error()), s.Stats()
		}
		for i, d := range c.Docs {
			docs = append(docs, fmt.Sprintf("%d:%s", d.Line, c.Bytes(i)))
		}
		for _, e := range c.Errors {
			errs = append(errs, fmt.Sprintf("%d@%d!%s", e.Line, e.Offset, e.Msg))
		}
		c.Release()
	}
}

func TestScanner(t *testing.T) {
	for _, test := range []struct {
		name, text string
		docs, errs []string
	}{
		{"empty", "", nil, nil},
		{"blank", " \r\n\n", nil, nil},
		{"lines", "{\"a\":1}\n{\"a\":2}\n{\"a\":3}", []string{`1:{"a":1}`, `2:{"a":2}`, `3:{"a":3}`}, nil},
		{"crlf", "{\"a\":1}\r\n\r\n{\"a\":2}\r\n", []string{`1:{"a":1}`, `3:{"a":2}`}, nil},
		{"mark", "\xef\xbb\xbf{\"a\":1}\n{\"a\":2}\n", []string{`1:{"a":1}`, `2:{"a":2}`}, nil},
		{"commas", "{\"a\":1},\n{\"a\":2},\n{\"a\":3} ,\n", []string{`1:{"a":1}`, `2:{"a":2}`, `3:{"a":3}`}, nil},
		{"one line", `{"a":1}{"a":2} {"a":3}`, []string{`1:{"a":1}`, `1:{"a":2}`, `1:{"a":3}`}, nil},
		{"pretty", "{\n  \"a\": {\n  }\n}\n{\n  \"b\": 1\n}\n", []string{"1:{\n  \"a\": {\n  }\n}", "5:{\n  \"b\": 1\n}"}, nil},
		{"lines, pretty, lines", "{\"a\":1}\n{\n \"b\":1\n}\n{\"a\":2}\n",
			[]string{`1:{"a":1}`, "2:{\n \"b\":1\n}", `5:{"a":2}`}, nil},
		{"no indentation", "{\n\"a\": [\n{\n\"b\": 1\n},\n{\n\"b\": 2\n}\n]\n}\n{\"c\":1}\n",
			[]string{"1:{\n\"a\": [\n{\n\"b\": 1\n},\n{\n\"b\": 2\n}\n]\n}", `11:{"c":1}`}, nil},
		{"array", `[{"a":1}, "x",[3],4 ]`, []string{`1:{"a":1}`, `1:"x"`, "1:[3]", "1:4"}, nil},
		{"array on lines", "[\n{\"a\":1},\n{\"a\":2},\n]\n", []string{`2:{"a":1}`, `3:{"a":2}`}, nil},
		{"arrays", "[{\"a\":1}]\n[]\n[{\"a\":2}]\n", []string{`1:{"a":1}`, `3:{"a":2}`}, nil},
		{"event list", "{\"kind\":\"EventList\",\"metadata\":{},\"items\":[\n  {\"a\":1},\n  {\"a\":2}\n],\"x\":[1]}\n{\"b\":1}",
			[]string{`2:{"a":1}`, `3:{"a":2}`, `5:{"b":1}`}, nil},
		{"event lists on lines", "{\"items\":[{\"a\":1},{\"a\":2}]}\n{\"items\":[]}\n{\"items\":[{\"a\":3}]}\n",
			[]string{`1:{"a":1}`, `1:{"a":2}`, `3:{"a":3}`}, nil},
		{"event list after lines", "{\"kind\":\"Event\"}\n{\"kind\":\"Event\"}\n{\"kind\":\"EventList\",\"items\":[{\"a\":1}]}\n{\"kind\":\"Event\"}\n",
			[]string{`1:{"kind":"Event"}`, `2:{"kind":"Event"}`, `3:{"a":1}`, `4:{"kind":"Event"}`}, nil},
		{"two lists", `{"events":[{"a":1}],"n":0,"records":[{"b":2}]}`, []string{`1:{"a":1}`, `1:{"b":2}`}, nil},
		{"list that is none", `{"items":{"a":[1]}}`, []string{`1:{"items":{"a":[1]}}`}, nil},
		{"inner items", `{"a":{"items":[1]}}`, []string{`1:{"a":{"items":[1]}}`}, nil},

		{"broken line", "{\"a\":1}\n{\"a\":}\n{\"a\":2}\n", []string{`1:{"a":1}`, `3:{"a":2}`}, []string{"2@13!" + msgValue}},
		{"broken first line", "{\"a\":}\n{\"a\":1}\n{\"a\":2}\n", []string{`2:{"a":1}`, `3:{"a":2}`}, []string{"1@5!" + msgValue}},
		{"cut first line", "{\"a\":{\"b\":\n{\"a\":1}\n{\"a\":2}\n", []string{`2:{"a":1}`, `3:{"a":2}`},
			[]string{"1@0!value is broken in a later line: " + msgMember}},
		{"cut first line in a string", "{\"a\":\"x\n{\"a\":1}\n{\"a\":2}\n", []string{`2:{"a":1}`, `3:{"a":2}`}, []string{"1@7!" + msgControl}},
		{"cut line", "{\"a\":1}\n{\"a\":[\n{\"a\":2}\n{\"a\":3}\n", []string{`1:{"a":1}`, `3:{"a":2}`, `4:{"a":3}`},
			[]string{"2@8!value is broken in a later line: " + msgElement}},
		{"cut end", "{\"a\":1}\n{\"a\":2", []string{`1:{"a":1}`}, []string{"2@14!" + msgEnd}},
		{"text", "hello\nworld\n{\"a\":1}\n", []string{`3:{"a":1}`}, []string{"1@0!" + msgTopLevel, "2@6!" + msgTopLevel}},
		{"text between", "{\"a\":1}\nhello\n{\"a\":2}\n", []string{`1:{"a":1}`, `3:{"a":2}`}, []string{"2@8!" + msgTopLevel}},
		{"NUL bytes", "{\"a\":1}\n\x00\x00\x00\n{\"a\":2}\n", []string{`1:{"a":1}`, `3:{"a":2}`}, []string{"2@8!" + msgTopLevel}},
		{"scalars", "1\n\"x\"\n{}", []string{"3:{}"}, []string{"1@0!" + msgTopLevel}},
		{"broken pretty", "{\n  \"a\": tru,\n  \"b\": {\n  }\n}\n{\n  \"c\": 1\n}\n", []string{"6:{\n  \"c\": 1\n}"},
			[]string{"1@0!value is broken in a later line: " + msgValue}},
		{"cut pretty", "{\n  \"a\": [\n    1,\n{\n  \"c\": 1\n}\n{\n  \"d\": 1\n}\n", []string{"4:{\n  \"c\": 1\n}", "7:{\n  \"d\": 1\n}"},
			[]string{"1@0!value is broken in a later line: " + msgElement}},
		{"closer", "]\n{\"a\":1}\n", []string{`2:{"a":1}`}, []string{"1@0!" + msgCloser}},
		{"too deep", strings.Repeat("[", 10_000) + "\n{\"a\":1}\n", []string{`2:{"a":1}`}, []string{"1@513!" + msgDepth}},

		{"broken element", `[{"a":1},{"a":},{"a":[}],{"a":3}]`, []string{`1:{"a":1}`, `1:{"a":3}`}, []string{"1@14!" + msgValue, "1@22!" + msgValue}},
		{"text in a list", `[{"a":1},oops , {"a":3}]`, []string{`1:{"a":1}`, `1:{"a":3}`}, []string{"1@9!" + msgValue}},
		{"broken elements on lines", "{\"items\":[\n  {\"a\":tru},\n  {\"a\":2},\n  {\"a\":\n  {\"a\":3}\n]}\n{\"b\":1}\n",
			[]string{`3:{"a":2}`, `5:{"a":3}`, `7:{"b":1}`}, []string{"2@18!" + msgValue, "4@37!value is broken in a later line: " + msgMember}},
		{"cut pretty element", "[\n  {\n    \"a\": {\n  },\n  {\n    \"a\": 2\n  }\n]\n", []string{"5:{\n    \"a\": 2\n  }"},
			[]string{"2@4!value is broken in a later line: " + msgName}},
		{"cut last element", "[\n  {\n    \"a\": {\n  \n]\n{\"b\":1}\n", []string{`6:{"b":1}`},
			[]string{"2@4!value is broken in a later line: " + msgName}},
		{"cut list", "{\"items\":[\n  {\"a\":1},\n", []string{`2:{"a":1}`}, []string{"3@22!" + msgListEnd}},
		{"cut list and more", "{\"items\":[\n  {\"a\":1}\n{\"b\":1}\n{\"b\":2}\n", []string{`2:{"a":1}`, `3:{"b":1}`, `4:{"b":2}`},
			[]string{"3@21!" + msgSeparator}},
		{"cut object after list", "{\"items\":[{\"a\":1}],\"b\":\n", []string{`1:{"a":1}`}, []string{"1@23!" + msgEnd}},
		{"object not closed", "{\"items\":[{\"a\":1}]\n{\"b\":1}\n", []string{`1:{"a":1}`, `2:{"b":1}`}, []string{"2@19!" + msgMember}},
		{"no comma", `[{"a":1}{"a":2}]`, []string{`1:{"a":1}`, `1:{"a":2}`}, []string{"1@8!" + msgSeparator}},
		{"no commas on lines", "[\n{\"a\":1}\n{\"a\":2}\n]\n{\"b\":1}\n", []string{`2:{"a":1}`, `3:{"a":2}`, `5:{"b":1}`}, []string{"3@10!" + msgSeparator}},
		{"UTF-16", "\xff\xfe{\x00", nil, []string{"line 1, byte offset 0: " + msgUTF16}},
		{"UTF-16 without mark", "\x00{\x00\"", nil, []string{"line 1, byte offset 0: " + msgUTF16}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, size := range []int{1, 7, 64, 1 << 16} {
				docs, errs, stats := scan(t, strings.NewReader(test.text), ScannerOptions{ChunkSize: size})
				if !slices.Equal(docs, test.docs) {
					t.Errorf("chunks of %d: documents\n got %q\nwant %q", size, docs, test.docs)
				}
				if !slices.Equal(errs, test.errs) {
					t.Errorf("chunks of %d: errors\n got %q\nwant %q", size, errs, test.errs)
				}
				if sum := stats.DocumentBytes + stats.FramingBytes + stats.BrokenBytes; sum != stats.Bytes {
					t.Errorf("chunks of %d: %+v do not add up", size, stats)
				}
				if int(stats.Bytes) != len(test.text) && !strings.HasPrefix(test.name, "UTF-16") {
					t.Errorf("chunks of %d: %d of %d bytes dealt with", size, stats.Bytes, len(test.text))
				}
			}
		})
	}
}

func TestScannerTooBig(t *testing.T) {
	big := strings.Repeat(`[{"x":"\"}"}],`, 200)
	for _, test := range []struct {
		name, text string
		docs       []string
		line, off  int64
	}{
		{"line", "{\"a\":1}\n{\"b\":[" + big + "1]}\n{\"a\":2}\n", []string{`1:{"a":1}`, `3:{"a":2}`}, 2, 8},
		{"first line", "{\"b\":[" + big + "1]}\n{\"a\":2}\n", []string{`2:{"a":2}`}, 1, 0},
		{"cut line", "{\"b\":[" + big + "\n{\"a\":2}\n", []string{`2:{"a":2}`}, 1, 0},
		{"last line", "{\"a\":1}\n{\"b\":[" + big, []string{`1:{"a":1}`}, 2, 8},
		{"pretty", "{\n  \"b\":[" + strings.ReplaceAll(big, ",", ",\n    ") + "1]\n}\n{\"a\":2}\n", []string{`204:{"a":2}`}, 1, 0},
		{"cut pretty", "{\n  \"b\":[" + strings.ReplaceAll(big, ",", ",\n    ") + "\n{\"a\":2}\n", []string{`203:{"a":2}`}, 1, 0},
		{"element", `[{"a":1},[` + big + `1],{"a":2}]`, []string{`1:{"a":1}`, `1:{"a":2}`}, 1, 9},
		{"string", `[{"a":1},"` + strings.Repeat("x\\\"", 2000) + `",{"a":2}]`, []string{`1:{"a":1}`, `1:{"a":2}`}, 1, 9},
		{"number", `[{"a":1},` + strings.Repeat("1", 2000) + `,{"a":2}]`, []string{`1:{"a":1}`, `1:{"a":2}`}, 1, 9},
		{"after a list", `{"items":[{"a":1}],"b":[` + big + `1]}{"a":2}`, []string{`1:{"a":1}`, `1:{"a":2}`}, 1, 18},
	} {
		for _, size := range []int{1, 16, 1 << 16} {
			s := NewScanner(strings.NewReader(test.text), ScannerOptions{ChunkSize: size, MaxValue: 1000})
			var docs []string
			var errs []*SyntaxError
			for {
				c, err := s.Next()
				if err != nil {
					break
				}
				for i, d := range c.Docs {
					docs = append(docs, fmt.Sprintf("%d:%s", d.Line, c.Bytes(i)))
				}
				errs = append(errs, c.Errors...)
			}
			if !slices.Equal(docs, test.docs) {
				t.Errorf("%s, chunks of %d: got %q, want %q", test.name, size, docs, test.docs)
			}
			if len(errs) != 1 || *errs[0] != (SyntaxError{test.line, test.off, msgTooBig}) {
				t.Errorf("%s, chunks of %d: errors %v", test.name, size, errs)
			}
		}
	}
}

func TestScannerReadError(t *testing.T) {
	bad := errors.New("bad disk")
	r := io.MultiReader(strings.NewReader("{\"a\":1}\n{\"a\""), iotest.ErrReader(bad))
	s := NewScanner(r, ScannerOptions{})
	c, err := s.Next()
	if err != nil || len(c.Docs) != 1 || c.Broken != 1 {
		t.Fatalf("got %+v, %v", c, err)
	}
	if _, err = s.Next(); err != bad {
		t.Errorf("got %v", err)
	}
}

func TestScannerRealLog(t *testing.T) {
	lines := realEvents(t)
	text := bytes.Join(lines, newline)
	for _, size := range []int{1 << 10, 1 << 20} {
		s := NewScanner(iotest.HalfReader(bytes.NewReader(text)), ScannerOptions{ChunkSize: size})
		var got [][]byte
		for {
			c, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil || c.Broken != 0 {
				t.Fatal(err, c.Errors)
			}
			for i := range c.Docs {
				got = append(got, bytes.Clone(c.Bytes(i)))
			}
			c.Release()
		}
		if !slices.EqualFunc(got, lines, bytes.Equal) {
			t.Errorf("chunks of %d: %d documents, want %d lines", size, len(got), len(lines))
		}
	}
}

// Lines that begin like those before are for the decoder to check.
func TestChunkLocate(t *testing.T) {
	line := `{"kind":"Event","apiVersion":"audit.k8s.io/v1","a":1}` + "\n"
	broken := strings.Replace(line, "1}", "\x01}", 1)
	s := NewScanner(strings.NewReader(line+broken+line), ScannerOptions{})
	c, err := s.Next()
	if err != nil || len(c.Docs) != 3 {
		t.Fatalf("got %+v, %v", c, err)
	}
	var syntax *SyntaxError
	if !errors.As(Valid(c.Bytes(1), 0), &syntax) {
		t.Fatal("no error")
	}
	if got := c.Locate(1, syntax); got.Line != 2 || got.Offset != int64(len(line)+strings.IndexByte(broken, 1)) {
		t.Errorf("got %v", got)
	}
}

// Each line takes in hundreds of those that follow it before it proves broken.
func TestScannerHostileLines(t *testing.T) {
	size := 4 << 20
	if testing.Short() {
		size >>= 3
	}
	for _, line := range []string{"{\"a\":[\n", "[x{{{{\n", "[\n  {\"a\":[\n", "[{\"a\":[\n"} {
		n := size / len(line)
		text := strings.Repeat(line, n) + "{\"z\":1}\n"
		s := NewScanner(strings.NewReader(text), ScannerOptions{})
		docs := 0
		for {
			c, err := s.Next()
			if err != nil {
				break
			}
			docs += len(c.Docs)
			c.Release()
		}
		if docs != 1 || s.Stats().Bytes != int64(len(text)) {
			t.Errorf("%q: %d documents, %+v", line, docs, s.Stats())
		}
		t.Logf("%q: %d bytes looked at in vain for %d", line, s.wasted, len(text))
	}
}
