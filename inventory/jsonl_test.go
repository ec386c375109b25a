package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func decodeAll(r io.Reader) (out []Object, problems []string) {
	d := NewDecoder(r)
	for {
		var o Object
		err := d.Decode(&o)
		var bad *LineError
		switch {
		case err == nil:
			out = append(out, o)
		case errors.As(err, &bad):
			problems = append(problems, err.Error())
		case errors.Is(err, io.EOF):
			return out, problems
		default:
			return out, append(problems, "end: "+err.Error())
		}
	}
}

func TestDecodeIsTheInverseOfEncode(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var b bytes.Buffer
	e := NewEncoder(&b)
	var want []Object
	for range 2000 {
		o := randomObject(r)
		if err := e.Encode(o); err != nil {
			t.Fatal(err)
		}
		want = append(want, *o)
	}
	got, problems := decodeAll(&b)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(got) != len(want) {
		t.Fatalf("%d objects, want %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("object %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestEncode(t *testing.T) {
	var b bytes.Buffer
	o := somePod("a", Changed, 102, 100, "10.244.0.5")
	o.Owner = Reference{"apps", "ReplicaSet", "web", "rs"}
	o.Containers = []Container{{"main", "containerd://1"}}
	o.Document = []byte(`{"spec": {}}`)
	if err := NewEncoder(&b).Encode(o); err != nil {
		t.Fatal(err)
	}
	want := `{"time":"1970-01-01T00:01:42Z","change":"changed","cluster":"prod","cluster_uid":"c1","version":"v1","resource":"pods","kind":"Pod",` +
		`"namespace":"shop","name":"a","uid":"uid-a","resource_version":"1","created":"1970-01-01T00:01:40Z",` +
		`"owner":{"group":"apps","kind":"ReplicaSet","name":"web","uid":"rs"},"addresses":["10.244.0.5"],"node":"node1","service_account":"web",` +
		`"containers":[{"name":"main","id":"containerd://1"}],"document":{"spec":{}}}` + "\n"
	if b.String() != want {
		t.Errorf("%s\nwant %s", &b, want)
	}
	for name, o := range map[string]*Object{
		"no kind":        {Change: Added, Resource: "pods", Name: "a"},
		"not JSON":       with(somePod("a", Added, 1, 1), func(o *Object) { o.Document = []byte("{") }),
		"a line of":      with(somePod("a", Added, 1, 1), func(o *Object) { o.Document = []byte(`"` + strings.Repeat("x", MaxLine) + `"`) }),
		`change "other"`: with(somePod("a", "other", 1, 1), func(*Object) {}),
	} {
		if err := NewEncoder(io.Discard).Encode(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestDecode(t *testing.T) {
	good := `{"time":"2026-03-04T12:00:00Z","change":"added","resource":"pods","kind":"Pod","name":"a"}`
	tests := []struct {
		name, in string
		objects  int
		problems string
	}{
		{"nothing", "", 0, ""},
		{"one", good + "\n", 1, ""},
		{"without a line's end", good, 1, ""},
		{"empty lines", "\n" + good + "\r\n\n", 1, ""},
		{"more members than are known", strings.Replace(good, "{", `{"later":[1],`, 1), 1, ""},
		{"still being written", good + "\n" + good[:40], 1, ""},
		{"not JSON", "x\n" + good + "\n", 1, "line 1: invalid character"},
		{"not an object", good + "\n[]\n", 1, "line 2: json: cannot unmarshal array"},
		{"no change", `{"time":"2026-03-04T12:00:00Z","resource":"pods","kind":"Pod","name":"a"}` + "\n", 0, `line 1: inventory.change "" is none of`},
		{"no time", `{"change":"added","resource":"pods","kind":"Pod","name":"a"}` + "\n", 0, "line 1: time: 0001-01-01T00:00:00Z is too far from now"},
		{"not a time", strings.Replace(good, "2026-03-04T", "", 1) + "\n", 0, "line 1: "},
		{"not an address", strings.Replace(good, "{", `{"addresses":["10.0.0"],`, 1) + "\n", 0, "line 1: "},
		{"an empty address", strings.Replace(good, "{", `{"addresses":[""],`, 1) + "\n", 0, "line 1: addresses: one is empty"},
		{"an empty range", strings.Replace(good, "{", `{"networks":[""],`, 1) + "\n", 0, "line 1: networks: one is empty"},
		{"a line that is too long", good + "\n" + strings.Repeat("x", MaxLine+1) + "\n" + good + "\n", 2, fmt.Sprintf("line 2: it is longer than %d bytes", MaxLine)},
		{"a last line that is too long", good + "\n" + strings.Repeat("x", MaxLine+1), 1, "line 2: it is longer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			objects, problems := decodeAll(strings.NewReader(tt.in))
			if got := strings.Join(problems, "; "); len(objects) != tt.objects || !strings.HasPrefix(got, tt.problems) || tt.problems == "" && got != "" {
				t.Errorf("%d objects, %q; want %d, %q", len(objects), got, tt.objects, tt.problems)
			}
		})
	}
	broken := io.MultiReader(strings.NewReader(good+"\n"+good[:9]), &failing{})
	if _, problems := decodeAll(broken); len(problems) != 1 || problems[0] != "end: the disk is gone" {
		t.Errorf("a reader that fails: %q", problems)
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// FuzzDecode reads recordings that may hold anything: what is an object can be
// written and read again.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		var b bytes.Buffer
		if NewEncoder(&b).Encode(randomObject(r)) == nil {
			f.Add(b.Bytes())
		}
	}
	f.Add([]byte("{}\n[]\nnull\n{\"time\":null}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		objects, _ := decodeAll(bytes.NewReader(b))
		for i := range objects {
			var again bytes.Buffer
			if err := NewEncoder(&again).Encode(&objects[i]); err != nil {
				t.Fatalf("Encode(%+v): %v", objects[i], err)
			}
			back, problems := decodeAll(&again)
			if len(back) != 1 || len(problems) != 0 {
				t.Fatalf("Decode(Encode(%+v)): %v", objects[i], problems)
			}
		}
	})
}
