package ocsf

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/internal/ocsfschema"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/internal/sample"
)

// Every line must be valid by the published schema.
func TestWriteIsValidOCSF(t *testing.T) {
	schema, err := ocsfschema.Load(os.DirFS(filepath.Join(require.Corpora(t), "ocsf")))
	if err != nil {
		t.Fatal(err)
	}
	classes := map[float64]int{}
	for _, doc := range lines(t) {
		for _, e := range schema.Validate(doc) {
			t.Errorf("%v %v: %v", doc["class_name"], doc["message"], e)
		}
		classes[doc["class_uid"].(float64)]++
	}
	if classes[2004] != 10 || classes[2005] != 3 {
		t.Errorf("classes %v, want 10 of 2004 and 3 of 2005", classes)
	}
}

const execMessage = `jane ran "cat /var/run/secrets/kubernetes.io/serviceaccount/token" in pod payments/api-6d4b75cb6d-hw2xk`

func TestFinding(t *testing.T) {
	docs := lines(t)
	inc := docs[0]
	finding := docs[slices.IndexFunc(docs, func(d map[string]any) bool { return d["count"] == 1.0 && d["message"] == execMessage })]
	for _, c := range []struct {
		doc  map[string]any
		path []string
		want any
	}{
		{inc, []string{"severity_id"}, 5.0},
		{inc, []string{"class_uid"}, 2005.0},
		{inc, []string{"type_uid"}, 200501.0},
		{finding, []string{"finding_info", "title"}, "Command run in a container"},
		{finding, []string{"severity"}, "High"},
		{finding, []string{"time"}, 1772618700000.0},
		{finding, []string{"metadata", "correlation_uid"}, inc["metadata"].(map[string]any)["uid"]},
		{finding, []string{"metadata", "product", "version"}, "v1.2.3"},
		{finding, []string{"unmapped", "token_pod"}, nil},
	} {
		var v any = c.doc
		for _, p := range c.path {
			v = v.(map[string]any)[p]
		}
		if v != c.want {
			t.Errorf("%v = %v, want %v", c.path, v, c.want)
		}
	}
}

func lines(t *testing.T) []map[string]any {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, sample.Full(), "v1.2.3"); err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for l := range bytes.Lines(b.Bytes()) {
		var doc map[string]any
		if err := json.Unmarshal(l, &doc); err != nil {
			t.Fatalf("%v in %s", err, l)
		}
		out = append(out, doc)
	}
	return out
}
