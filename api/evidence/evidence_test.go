package evidence

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func sample(t testing.TB, rows ...string) ([]byte, Sum) {
	t.Helper()
	w := NewWriter()
	for _, r := range rows {
		if err := w.Add([]byte(r)); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	sum, err := w.WriteTo(&b, Header{
		Query: "audit | where x < 1", Time: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC), Store: "s1",
		Columns: []Column{{"name", "string"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), sum
}

func tenRows() []string {
	var out []string
	for i := range 10 {
		out = append(out, fmt.Sprintf(`["row %d"]`, i))
	}
	return out
}

func verify(t testing.TB, b []byte) *Report {
	t.Helper()
	r, err := Verify(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhole(t *testing.T) {
	b, sum := sample(t, tenRows()...)
	r := verify(t, b)
	if len(r.Flaws) != 0 || r.Rows != 10 || r.Hash != sum.Hash || sum.Rows != 10 || r.Header.Query != "audit | where x < 1" {
		t.Errorf("%+v, sum %+v", r, sum)
	}
	empty, _ := sample(t)
	if r := verify(t, empty); len(r.Flaws) != 0 || r.Rows != 0 {
		t.Errorf("no rows: %+v", r)
	}
}

func TestSameBytesWhateverTheOrder(t *testing.T) {
	rows := tenRows()
	a, _ := sample(t, rows...)
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	if b, _ := sample(t, rows...); !bytes.Equal(a, b) {
		t.Error("the order in which rows come changes the file")
	}
}

// TestEveryByte changes each byte of a file in turn, and expects the line to
// be named.
func TestEveryByte(t *testing.T) {
	b, _ := sample(t, tenRows()...)
	line := int64(1)
	for i := range b {
		changed := bytes.Clone(b)
		changed[i] ^= 0x01
		r := verify(t, changed)
		if len(r.Flaws) == 0 {
			t.Fatalf("byte %d (line %d) changed unnoticed", i, line)
		}
		if got := r.Flaws[0].Line; got != line && got != line+1 {
			t.Errorf("byte %d is of line %d; the flaw is told of line %d: %s", i, line, got, r.Flaws[0].Text)
		}
		if b[i] == '\n' {
			line++
		}
	}
}

func TestLines(t *testing.T) {
	whole, _ := sample(t, tenRows()...)
	lines := strings.SplitAfter(strings.TrimSuffix(string(whole), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	other, _ := sample(t, `["foreign"]`)
	foreign := strings.SplitAfter(string(other), "\n")[1]
	join := func(parts ...[]string) string {
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(strings.Join(p, ""))
		}
		return b.String()
	}
	tests := []struct {
		name, in string
		line     int64
		want     string
	}{
		{"missing", join(lines[:3], lines[4:]), 4, "missing before it"},
		{"twice", join(lines[:4], lines[3:]), 5, "added"},
		{"swapped", join(lines[:3], lines[4:5], lines[3:4], lines[5:]), 4, "moved"},
		{"added", join(lines[:3], []string{foreign}, lines[3:]), 4, "added"},
		{"cut off", join(lines[:5]), 6, "cut off"},
		{"no end", join(lines[:11]), 12, "cut off"},
		{"after the end", join(lines, lines[:1]), 13, "added"},
		{"no header", join(lines[1:]), 1, "no header"},
		{"half a line", join(lines)[:len(join(lines))-10], 12, "changed"},
		{"no line end", strings.TrimSuffix(join(lines), "\n"), 12, "ends within"},
		{"empty line", join(lines[:2], []string{"\n"}, lines[2:]), 3, "changed"},
		{"carriage return", strings.Replace(join(lines), "\n", "\r\n", 1), 1, "changed"},
		{"empty", "", 1, "cut off"},
	}
	for _, tt := range tests {
		r := verify(t, []byte(tt.in))
		if len(r.Flaws) == 0 {
			t.Errorf("%s: no flaw", tt.name)
			continue
		}
		if f := r.Flaws[0]; f.Line != tt.line || !strings.Contains(f.Text, tt.want) {
			t.Errorf("%s: line %d: %s; want line %d: %s", tt.name, f.Line, f.Text, tt.line, tt.want)
		}
	}
}

func TestTooLarge(t *testing.T) {
	w := &Writer{max: 10}
	if err := w.Add([]byte(`["12345678"]`)); err == nil {
		t.Error("the bound is not kept")
	}
}

func FuzzVerify(f *testing.F) {
	b, _ := sample(f, tenRows()...)
	f.Add(b)
	f.Add([]byte(nil))
	f.Add([]byte(`{"n":1,"hash":"00"}` + "\n"))
	want := string(b)
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := Verify(bytes.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		if string(in) == want && len(r.Flaws) > 0 {
			t.Errorf("flaws in a whole file: %+v", r.Flaws)
		}
		for _, fl := range r.Flaws {
			if fl.Offset > int64(len(in)) || fl.Line < 1 {
				t.Errorf("%+v lies outside of the file", fl)
			}
		}
	})
}
