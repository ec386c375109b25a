package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/rule"
)

// What there is of each: a few large clusters.
const (
	clusters   = 3
	nodes      = 200
	namespaces = 80
	workloads  = 400
	people     = 300
	incidents  = 60
)

// maker makes findings: a few rules and workloads make most of them, as it is.
type maker struct {
	o     *options
	rules []*rule.Rule
	rnd   *rand.Rand
	often [5]*rand.Zipf // rules, namespaces, workloads, people, incidents
}

func newMaker(o *options, rules []*rule.Rule) *maker {
	m := &maker{o: o, rules: rules, rnd: rand.New(rand.NewPCG(uint64(o.seed), 1))}
	for i, n := range []int{len(rules), namespaces, workloads, people, incidents} {
		m.often[i] = rand.NewZipf(m.rnd, 1.15, 4, uint64(n-1))
	}
	return m
}

// finding makes the n-th, in order of time.
func (m *maker) finding(n int) (*detect.Finding, row.Standing) {
	r := m.rules[m.often[0].Uint64()]
	ns, wl, person := m.often[1].Uint64(), m.often[2].Uint64(), m.often[3].Uint64()
	first := m.o.end.Add(-m.o.span + time.Duration(float64(m.o.span)*float64(n)/float64(m.o.findings)))
	last := first.Add(time.Duration(m.rnd.IntN(1800)) * time.Second)
	f := &detect.Finding{
		ID: id(m.o.seed, n), Rule: r, Severity: r.Severity, Cluster: fmt.Sprintf("cluster-%d", ns%clusters), First: first, Last: last,
		Count: 1 + int64(m.rnd.ExpFloat64()*5),
		Actor: detect.Actor{
			User: fmt.Sprintf("person-%03d@example.org", person), Groups: []string{"system:authenticated", "engineering"},
			IPs: []string{fmt.Sprintf("10.%d.%d.7", person%250, ns)}, UserAgents: []string{"kubectl/v1.36.3 (linux/amd64) kubernetes/0000000"}, Outside: "no",
		},
		Target: detect.Target{
			Verb: "get", Resource: "pods", Namespace: fmt.Sprintf("team-%02d", ns), Name: fmt.Sprintf("service-%03d-%05x", wl, m.rnd.IntN(1<<20)),
			Workload: fmt.Sprintf("Deployment/service-%03d", wl), Node: fmt.Sprintf("node-%03d", m.rnd.IntN(nodes)),
		},
	}
	if n%3 == 0 { // an account of the cluster
		f.Actor.ServiceAccount = fmt.Sprintf("team-%02d/service-%03d", ns, wl)
		f.Actor.User = fmt.Sprintf("system:serviceaccount:team-%02d:service-%03d", ns, wl)
	}
	for i := range min(f.Count, 5) {
		f.EventUIDs = append(f.EventUIDs, id(m.o.seed, n, int(i)))
	}
	s := row.Standing{Received: last.Add(time.Second)}
	if m.rnd.IntN(50) == 0 {
		s.Incident = id(m.o.seed, -1, int(m.often[4].Uint64()))
	}
	if m.rnd.IntN(40) == 0 {
		s.Excluded = "the nightly backup"
	}
	return f, s
}

// id is a hash, as ids are.
func id(seed int64, parts ...int) string {
	b := binary.LittleEndian.AppendUint64(nil, uint64(seed))
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint64(b, uint64(p))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
