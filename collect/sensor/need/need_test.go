package need

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
)

func falcoRules(t testing.TB, conditions ...string) []*rule.Rule {
	t.Helper()
	var b strings.Builder
	for i, c := range conditions {
		b.WriteString("- rule: r" + string(rune('a'+i)) + "\n  desc: d\n  priority: NOTICE\n  output: o\n  condition: >\n    " + c + "\n")
	}
	return loaded(t, b.String())
}

func loaded(t testing.TB, text string) []*rule.Rule {
	t.Helper()
	r := load.Load(files.Tree{FS: fstest.MapFS{"r.yaml": {Data: []byte(text)}}, Root: "r.yaml", Name: "r.yaml"})
	if len(r.Errors)+len(r.Unsupported) > 0 {
		t.Fatal(r.Errors, r.Unsupported)
	}
	return r.Rules
}

const openRead = "evt.type in (open, openat) and evt.is_open_read=true"
const openWrite = "evt.type in (open, openat) and evt.is_open_write=true"

func TestPlan(t *testing.T) {
	read := func(p plan.Paths) plan.Plan { return plan.Plan{Files: plan.Files{Read: p, Write: p, Failed: true}} }
	write := func(p plan.Paths) plan.Plan { return plan.Plan{Files: plan.Files{Write: p, Failed: true}} }
	change := func(p plan.Paths) plan.Plan { return plan.Plan{Files: plan.Files{Change: p}} }
	calls := func(names ...string) plan.Plan { return plan.Plan{Calls: names} }
	tests := []struct {
		condition string
		want      plan.Plan
	}{
		{"evt.type=execve and proc.name=nc", plan.Plan{}},
		{"evt.type=setuid and evt.arg.uid=root", calls("setuid")},
		{"evt.type in (setns, unshare) and not evt.type=setns", calls("unshare")},
		{"evt.type startswith pivot", calls("pivot_root")},
		{"not evt.type=ptrace and proc.name=x", plan.Plan{Network: true, DNS: true, Files: plan.Files{}}},
		{openRead + " and fd.name=/etc/shadow", read(plan.Paths{Names: []string{"shadow"}})},
		{openRead + " and fd.name in (/etc/shadow, /etc/sudoers)", read(plan.Paths{Names: []string{"shadow", "sudoers"}})},
		{openRead + " and (fd.name=/etc/shadow or fd.directory=/etc/pam.d/)", read(plan.Paths{Names: []string{"shadow"}, Prefixes: []string{"/etc/pam.d/"}})},
		{openRead + " and fd.name startswith /root/.ssh", read(plan.Paths{Prefixes: []string{"/root/.ssh"}})},
		{openRead + " and fd.name startswith /", read(all)},
		{openRead + " and fd.name contains /.ssh/ and fd.name glob /home/*/.ssh/*", read(plan.Paths{Directories: []string{".ssh"}})},
		{openRead + " and fd.name contains id_rsa", read(plan.Paths{Contains: []string{"id_rsa"}})},
		{openRead + " and fd.name contains /.", read(plan.Paths{Contains: []string{"."}})},
		{openRead + " and fd.name contains ssh/", read(plan.Paths{Contains: []string{"ssh"}})},
		{openRead + " and fd.name glob /home/*/.ssh/id_rsa", read(plan.Paths{Names: []string{"id_rsa"}})},
		{openRead + " and fd.name pmatch (/a/b)", read(plan.Paths{Prefixes: []string{"/a/b/"}, Names: []string{"b"}})},
		{openRead + " and fd.filename=x and fd.name startswith /etc", read(plan.Paths{Names: []string{"x"}})},
		{openRead + " and fd.filename endswith .pem", read(plan.Paths{Suffixes: []string{".pem"}})},
		{openRead + " and fd.nameraw contains '../' and fd.name startswith /etc", plan.Plan{Files: plan.Files{Climbing: plan.Paths{Prefixes: []string{"/etc"}}, Failed: true}}},
		{openRead + " and proc.name=tar", read(all)},
		{openRead + " and not fd.name=/etc/shadow", read(all)},
		{openWrite + " and fd.directory=/", write(all)},
		{openWrite + " and fd.name endswith release_agent", write(plan.Paths{Suffixes: []string{"release_agent"}})},
		{openWrite + " and fd.name endswith /release_agent", write(plan.Paths{Names: []string{"release_agent"}})},
		{openWrite + " and fd.num >= 0 and fd.name=/x/y", plan.Plan{Files: plan.Files{Write: plan.Paths{Names: []string{"y"}}}}},
		{openRead + " and fd.num >= 0", plan.Plan{Files: plan.Files{Read: all, Write: all}}},
		{"evt.type=openat and fd.num=-1 and evt.res startswith E and fd.name=/x/y", plan.Plan{Files: plan.Files{Failed: true, Read: plan.Paths{Names: []string{"y"}}, Write: plan.Paths{Names: []string{"y"}}}}},
		{"evt.type in (rename, unlink) and fd.name startswith /bin/", change(plan.Paths{Prefixes: []string{"/bin/"}})},
		{"evt.type in (rename, unlink) and evt.arg.path startswith /bin/", calls("rename", "unlink")},
		{"evt.type=connect and fd.sport=22", plan.Plan{Network: true}},
		{"evt.type=setsockopt", calls("setsockopt")},
		{"evt.type=socket and evt.arg.domain contains AF_PACKET", calls("socket")},
		{"evt.type=init_module", calls("init_module")},
		{"evt.type=execve and proc.env[LD_PRELOAD] exists", plan.Plan{Environment: []string{"LD_PRELOAD="}}},
		{"evt.type=execve and (proc.env icontains HTTP_PROXY or proc.env contains x)", plan.Plan{Environment: []string{"HTTP_PROXY", "x"}}},
		{"evt.type=execve and proc.env regex '.*A=.*'", plan.Plan{Environment: []string{""}}},
	}
	for _, tt := range tests {
		t.Run(tt.condition, func(t *testing.T) {
			got, needs := All(falcoRules(t, tt.condition))
			if strings.HasPrefix(tt.condition, "not evt.type") {
				got.Files = plan.Files{} // all of them
			}
			if !reflect.DeepEqual(clean(got), clean(tt.want)) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			broad := false
			for _, n := range needs {
				broad = broad || len(n.Broad) > 0
			}
			if want := got.Files.Read.All || got.Files.Write.All; broad != want && !strings.HasPrefix(tt.condition, "not evt.type") {
				t.Errorf("broad: %v", needs)
			}
		})
	}
}

// clean makes empty lists nil.
func clean(p plan.Plan) plan.Plan {
	if len(p.Environment) == 0 {
		p.Environment = nil
	}
	if len(p.Calls) == 0 {
		p.Calls = nil
	}
	for _, paths := range []*plan.Paths{&p.Files.Read, &p.Files.Write, &p.Files.Change, &p.Files.Climbing} {
		for _, list := range []*[]string{&paths.Prefixes, &paths.Directories, &paths.Names, &paths.Suffixes, &paths.Contains} {
			if len(*list) == 0 {
				*list = nil
			}
		}
	}
	return p
}

func TestContainers(t *testing.T) {
	for condition, want := range map[string]bool{
		"evt.type=execve and container.id != host and proc.name=x":  true,
		"evt.type=execve and (container.id != host or proc.name=x)": false,
		"evt.type=execve and proc.name=x":                           false,
	} {
		if got := Of(falcoRules(t, condition)[0]).Containers; got != want {
			t.Errorf("%s: %v", condition, got)
		}
	}
}
