package e2e

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// enters is the command that both people run at the same time in pods of the same name.
const enters = "/bin/nc 198.51.100.7 4444"

// TestTwoClusters lets all of two real clusters come into one hub, which reaches nobody: it runs on a machine that is
// connected to nothing, and who reports dials in. The sensor of one cluster proves its node by its pod's token, which only
// that cluster's API server can judge; that of the other by a token of the hub. What happens at the same time, under the
// same names, stays apart.
func TestTwoClusters(t *testing.T) {
	island := newIsland(t)
	api, gate := freeAddr(t), freeAddr(t)
	lead(t, island, api)
	lead(t, island, gate)
	r := newReceiverOn(t, island, []string{"north", "south"}, "--listen", api, "--gate", gate)
	policy, err := r.run("audit-policy", "generate")
	if err != nil {
		t.Fatal(err)
	}
	north := r.site(t, "north", "mira@example.com", []byte(policy), (*site).podToken)
	south := r.site(t, "south", "otto@example.com", []byte(policy), (*site).hubToken)
	sites := []*site{north, south}
	r.connected(t, sites)
	for _, s := range sites {
		s.unreachable(t, island)
	}

	loaded := make(chan loadResult, len(sites))
	for _, s := range sites {
		s.populate(t, r)
	}
	for _, s := range sites {
		l := newLoad(t, s.Cluster)
		go func() { loaded <- l.run(t.Context(), 50, 5*time.Second) }()
	}
	each(sites, func(s *site) {
		s.kubectl("", "-n", "shop", "exec", siteShell, "--", "sh", "-c", enters+"; true")
		s.kubectl("", "-n", "shop", "get", "secret", "db", "-o", "yaml")
	})
	for range sites {
		(<-loaded).must(t, "load on one of two")
	}
	r.apart(t, sites)
	r.found(t, sites)
	r.lists(t, sites)
	for _, s := range sites {
		r.equalsLog(t, s.Cluster, s.name, slow)
		nothingDropped(t, s.Cluster)
	}
	thief(t, gate, north, south)
}

// only waits until a question answers exactly these rows, each as its values in the order of its columns, in any order.
func (r *receiver) only(t *testing.T, what, kql string, columns []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	eventually(t, slow, what, func() error {
		rows, err := r.rows(kql + " | distinct " + strings.Join(columns, ", "))
		if err != nil {
			return err
		}
		var got []string
		for _, row := range rows {
			values := make([]string, len(columns))
			for i, c := range columns {
				values[i] = row[c]
			}
			got = append(got, strings.Join(values, " "))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("%q, want %q: %s", got, want, kql)
		}
		return nil
	})
}

// apart sees that what has the same names and addresses in both clusters is told apart.
//
// The nodes of both are this machine's one kernel, so each sensor also sees the containers of the other cluster, which its own
// container runtime does not know: such rows have no names, and nobody's session may be theirs.
func (r *receiver) apart(t *testing.T, sites []*site) {
	t.Helper()
	var names, sessions, callers, pods, people []string
	for _, s := range sites {
		names = append(names, s.name+" "+s.uid)
		sessions = append(sessions, strings.Join([]string{s.name, s.uid, siteShell, s.pods[siteShell], s.person}, " "))
		callers = append(callers, s.name+" "+siteCaller+" "+s.pods[siteCaller])
		pods = append(pods, s.name+" "+siteShell+" "+s.pods[siteShell], s.name+" "+siteCaller+" "+s.pods[siteCaller])
		people = append(people, s.name+" "+s.uid+" "+s.person)
	}
	cluster := []string{"k8s.cluster", "k8s.cluster_uid"}
	for _, table := range []string{"process", "file", "network", "inventory"} {
		r.only(t, table+" by cluster", table, cluster, names...)
	}
	// What an API server sent before its cluster's agent told the UID has the name alone.
	r.only(t, "audit by cluster", "audit | where isnotempty(k8s.cluster_uid)", cluster, names...)
	r.only(t, "what people asked", "audit | where actor.user.name endswith '@example.com'", append(cluster, "actor.user.name"), people...)
	r.only(t, "whose session a process is of", "process | where isnotempty(k8s.session.user)", append(cluster, "k8s.pod", "k8s.pod_uid", "k8s.session.user"), sessions...)
	r.only(t, "no process has several candidates", "process | where isnotempty(k8s.session.candidates)", cluster)
	r.only(t, "the command of the session", "process | where isnotempty(k8s.session.user) and process.cmd_line == '"+enters+"' and activity == 'Launch'", cluster, names...)
	r.only(t, "pods of processes", "process | where k8s.namespace == 'shop' and isnotempty(k8s.pod)", []string{"k8s.cluster", "k8s.pod", "k8s.pod_uid"}, pods...)
	r.only(t, "pods that call, by their address", "audit | where isnotempty(audit.caller_pod.uid)", []string{"k8s.cluster", "audit.caller_pod.name", "audit.caller_pod.uid"}, callers...)
	r.only(t, "pods that tokens belong to", "audit | where isnotempty(audit.token_pod.uid)", []string{"k8s.cluster", "audit.token_pod.name", "audit.token_pod.uid"}, callers...)
}

