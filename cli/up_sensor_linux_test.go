package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSensorFlags(t *testing.T) {
	for _, tt := range []struct {
		f    upFlags
		want string
	}{
		{upFlags{}, ""},
		{upFlags{cluster: "prod", kube: kubeFlags{inside: true}}, "--cluster prod --in-cluster"},
		{upFlags{kube: kubeFlags{file: "k"}}, "--kubeconfig k"},
		{upFlags{kube: kubeFlags{file: "k", context: "c"}, sensor: upSensor{policy: "p", node: "n"}}, "--kubeconfig k --kube-context c --policy p --node n"},
	} {
		if got := strings.Join(sensorFlags(&tt.f), " "); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.f, got, tt.want)
		}
	}
}

// What up is told to read is looked at before it gives up the right to read it.
func TestNamedFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.log", "b.log"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := upFlags{follow: []string{dir + "/*.log", "/nothing"}, rules: []string{"r"}, feeds: []string{"n=feed", "plain"}, clients: []string{"x=token", "y=cn:name"}}
	f.tls.Key, f.kube.file, f.clickHouse.url = "key", "kube", "file:url"
	got := f.files()
	slices.Sort(got)
	want := []string{"/nothing", dir + "/a.log", dir + "/b.log", "feed", "key", "kube", "plain", "r", "token", "url"}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
