//go:build cgo

package hub

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// The five questions give what was planted among many events, and nothing
// else.
func TestQuestions(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 200,000 events")
	}
	t.Parallel()
	questions(t, 200_000, 0)
}

// TestSoakQuestions asks them of ten million events, and holds each to a
// second.
func TestSoakQuestions(t *testing.T) {
	require.Soak(t)
	questions(t, 10_000_000, time.Second)
}

func questions(t *testing.T, n int64, within time.Duration) {
	s, uids := plantedStore(t, n, plantQuestions)
	for _, tt := range []struct {
		name   string
		params map[string]string
		cols   string
		want   []string
	}{
		{"secrets", map[string]string{"ns": "vault"}, "how who pod secret requests refused", []string{
			"API: get|anna||db-pass|2|0",
			"API: list|anna|||1|1",
			"API: get|system:serviceaccount:vault:api|api-7d4b9c6f5-x2x9q|db-pass|1|0",
			"API: get|system:serviceaccount:vault:api|api-7d4b9c6f5-x2x9q|root-ca|1|1",
			"API: token made|system:node:worker-1||api|1|0",
			"mounted as a volume|bob|deployments/api|tls|1|0",
			"mounted as a volume|bob|deployments/api|projected|1|0",
			"in the environment|bob|deployments/api|db-pass|1|0",
			"in the environment|bob|deployments/api|all-env|1|0",
			"in the environment|bob|deployments/api|init-env|1|0",
			"mounted as a volume|carl|pods/tool|root-ca|1|1",
			"in the environment|bob|cronjobs/nightly|backup-key|1|0",
			"file: Open|/bin/cat|api-7d4b9c6f5-x2x9q|/var/run/secrets/kubernetes.io/serviceaccount/token|1|0",
		}},
		{"processes", map[string]string{"ns": "vault"}, "how who pod command interactive times refused", []string{
			"API: exec|tom|api-7d4b9c6f5-x2x9q|sh -c id|true|1|0",
			"API: attach|tom|api-7d4b9c6f5-x2x9q||true|1|1",
			"API: ephemeralcontainers|tom|api-7d4b9c6f5-x2x9q|||1|0",
			"process started|/usr/bin/runc|api-7d4b9c6f5-x2x9q|sh -c id|true|1|0",
			"process started|/bin/sh|api-7d4b9c6f5-x2x9q|/tmp/miner -o pool|false|1|0",
		}},
		{"account", map[string]string{"account": "vault/api"}, "suspicion why verb resource namespace requests refused addresses", []string{
			`9|Secret read, refused, first time, new address|get|secrets|vault|3|1|["10.0.0.9","198.51.100.7"]`,
			`4|refused, first time|list|secrets|vault|2|2|["10.0.0.9"]`,
			`0||get|configmaps|vault|2|0|["10.0.0.9"]`,
		}},
		// A window that is longer than what is learned from is looked at whole, and nothing in it is called new.
		{"account", map[string]string{"account": "vault/api", "window": "3650d", "past": "1h"}, "suspicion why verb resource namespace requests refused addresses", []string{
			`6|Secret read, refused|get|secrets|vault|3|1|["10.0.0.9","198.51.100.7"]`,
			`2|refused|list|secrets|vault|2|2|["10.0.0.9"]`,
			`0||get|configmaps|vault|5|0|["10.0.0.9"]`,
		}},
		{"boundaries", map[string]string{"ns": "vault"}, "how who peer port times", []string{
			"called the API|anna|203.0.113.5||2",
			"called the API|bob|203.0.113.6||1",
			"connected to outside|Deployment/api|198.51.100.80|443|2",
			"connected to outside|Deployment/api|files.example.net|443|1",
			"asked for the name|Deployment/api|pool.example.net||1",
		}},
		{"who", map[string]string{"event": uids["the process"]}, "relation person did name command", []string{
			"the event itself||process started|api-7d4b9c6f5-x2x9q|sh -c id",
			"entered the pod|tom|get pods/exec|api-7d4b9c6f5-x2x9q|sh -c id",
			"entered the pod|tom|get pods/attach|api-7d4b9c6f5-x2x9q|",
			"entered the pod|tom|patch pods/ephemeralcontainers|api-7d4b9c6f5-x2x9q|",
			"wrote the pod|system:serviceaccount:kube-system:replicaset-controller|create pods|api-7d4b9c6f5-x2x9q|",
			"wrote its owner|system:serviceaccount:kube-system:deployment-controller|create replicasets|api-7d4b9c6f5|",
			"wrote its owner|bob|create deployments|api|",
		}},
		{"who", map[string]string{"pod": "api-gateway-7d4b9c6f5-bbbbb", "ns": "vault"}, "relation person did name command", []string{
			"wrote the pod|system:serviceaccount:kube-system:replicaset-controller|create pods|api-gateway-7d4b9c6f5-bbbbb|",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 {
				start := time.Now()
				rows, notes := answerOf(t, s, question(t, tt.name, tt.params))
				took := time.Since(start)
				t.Logf("%s over %d events: %d rows in %v", tt.name, n, len(rows), took.Round(time.Millisecond))
				if within > 0 && took > within {
					t.Errorf("it took %v", took)
				}
				if len(notes) > 0 {
					t.Errorf("notes: %q", notes)
				}
				var got []string
				for _, row := range rows {
					var cells []string
					for _, c := range strings.Fields(tt.cols) {
						cells = append(cells, row[c])
					}
					got = append(got, strings.Join(cells, "|"))
				}
				missing, surplus := differ(tt.want, got)
				if len(missing)+len(surplus) > 0 {
					t.Fatalf("missing\n  %s\nsurplus\n  %s", strings.Join(missing, "\n  "), strings.Join(surplus, "\n  "))
				}
			}
		})
	}
}

