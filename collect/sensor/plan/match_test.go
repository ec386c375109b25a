package plan

import "testing"

func TestMatch(t *testing.T) {
	p := Paths{Prefixes: []string{"/etc/", "/root/.ssh"}, Names: []string{"shadow"}, Suffixes: []string{".pem"}, Directories: []string{".kube"}, Contains: []string{"id_rsa"}}
	for path, want := range map[string]bool{
		"/etc/passwd": true, "/etc": false, "/root/.ssh2/x": true, "/x/shadow": true, "/x/shadow/y": false, "/x/y.pem": true,
		"/x/.kube/config": true, "/x/.kube": false, "/x/my_id_rsa_1": true, "/x/y": false, ".../y": true, "": false,
	} {
		if got := p.Match(path); got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	}
	for _, p := range []Paths{{}, {Names: []string{"x"}}} {
		if p.Match("/y") {
			t.Errorf("%+v has /y", p)
		}
	}
	if all := (Paths{All: true}); !all.Match("") {
		t.Error("not all")
	}
}
