package jsonl

import (
	"errors"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

func newDecoder(tb testing.TB) *Decoder {
	tb.Helper()
	d, err := NewDecoder()
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func TestDecode(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"nothing", `{"class":"file"}`, `{"class":"file"}`},
		{"class may come last", `{"process.pid":1,"class":"process"}`, `{"class":"process","process.pid":1}`},
		{"one of each type", `{"class":"process","time":"2017-07-14T04:40:00.000000001+02:00","src_endpoint.ip":"::ffff:10.0.0.1","process.cmd_line":"a \"b\"\n","process.pid":-1,"process.file.unlinked":true,"process.ancestry.path":["/a",""]}`,
			`{"class":"process","time":"2017-07-14T02:40:00.000000001Z","src_endpoint.ip":"10.0.0.1","process.cmd_line":"a \"b\"\n","process.pid":-1,"process.file.unlinked":true,"process.ancestry.path":["/a",""]}`},
		{"empty is not absent", `{"class":"process","process.cmd_line":"","process.user.uid":0,"process.capabilities.effective":[]}`,
			`{"class":"process","process.cmd_line":"","process.user.uid":0,"process.capabilities.effective":[]}`},
		{"null is absent", `{"class":"process","process.pid":null,"process.cmd_line":null}`, `{"class":"process"}`},
		{"what is no field", `{"class":"process","from.the.future":{"a":[1]},"process":{"pid":1}}`, `{"class":"process"}`},
		{"what is no field of the table", `{"class":"file","process.pid":1}`, `{"class":"file"}`},
		{"the last of one name", `{"class":"process","process.pid":1,"process.pid":2}`, `{"class":"process","process.pid":2}`},
	}
	d, enc := newDecoder(t), NewEncoder()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e event.Event
			if err := d.Decode([]byte(tt.in), &e); err != nil {
				t.Fatal(err)
			}
			if got := string(enc.Append(nil, &e)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestDecodeErrors(t *testing.T) {
	tests := []struct {
		in   string
		want error
	}{
		{`{}`, ErrNotEvent},
		{`[]`, ErrNotEvent},
		{`{"class":1}`, ErrNotEvent},
		{`{"class":""}`, ErrNotEvent},
		{`{"class":"cheese"}`, ErrNotEvent},
		{`{"class":"process","process.pid":"1"}`, ErrValue},
		{`{"class":"process","process.pid":1.5}`, ErrValue},
		{`{"class":"process","process.pid":9223372036854775808}`, ErrValue},
		{`{"class":"process","process.cmd_line":["a"]}`, ErrValue},
		{`{"class":"process","process.ancestry.path":"a"}`, ErrValue},
		{`{"class":"process","process.ancestry.path":["a",1]}`, ErrValue},
		{`{"class":"process","process.ancestry.path":["a",["b"]]}`, ErrValue},
		{`{"class":"process","time":"yesterday"}`, ErrValue},
		{`{"class":"process","time":"9999-01-01T00:00:00Z"}`, ErrValue},
		{`{"class":"process","src_endpoint.ip":"10.0.0"}`, ErrValue},
		{`{"class":"process","process.file.unlinked":"true"}`, ErrValue},
	}
	d := newDecoder(t)
	for _, tt := range tests {
		var e event.Event
		if err := d.Decode([]byte(tt.in), &e); !errors.Is(err, tt.want) || e.Class != event.ClassNone {
			t.Errorf("%s: %v, want %v", tt.in, err, tt.want)
		}
	}
	var e event.Event
	var syntax *rawjson.SyntaxError
	if err := d.Decode([]byte(`{"class":"process"`), &e); !errors.As(err, &syntax) {
		t.Errorf("%v", err)
	}
}

// FuzzDecode holds that what was read and written is read as the same again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"class":"process","time":"2017-07-14T02:40:00Z","process.pid":1,"process.cmd_line":"\ud800","process.ancestry.path":["a"],"src_endpoint.ip":"fe80::1%eth0"}`))
	d, enc := newDecoder(f), NewEncoder()
	f.Fuzz(func(t *testing.T, doc []byte) {
		var e, again event.Event
		if d.Decode(doc, &e) != nil {
			return
		}
		once := enc.Append(nil, &e)
		if err := d.Decode(once, &again); err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if twice := enc.Append(nil, &again); string(twice) != string(once) {
			t.Errorf("once  %s\ntwice %s", once, twice)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	line := []byte(`{"class":"process","metadata.uid":"0123456789abcdef0123456789abcdef","time":"2017-07-14T02:40:00.000000001Z","k8s.namespace":"shop","k8s.pod":"web-1","activity":"Launch","process.file.path":"/bin/ls","process.name":"ls","process.cmd_line":"ls -l /tmp","process.pid":4711,"process.ancestry.path":["/bin/sh","/usr/bin/containerd-shim"]}`)
	d := newDecoder(b)
	var e event.Event
	b.ReportAllocs()
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if err := d.Decode(line, &e); err != nil {
			b.Fatal(err)
		}
	}
}