// question returns a built-in question, asked at plantedNow.
func question(t *testing.T, name string, params map[string]string) hunt.Request {
	t.Helper()
	list, err := saved.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range list {
		if q.Name == name {
			return hunt.Request{KQL: q.KQL, Params: params, Now: plantedNow}
		}
	}
	t.Fatalf("no question %s", name)
	return hunt.Request{}
}

// differ returns what only want has, and what only got has.
func differ(want, got []string) (missing, surplus []string) {
	left := slices.Clone(got)
	for _, w := range want {
		if i := slices.Index(left, w); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			missing = append(missing, w)
		}
	}
	return missing, left
}

// An answer names the tables that it is from and that are empty.
func TestQuestionsNameWhatTheyLack(t *testing.T) {
	s, _ := plantedStore(t, 0, func(p *planter) {
		p.ask("", request{ago: time.Minute, user: "anna", verb: "get", resource: "secrets", ns: "vault", name: "db-pass"})
	})
	for name, lacking := range map[string][]string{
		"secrets": {"file"}, "processes": {"process"}, "account": {"finding"}, "boundaries": {"dns", "network"}, "who": {"process"},
	} {
		params := map[string]string{}
		switch name {
		case "account":
			params["account"] = "anna"
		case "who":
			params["pod"] = "api-7d4b9c6f5-x2x9q"
		}
		_, notes := answerOf(t, s, question(t, name, params))
		text := strings.Join(notes, "\n")
		for _, table := range lacking {
			if !strings.Contains(text, table) {
				t.Errorf("%s: %q does not name %s", name, text, table)
			}
		}
	}
}

const thePod = "api-7d4b9c6f5-x2x9q"

