package peer

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestNames(t *testing.T) {
	const uid = "0f6c2c4e-1111-4222-8333-444455556666"
	for uri, want := range map[string]string{
		"lynceus://" + uid + "/sensor/node-1":                          "sensor of node node-1 in cluster " + uid,
		"lynceus://" + uid + "/sensor/ip-10-0-0-1.ec2.internal?by=abc": "sensor of node ip-10-0-0-1.ec2.internal in cluster " + uid,
		"lynceus:///sensor/n?cluster=prod":                             "sensor of node n in cluster prod",
		"lynceus://" + uid + "/agent?by=kubernetes":                    "agent of cluster " + uid,
		"lynceus:///agent?cluster=prod":                                "agent of cluster prod",
		"lynceus://" + uid + "/sensor/a%2Fb":                           "sensor of node a/b in cluster " + uid,
	} {
		u, err := url.Parse(uri)
		if err != nil {
			t.Fatal(err)
		}
		n, err := ParseURI(u)
		if err != nil {
			t.Errorf("%s: %v", uri, err)
			continue
		}
		if n.String() != want || n.URI().String() != uri {
			t.Errorf("%s is %q, written again %s", uri, n, n.URI())
		}
	}
	for _, uri := range []string{
		"https://" + uid + "/sensor/n", "lynceus://" + uid + "/sensor", "lynceus://" + uid + "/sensor/", "lynceus://" + uid + "/agent/n", "lynceus://" + uid + "/admin/n",
		"lynceus:///sensor/n", "lynceus://" + uid + "/sensor/n?cluster=prod", "lynceus://" + uid + "/sensor/a/b", "lynceus://" + uid + "/sensor/n#x",
		"lynceus://user@" + uid + "/sensor/n", "lynceus://" + uid + "/sensor/n?more=1", "lynceus://" + uid + ":1/sensor/n", "lynceus://" + uid + "/sensor/%20",
		"lynceus://" + strings.Repeat("a", 65) + "/sensor/n", "lynceus://" + uid + "/sensor/" + strings.Repeat("n", 254), "lynceus:///sensor/n?cluster=a&cluster=b",
	} {
		u, err := url.Parse(uri)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := ParseURI(u); err == nil {
			t.Errorf("%s became %+v", uri, n)
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	seen := map[string]Name{}
	for _, n := range []Name{
		{Kind: Sensor, ClusterUID: "u", Node: "a.b"}, {Kind: Sensor, ClusterUID: "u", Node: "a=2Eb"}, {Kind: Sensor, ClusterUID: "u", Node: "a_b"},
		{Kind: Sensor, ClusterUID: "u", Node: "@agent"}, {Kind: Agent, ClusterUID: "u"}, {Kind: Sensor, Cluster: "u", Node: "a.b"}, {Kind: Sensor, Cluster: "@u", Node: "a.b"},
		{Kind: Sensor, ClusterUID: "u", Node: ">"}, {Kind: Sensor, ClusterUID: "u", Node: "*"}, {Kind: Sensor, ClusterUID: "u", Node: "n "},
	} {
		if old, ok := seen[n.Key()]; ok {
			t.Errorf("%+v and %+v have the key %s", n, old, n.Key())
		}
		seen[n.Key()] = n
		if strings.ContainsAny(n.Key(), "*> ") || strings.Count(n.Key(), ".") != 1 {
			t.Errorf("%+v has the key %q", n, n.Key())
		}
		for subject, want := range map[string]Said{
			n.PutSubject(Events): {n.Key(), Put, Events}, n.HelloSubject(): {n.Key(), SayHello, ""}, n.RenewSubject(): {n.Key(), Renew, ""}, n.AnswerSubject(): {n.Key(), AnswerCommand, ""},
		} {
			if got, err := ParseSubject(subject); err != nil || got != want {
				t.Errorf("%s: %+v %v", subject, got, err)
			}
		}
	}
	for _, s := range []string{"", "in", "in.", "in.a", "in.a.b", "in.a.b.", "in.a.b.put", "in.a.b.put.", "in.a.b.put.other", "in.a.b.hello.x", "out.a.b.hello", "in.a.b.hello."} {
		if got, err := ParseSubject(s); err == nil && s != "in.a.b.hello." {
			t.Errorf("%q became %+v", s, got)
		}
	}
}

func TestVerdicts(t *testing.T) {
	for want, v := range map[string]Verdict{"+": {}, "~1500": {Busy: 1500 * time.Millisecond}, "-no": {Refused: "no"}, "~1": {Busy: time.Microsecond}} {
		if got := string(v.Encode()); got != want {
			t.Errorf("%+v is sent as %q", v, got)
		}
	}
	if v, err := ParseVerdict([]byte("~99999999")); err != nil || v.Busy != maxBusy {
		t.Errorf("%+v %v", v, err)
	}
	for _, text := range []string{"", "~", "~x", "~-1", "?", "OK"} {
		if v, err := ParseVerdict([]byte(text)); err == nil {
			t.Errorf("%q became %+v", text, v)
		}
	}
}

func FuzzMessages(f *testing.F) {
	f.Add(Batch{Epoch: "e-1", Sequence: 7, Payload: []byte("x")}.Append(nil))
	f.Add([]byte(`{"id":"1","kind":"report","expires":"2026-01-01T00:00:00Z"}`))
	f.Add([]byte("~100"))
	f.Add([]byte("in.a.b.put.events"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := ParseBatch(data); err == nil {
			again, err := ParseBatch(b.Append(nil))
			if err != nil || again.Epoch != b.Epoch || again.Sequence != b.Sequence || string(again.Payload) != string(b.Payload) {
				t.Errorf("%+v became %+v, %v", b, again, err)
			}
		}
		if v, err := ParseVerdict(data); err == nil {
			if again, err := ParseVerdict(v.Encode()); err != nil || again != v {
				t.Errorf("%+v became %+v, %v", v, again, err)
			}
		}
		_, _ = ParseSubject(string(data))
		_, _ = ParseCommand(data)
		_, _ = ParseAnswer(data)
		_, _ = ParseHello(data)
		if u, err := url.Parse(string(data)); err == nil {
			_, _ = ParseURI(u)
		}
	})
}
