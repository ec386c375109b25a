package falco

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
)

// ruleWith returns the text of a rule with a condition.
func ruleWith(source, condition string) string {
	return fmt.Sprintf("- rule: r\n  desc: d\n  output: o\n  priority: INFO\n  source: %s\n  condition: >\n    %s\n", source, strings.ReplaceAll(condition, "\n", "\n    "))
}

// compiled reads a rule that must be sound.
func compiled(t *testing.T, text string) []*rule.Rule {
	t.Helper()
	r := ParseFiles(files.File{Name: "r.yaml", Text: text})
	if len(r.Errors)+len(r.Unsupported) > 0 || len(r.Rules) == 0 {
		t.Fatalf("%s\nerrors %v, unsupported %v, %d rules", text, r.Errors, r.Unsupported, len(r.Rules))
	}
	return r.Rules
}

func matchesAny(t *testing.T, rules []*rule.Rule, e *event.Event) bool {
	t.Helper()
	n := 0
	for _, r := range rules {
		n += matches(t, r, []*event.Event{e})
	}
	if n > 1 {
		t.Errorf("%d matches of one rule on one event", n)
	}
	return n > 0
}

// What conditions on system calls mean, field by field and operator by
// operator.
func TestConditionOnSystemCalls(t *testing.T) {
	open := map[string]any{
		"evt.type": "openat", "fd.name": "/etc/shadow", "fd.num": 3.0, "fd.typechar": "f", "evt.is_open_read": true, "evt.res": "SUCCESS",
		"proc.name": "Cat", "proc.cmdline": "cat /etc/shadow", "proc.pid": 4711.0, "user.name": "root", "user.uid": 0.0, "evt.arg.flags": "O_RDONLY|O_CLOEXEC", "proc.exepath": "/usr/bin/cat",
		"proc.pname": "bash", "proc.cwd": "",
	}
	connect := map[string]any{
		"evt.type": "connect", "fd.cip": "10.0.0.7", "fd.sip": "203.0.113.66", "fd.cport": 40000.0, "fd.sport": 443.0, "fd.l4proto": "tcp", "fd.typechar": "4",
		"proc.name": "curl", "container.id": "0123456789ab",
	}
	for _, c := range []struct {
		event map[string]any
		in    string
		want  bool
	}{
		{open, "evt.type = openat", true},
		{open, "evt.type = open", false},
		{open, "evt.type in (open, openat, openat2)", true},
		{open, "evt.type != open", true},
		{open, "evt.type in (execve, connect)", false},
		{open, "evt.type startswith open", true},
		{open, "not evt.type in (execve, connect)", true},
		{open, "proc.name = Cat", true},
		{open, "proc.name = cat", false},
		{open, "tolower(proc.name) = cat", true},
		{open, "toupper(proc.name) in (CAT, DOG)", true},
		{open, "basename(fd.name) = shadow", true},
		{open, "len(proc.name) = 3 and len(proc.name) > 2", true},
		{open, `concat(proc.pname, ">", proc.name) = "bash>Cat"`, true},
		{open, `join("/", (proc.pname, proc.name)) endswith /Cat`, true},
		{open, "fd.name contains val(proc.exepath)", false},
		{open, "proc.cmdline contains tolower(proc.name)", true},
		{open, "proc.name != val(proc.pname)", true},
		{open, "proc.name != val(proc.pexe)", false}, // absent
		{open, "proc.cmdline contains shadow and proc.cmdline icontains SHADOW", true},
		{open, "proc.cmdline bcontains 736861646f77", true},
		{open, "proc.cmdline bstartswith 636174", true},
		{open, "proc.cmdline startswith cat and proc.cmdline endswith shadow", true},
		{open, "fd.name glob /etc/*ow and fd.name glob '/etc/[rs]hado?'", true},
		{open, "fd.name glob '/etc/[!s]*'", false},
		{open, "fd.name iglob /ETC/*", true},
		{open, "fd.name regex '/etc/sha.*'", true},
		{open, "fd.name regex 'sha'", false}, // it must match all
		{open, "fd.name pmatch (/etc)", true},
		{open, "fd.name pmatch (/etc/)", true},
		{open, "fd.name pmatch (/et)", false},
		{open, "fd.name pmatch (/etc/shadow, /x)", true},
		{open, "fd.num >= 0 and fd.num < 0x10", true},
		{open, "fd.typechar = 'f' and fd.type = file", true},
		{open, "fd.typechar != 'd'", true},
		{open, "evt.is_open_read=true and evt.is_open_write=false", true},
		{open, "evt.arg.flags contains O_CLOEXEC and evt.arg[flags] exists", true},
		{open, "evt.arg.mode exists", false},
		{open, "user.loginuid = -1 and user.loginuid < 0", true}, // -1 where there is none
		{open, "proc.tty = 0", true},
		{open, "container.id = host", true},
		{open, "container.id != host", false},
		{open, "proc.cwd exists", true}, // empty is not absent
		{open, "proc.pexe exists", false},
		{open, "proc.pexe = x", false},
		{open, "proc.pexe != x", false}, // a comparison with nothing is false
		{open, "not proc.pexe = x", true},
		{open, "proc.pexe in (x)", false},
		{open, "not proc.pexe in (x)", true},
		{open, "fd.sip exists or fd.sport > 0", false},
		{open, "user.uid = 0 and user.name = root", true},
		{open, "evt.num = 0", false},
		{open, "evt.num > 0 and evt.dir = <", true},
		{connect, "fd.sip = 203.0.113.66", true},
		{connect, "fd.ip = 10.0.0.7 and fd.ip = 203.0.113.66", true},
		{connect, "fd.snet in (203.0.113.0/24)", true},
		{connect, `fd.cnet = "192.168.0.0/16"`, false},
		{connect, "fd.rip = 203.0.113.66 and fd.lport = 40000", true},
		{connect, "fd.lip = 203.0.113.66", false},
		{connect, "fd.sport in (80, 443) and fd.port = 443", true},
		{connect, "fd.type in (ipv4, ipv6) and fd.sockfamily = ip", true},
		{connect, "fd.name exists", true},
		{connect, "fd.name = '10.0.0.7:40000->203.0.113.66:443'", true},
		{connect, "fd.name startswith 10.0.0.7: and fd.name endswith :443", true},
		{connect, "fd.name != x and not fd.name contains 192.168.0.1", true},
		{connect, "basename(fd.name) contains '->'", true},
		{connect, "container.id != host and container.id exists", true},
		{connect, "evt.type in (connect, sendto)", true},
	} {
		rules := compiled(t, ruleWith(sourceSyscall, c.in))
		if got := matchesAny(t, rules, eventOf(c.event)); got != c.want {
			t.Errorf("%s: %v, want %v\n%s", c.in, got, c.want, rule.Explain(rules[0]))
		}
	}
}