// plantQuestions plants what the questions are to find, and what is like it
// and is not to be found.
func plantQuestions(p *planter) {
	const controllers = "system:serviceaccount:kube-system:"
	const account = "system:serviceaccount:vault:api"
	// Secrets.
	p.ask("", request{ago: 10 * time.Minute, user: "anna", verb: "get", resource: "secrets", ns: "vault", name: "db-pass", outside: "no"})
	p.ask("", request{ago: 9 * time.Minute, user: "anna", verb: "get", resource: "secrets", ns: "vault", name: "db-pass", outside: "no"})
	p.ask("", request{ago: 8 * time.Minute, user: "anna", verb: "list", resource: "secrets", ns: "vault", code: 403, outside: "no"})
	p.ask("", request{ago: 2 * time.Hour, user: "anna", verb: "delete", resource: "secrets", ns: "vault", name: "too-old"})
	p.ask("", request{ago: 10 * time.Minute, user: "anna", verb: "get", resource: "configmaps", ns: "vault", name: "secrets"})
	p.ask("", request{ago: 10 * time.Minute, user: "anna", verb: "get", resource: "secrets", ns: "vault-2", name: "db-pass"})
	// Of another account: that of namespace vault with the name api is asked for below.
	p.ask("", request{ago: 7 * time.Minute, user: "system:node:worker-1", verb: "create", resource: "serviceaccounts", sub: "token", ns: "vault", name: "api"})
	p.ask("", request{ago: 3 * time.Hour, user: "system:serviceaccount:vault:api2", verb: "get", resource: "secrets", ns: "vault", name: "db-pass"})
	p.ask("the deployment", request{ago: 50 * time.Minute, user: "bob", verb: "create", resource: "deployments", group: "apps", ns: "vault", name: "api", code: 201, body: `{"spec":{"template":{"spec":{
		"volumes":[{"name":"a","secret":{"secretName":"tls"}},{"name":"b","projected":{"sources":[{"configMap":{"name":"c"}},{"secret":{"name":"projected"}}]}},{"name":"c","emptyDir":{}}],
		"initContainers":[{"name":"i","env":[{"name":"K","valueFrom":{"secretKeyRef":{"name":"init-env","key":"k"}}}]}],
		"containers":[{"name":"m","env":[{"name":"A","value":"1"},{"name":"P","valueFrom":{"secretKeyRef":{"name":"db-pass","key":"p"}}}],"envFrom":[{"secretRef":{"name":"all-env"}},{"configMapRef":{"name":"x"}}]}]}}}}`})
	p.ask("", request{ago: 49 * time.Minute, user: "bob", verb: "update", resource: "deployments", sub: "status", group: "apps", ns: "vault", name: "api", body: `{"spec":{"template":{"spec":{"volumes":[{"secret":{"secretName":"not-written"}}]}}}}`})
	p.ask("", request{ago: 45 * time.Minute, user: "bob", verb: "create", resource: "cronjobs", group: "batch", ns: "vault", name: "nightly", code: 201,
		body: `{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"envFrom":[{"secretRef":{"name":"backup-key"}}]}]}}}}}}`})
	p.ask("", request{ago: 44 * time.Minute, user: "carl", verb: "create", resource: "pods", ns: "vault", name: "tool", code: 403,
		body: `{"spec":{"containers":[{"name":"t"}],"volumes":[{"secret":{"secretName":"root-ca"}}]}}`})
	p.happen("", event.ClassFile, 5*time.Minute, thePod, func(e *event.Event) {
		event.Activity.Set(e, "Open")
		event.ActorProcessFilePath.Set(e, "/bin/cat")
		event.FilePath.Set(e, "/var/run/secrets/kubernetes.io/serviceaccount/token")
	})
	p.happen("", event.ClassFile, 5*time.Minute, thePod, func(e *event.Event) {
		event.Activity.Set(e, "Open")
		event.FilePath.Set(e, "/etc/hosts")
	})
	// What the account does: the past, and the last day.
	for i := range 3 {
		p.ask("", request{ago: time.Duration(48+i) * time.Hour, user: account, verb: "get", resource: "configmaps", ns: "vault", name: "settings"})
	}
	p.ask("", request{ago: 5 * time.Hour, user: account, verb: "get", resource: "configmaps", ns: "vault", name: "settings"})
	p.ask("", request{ago: 4 * time.Hour, user: account, verb: "get", resource: "configmaps", ns: "vault", name: "settings"})
	p.ask("", request{ago: 3 * time.Hour, user: account, verb: "list", resource: "secrets", ns: "vault", code: 403})
	p.ask("", request{ago: 3 * time.Hour, user: account, verb: "list", resource: "secrets", ns: "vault", code: 403})
	p.ask("", request{ago: 2 * time.Minute, user: account, verb: "get", resource: "secrets", ns: "vault", name: "db-pass", pod: thePod})
	p.ask("", request{ago: 2 * time.Minute, user: account, verb: "get", resource: "secrets", ns: "vault", name: "root-ca", pod: thePod, code: 403})
	p.ask("stolen", request{ago: 90 * time.Minute, user: account, verb: "get", resource: "secrets", ns: "vault", name: "db-pass", ip: "198.51.100.7"})
	p.happen("", event.ClassFinding, 90*time.Minute, "", func(e *event.Event) {
		event.LastSeenTime.Set(e, plantedNow.Add(-90*time.Minute).UnixNano())
		event.FindingInfoTitle.Set(e, "Secret read")
		event.RelatedEvents.Set(e, []string{p.uids["stolen"]})
	})
	// Who entered the pod, what it started, and who made it.
	p.ask("", request{ago: 20 * time.Minute, user: "tom", verb: "get", resource: "pods", sub: "exec", ns: "vault", name: thePod, query: "command=sh&command=-c&command=id&stdin=true&tty=true", code: 101})
	p.ask("", request{ago: 21 * time.Minute, user: "tom", verb: "get", resource: "pods", sub: "attach", ns: "vault", name: thePod, query: "stdin=true&tty=true", code: 403})
	p.ask("", request{ago: 22 * time.Minute, user: "tom", verb: "patch", resource: "pods", sub: "ephemeralcontainers", ns: "vault", name: thePod})
	p.ask("", request{ago: 23 * time.Minute, user: "tom", verb: "get", resource: "pods", sub: "log", ns: "vault", name: thePod})
	p.happen("the process", event.ClassProcess, 20*time.Minute-time.Second, thePod, func(e *event.Event) {
		event.ProcessName.Set(e, "sh")
		event.ProcessFilePath.Set(e, "/bin/sh")
		event.ProcessCmdLine.Set(e, "sh -c id")
		event.ProcessTTY.Set(e, "pts/0")
		event.ProcessParentProcessFilePath.Set(e, "/usr/bin/runc")
	})
	p.happen("", event.ClassProcess, 19*time.Minute, thePod, func(e *event.Event) {
		event.ProcessName.Set(e, "miner")
		event.ProcessFilePath.Set(e, "/tmp/miner")
		event.ProcessCmdLine.Set(e, "/tmp/miner -o pool")
		event.ProcessParentProcessFilePath.Set(e, "/bin/sh")
	})
	p.happen("", event.ClassProcess, 19*time.Minute, thePod, func(e *event.Event) {
		event.ProcessName.Set(e, "app")
		event.ProcessFilePath.Set(e, "/usr/local/bin/app")
	})
	p.ask("", request{ago: 50*time.Minute - time.Second, user: controllers + "deployment-controller", verb: "create", resource: "replicasets", group: "apps", ns: "vault", name: "api-7d4b9c6f5", code: 201})
	p.ask("", request{ago: 50*time.Minute - 2*time.Second, user: controllers + "replicaset-controller", verb: "create", resource: "pods", ns: "vault", name: thePod, code: 201})
	p.ask("", request{ago: 40 * time.Minute, user: controllers + "replicaset-controller", verb: "create", resource: "pods", ns: "vault", name: "api-gateway-7d4b9c6f5-bbbbb", code: 201})
	p.ask("", request{ago: 40 * time.Minute, user: "eve", verb: "create", resource: "deployments", group: "apps", ns: "vault-2", name: "api", code: 201})
	p.ask("", request{ago: 40 * time.Minute, user: "eve", verb: "create", resource: "daemonsets", group: "apps", ns: "vault", name: "api", code: 201})
	// Who calls from outside, and who connects to it.
	p.ask("", request{ago: 30 * time.Minute, user: "anna", verb: "get", resource: "nodes", ns: "vault", name: "x", ip: "203.0.113.5", outside: "yes"})
	p.ask("", request{ago: 31 * time.Minute, user: "anna", verb: "get", resource: "nodes", ns: "vault", name: "x", ip: "203.0.113.5", outside: "yes"})
	p.ask("", request{ago: 30 * time.Minute, user: "bob", verb: "get", resource: "nodes", ns: "vault", name: "x", ip: "203.0.113.6", outside: "unknown"})
	p.ask("", request{ago: 30 * time.Minute, user: "tom", verb: "get", resource: "nodes", ns: "vault", name: "x", ip: "203.0.113.7", outside: "no"})
	for _, x := range []struct{ ip, host string }{{"198.51.100.80", ""}, {"198.51.100.80", ""}, {"198.51.100.81", "files.example.net"}, {"10.1.2.3", ""}, {"fd00::1", ""}, {"172.20.0.1", ""}} {
		p.happen("", event.ClassNetwork, 15*time.Minute, thePod, func(e *event.Event) {
			event.K8sWorkload.Set(e, "api")
			event.K8sWorkloadKind.Set(e, "Deployment")
			event.SrcEndpointIP.Set(e, "10.64.1.1")
			event.DstEndpointIP.Set(e, x.ip)
			event.DstEndpointHostname.Set(e, x.host)
			event.DstEndpointPort.Set(e, 443)
		})
	}
	for _, host := range []string{"pool.example.net", "kubernetes.default.svc.cluster.local", "api"} {
		p.happen("", event.ClassDNS, 15*time.Minute, thePod, func(e *event.Event) {
			event.K8sWorkload.Set(e, "api")
			event.K8sWorkloadKind.Set(e, "Deployment")
			event.QueryHostname.Set(e, host)
		})
	}
}
