package rawjson

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestValid(t *testing.T) {
	for _, test := range []struct {
		doc  string
		off  int64 // of the fault
		want string
	}{
		{`{"a":[1,-0.5e+10,true,false,null,"\u00e9\n"],"b":{}}`, 0, ""},
		{" [ ] ", 0, ""},
		{`"` + "\xff" + `"`, 0, ""},
		{"", 0, msgEnd},
		{"tru", 3, msgEnd},
		{"trux", 0, msgValue},
		{"1 2", 2, msgTrailing},
		{"[1,]", 3, msgValue},
		{"[1}", 2, msgElement},
		{`{"a":1]`, 6, msgMember},
		{`{"a":1,}`, 7, msgName},
		{`{"a"}`, 4, msgColon},
		{"\"a\nb\"", 2, msgControl},
		{`"\q"`, 1, msgEscape},
		{`"\u12x4"`, 1, msgEscape},
		{`"\u12`, 5, msgString},
		{`"abc`, 4, msgString},
		{"01", 1, msgTrailing},
		{"-", 1, msgNumber},
		{"[1.x]", 3, msgNumber},
		{strings.Repeat("[", 600), 512, msgDepth},
		{strings.Repeat("[", 512) + strings.Repeat("]", 512), 0, ""},
		{strings.Repeat(`{"a":[`, 100) + strings.Repeat("]}", 100), 0, ""},
	} {
		err := Valid([]byte(test.doc), 0)
		if test.want == "" {
			if err != nil {
				t.Errorf("%.60q: %v", test.doc, err)
			}
			continue
		}
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Offset != test.off || syntax.Msg != test.want {
			t.Errorf("%.60q: got %v, want %q at %d", test.doc, err, test.want, test.off)
		}
	}
}

func TestCut(t *testing.T) {
	value, rest, err := Cut([]byte(" {\"a\":1} {\"b\":2}\n"), 0)
	if err != nil || string(value) != `{"a":1}` || string(rest) != "{\"b\":2}\n" {
		t.Errorf("got %q, %q, %v", value, rest, err)
	}
	if _, _, err := Cut([]byte("{"), 0); err == nil {
		t.Error("no error")
	}
}

func FuzzValid(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x\u00e9",null]}`, `[1.5e-3,{"":{}}]`, "tru", `"\`, "-0"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		err := Valid(doc, HighestMaxDepth)
		if valid := json.Valid(doc); valid != (err == nil) {
			var syntax *SyntaxError
			if errors.As(err, &syntax) && syntax.Msg == msgDepth {
				return
			}
			t.Errorf("%q: encoding/json says %v, got %v", doc, valid, err)
		}
	})
}

func BenchmarkValid(b *testing.B) {
	docs := realEvents(b)
	b.SetBytes(totalSize(docs) / int64(len(docs)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := Valid(docs[i%len(docs)], 0); err != nil {
			b.Fatal(err)
		}
	}
}