// An event that does not name its system call is told by its activity.
func TestEventTypeByActivity(t *testing.T) {
	e := &event.Event{Class: event.ClassProcess}
	event.Activity.Set(e, "Launch")
	for in, want := range map[string]bool{"evt.type = execve": true, "evt.type in (execveat, open)": true, "evt.type = clone": false, "evt.type = procexit": false} {
		if got := matchesAny(t, compiled(t, ruleWith(sourceSyscall, in)), e); got != want {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
	}
}

// What conditions on audit events mean.
func TestConditionOnAuditEvents(t *testing.T) {
	doc := `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"a","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods","verb":"create",
"user":{"username":"mira","groups":["dev","system:authenticated"]},"sourceIPs":["10.0.0.9"],"objectRef":{"resource":"pods","namespace":"shop","name":"web"},
"responseStatus":{"code":201},"requestObject":{"kind":"Pod","spec":{"hostNetwork":true,"containers":[{"image":"nginx:1.27","securityContext":{"privileged":true}},{"image":"reg.example.com/a@sha256:00","ports":[{"hostPort":80}]}]}},
"requestReceivedTimestamp":"2026-03-04T10:00:00.000000Z","stageTimestamp":"2026-03-04T10:00:00.100000Z","annotations":{"authorization.k8s.io/decision":"allow","a/b":"c"}}`
	decode, err := audit.NewDecoder(audit.DecoderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var arena audit.Arena
	var e event.Event
	if _, err := decode.Decode([]byte(doc), &arena, &e); err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]bool{
		"ka.verb = create and ka.target.resource = pods and ka.target.namespace = shop": true,
		"ka.target.subresource exists":                                                false,
		"ka.user.groups intersects (dev)":                                             true,
		"ka.user.groups in (dev)":                                                     false, // not all are
		"ka.user.groups in (dev, system:authenticated, x)":                            true,
		"ka.req.pod.containers.image in (nginx:1.27)":                                 false,
		"ka.req.pod.containers.image[0] in (nginx:1.27)":                              true,
		"ka.req.pod.containers.image[0] = nginx:1.27":                                 true,
		"ka.req.pod.containers.image.repository in (nginx, reg.example.com/a)":        true,
		"ka.req.pod.containers.image.repository pmatch (nginx)":                       false,
		"ka.req.pod.containers.image.repository pmatch (nginx, reg.example.com)":      true,
		"ka.req.pod.containers.privileged intersects (true)":                          true,
		"ka.req.pod.initContainers.privileged intersects (true)":                      false,
		"ka.req.pod.initContainers.image in (x)":                                      false,
		"ka.req.pod.host_network = true and not ka.req.pod.host_pid = true":           true,
		"ka.req.pod.containers.host_port intersects (80)":                             true,
		"ka.response.code startswith 2 and ka.response.code in (200, 201)":            true,
		"ka.auth.decision = allow and ka.auth.reason = x":                             false,
		"jevt.value[/annotations/a~1b] = c and jevt.value[/requestObject/kind] = Pod": true,
		"jevt.value[/requestObject/spec/containers/1/image] contains sha256":          true,
		"jevt.value[/requestObject/spec/tls] exists":                                  false,
		"jevt.value[/stage] in (ResponseComplete)":                                    true,
		"jevt.value[/stage] = RequestReceived":                                        true,  // it was
		"ka.stage = ResponseStarted":                                                  false, // such a request never is
		"jevt.rawtime exists and not jevt.rawtime = 0":                                true,
		"ka.impuser.name exists or ka.impuser.name != x":                              false,
		"tolower(ka.target.name) = web and len(ka.user.groups) = 2":                   true,
		"evt.source = k8s_audit and json.value[/verb] = create":                       true,
	} {
		if got := matchesAny(t, compiled(t, ruleWith(sourceAudit, in)), &e); got != want {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
	}
}