// found sees that what both people did is found, once in each cluster, and that nothing found in one is about the other.
func (r *receiver) found(t *testing.T, sites []*site) {
	t.Helper()
	for i, s := range sites {
		other := sites[1-i]
		eventually(t, slow, "the findings about "+s.name, func() error {
			byPerson, err := r.findings(s.person)
			if err != nil {
				return err
			}
			for _, f := range byPerson {
				if f.Cluster != s.name {
					t.Errorf("a finding about %s is of cluster %s: %s", s.person, f.Cluster, f.Document)
				}
			}
			return errors.Join(
				oneSays(byPerson, "command_in_container", []string{s.person, personAddr, `"namespace":"shop","name":"` + siteShell + `"`, enters}),
				oneSays(byPerson, "secret_read", []string{s.person, personAddr, `"namespace":"shop","name":"db"`}),
				r.foundProcess(s))
		})
		if n := r.incidentsOf(t, s, other); n == 0 {
			t.Errorf("no incident in %s", s.name)
		}
	}
}

// incidentsOf counts the incidents of a cluster, none of which may speak of the other.
func (r *receiver) incidentsOf(t *testing.T, s, other *site) (n int) {
	t.Helper()
	var list struct {
		Incidents []struct{ ID, Cluster string }
	}
	if err := r.get("/api/v1/incidents?limit=200", &list); err != nil {
		t.Fatal(err)
	}
	for _, one := range list.Incidents {
		if one.Cluster != s.name {
			continue
		}
		n++
		var whole struct{ Document json.RawMessage }
		if err := r.get("/api/v1/incidents/"+one.ID, &whole); err != nil {
			t.Fatal(err)
		}
		for _, foreign := range []string{`"` + other.name + `"`, other.uid, other.person} {
			if strings.Contains(string(whole.Document), foreign) {
				t.Errorf("an incident of %s speaks of %s: %s", s.name, foreign, whole.Document)
			}
		}
	}
	return n
}

// networkTool is the id of the rule of the built-in pack that finds what the people ran.
const networkTool = "e5704a74-d06f-4e4c-a0ae-fb49a65e1f2f"

// foundProcess looks for what the sensor of a cluster found about the person's program in its pod: the event behind it has the
// pod's UID and the person.
func (r *receiver) foundProcess(s *site) error {
	all, err := r.findingsWhere("rule=" + networkTool)
	if err != nil {
		return err
	}
	for _, f := range all {
		var of struct {
			Resource struct{ Name, Command string }
			Events   []string `json:"event_uids"`
		}
		if err := json.Unmarshal(f.Document, &of); err != nil {
			return err
		}
		if f.Cluster != s.name || f.Namespace != "shop" || of.Resource.Name != siteShell || of.Resource.Command != enters || len(of.Events) != 1 {
			continue
		}
		rows, err := r.rows("process | where metadata.uid == '" + of.Events[0] + "' | project k8s.cluster_uid, k8s.pod_uid, k8s.session.user")
		if err != nil {
			return err
		}
		if f.User != s.person {
			return fmt.Errorf("what %s's program set off is of %s", s.person, f.User)
		}
		if len(rows) == 1 && rows[0]["k8s.cluster_uid"] == s.uid && rows[0]["k8s.pod_uid"] == s.pods[siteShell] && rows[0]["k8s.session.user"] == s.person {
			return nil
		}
		return fmt.Errorf("what is behind the finding in pod %s: %v", s.pods[siteShell], rows)
	}
	var documents []string
	for _, f := range all {
		documents = append(documents, string(f.Document))
	}
	return fmt.Errorf("the program in pod %s of %s is not among %d findings: %s", s.pods[siteShell], s.name, len(all), strings.Join(documents, "\n"))
}

// lists sees that what people look at first has both clusters, and that a question to a node is answered by that cluster's.
func (r *receiver) lists(t *testing.T, sites []*site) {
	t.Helper()
	for verb, lines := range map[string][]string{
		"nodes":    {"%s node1 connected", "%s (agent) connected"},
		"clusters": {"%s %s v1."},
		"sources":  {"node node1 of cluster %s"},
	} {
		text, err := r.lynceus(verb)
		if err != nil {
			t.Fatal(err)
		}
		flat := strings.Join(strings.Fields(text), " ")
		if strings.Contains(flat, "never seen") {
			t.Errorf("lynceus %s does not know of what came:\n%s", verb, text)
		}
		for _, s := range sites {
			for _, line := range lines {
				want := strings.Replace(strings.Replace(line, "%s", s.name, 1), "%s", s.uid, 1)
				if !strings.Contains(flat, want) {
					t.Errorf("lynceus %s does not say %q:\n%s", verb, want, text)
				}
			}
		}
	}
	for _, s := range sites {
		if text, err := r.lynceus("nodes", "report", "node1", "--cluster", s.name); err != nil || !strings.Contains(text, `"events":`) {
			t.Errorf("node1 of %s reports %s: %v", s.name, text, err)
		}
	}
	eventually(t, slow, "nothing is wrong", func() error {
		var status struct{ Problems []string }
		err := r.get("/api/v1/status", &status)
		if err == nil && len(status.Problems) > 0 {
			err = fmt.Errorf("problems: %q", status.Problems)
		}
		return err
	})
}

// thief has the key of north's sensor, and speaks and listens as if it were south's.
func thief(t *testing.T, gate string, north, south *site) {
	t.Helper()
	key := filepath.Join(north.state, "identity", "identity.pem")
	stolen, err := tls.LoadX509KeyPair(key, key)
	if err != nil {
		t.Fatal(err)
	}
	// Lines of NATS's protocol, as its documentation has them.
	say := func(lines, until string) {
		t.Helper()
		dialer := tls.Dialer{Config: &tls.Config{Certificates: []tls.Certificate{stolen}, InsecureSkipVerify: true}}
		conn, err := dialer.DialContext(t.Context(), "tcp", gate)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(slow))
		if _, err := io.WriteString(conn, "CONNECT {\"verbose\":false}\r\n"+lines+"PING\r\n"); err != nil {
			t.Fatal(err)
		}
		said := ""
		for in := bufio.NewScanner(conn); in.Scan(); {
			said += in.Text() + "\n"
			if strings.Contains(in.Text(), until) {
				return
			}
			if in.Text() == "PONG" && until != "PONG" {
				break
			}
		}
		t.Errorf("%q is answered without %q: %s", lines, until, said)
	}
	say("", "PONG") // it is let in
	say("PUB in."+south.uid+".node1.put.events 1\r\nx\r\n", "Permissions Violation for Publish")
	say("PUB in."+south.uid+".node1.put.findings 1\r\nx\r\n", "Permissions Violation for Publish")
	say("SUB cmd."+south.uid+".node1 1\r\n", "Permissions Violation for Subscription")
	say("SUB > 1\r\n", "Permissions Violation for Subscription")
}
