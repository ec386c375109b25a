package synth

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Mix is how many events of each table there are among 100.
type Mix struct{ Network, Process, File, DNS, Audit int }

// DefaultMix is that of a busy cluster with a node sensor.
var DefaultMix = Mix{Network: 42, Process: 30, File: 14, DNS: 9, Audit: 5}

// Options say what to make.
type Options struct {
	Seed uint64
	// Start is the time of the first event, and Rate how many there are in a
	// second.
	Start time.Time
	Rate  float64
	// Mix is DefaultMix when it is zero.
	Mix Mix
	// First is the number of the first event; a stream can be made in parts.
	First int64
}

// What is planted: every PlantedEvery-th event of its table (counted over all
// tables) carries it.
const (
	PlantedEvery   = 1_000_003
	PlantedAddress = "203.0.113.77"
	PlantedHash    = "feedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedface"
	PlantedUser    = "mallory@example.com"
	PlantedCommand = "./xmrig-6.22 -o stratum+tcp://pool.example.net:3333"
)

// Stream makes events one after another. It is for one goroutine.
type Stream struct {
	o   Options
	w   *world
	r   *rand.Rand
	n   int64
	raw []byte
	buf []byte
}

// New returns the stream of events that o means.
func New(o Options) *Stream {
	if o.Mix == (Mix{}) {
		o.Mix = DefaultMix
	}
	if o.Rate <= 0 {
		o.Rate = 1000
	}
	return &Stream{o: o, w: newWorld(rand.New(rand.NewPCG(o.Seed, 1))), r: rand.New(rand.NewPCG(o.Seed, uint64(o.First)+2)), n: o.First}
}

// Next makes e the next event. Its text and Raw are valid until the call
// after that.
func (s *Stream) Next(e *event.Event) {
	n := s.n
	s.n++
	r := s.r
	kind := r.IntN(100)
	planted := n%PlantedEvery == PlantedEvery-1
	m := s.o.Mix
	switch {
	case kind < m.Network:
		s.network(e, n, planted)
	case kind < m.Network+m.Process:
		s.process(e, n, planted)
	case kind < m.Network+m.Process+m.File:
		s.file(e, n)
	case kind < m.Network+m.Process+m.File+m.DNS:
		s.dns(e, n)
	default:
		s.audit(e, n, planted)
	}
}

// begin sets what events of every table have.
func (s *Stream) begin(e *event.Event, c event.Class, n int64) {
	e.Reset(c)
	at := s.o.Start.UnixNano() + int64(float64(n)*1e9/s.o.Rate)
	at -= at % 1000
	event.Time.Set(e, at-int64(s.r.IntN(400))*1_000_000)
	event.ReceivedTime.Set(e, at)
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(n)*0x9E3779B97F4A7C15)
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	event.MetadataUID.Set(e, hex.EncodeToString(id[:]))
	event.MetadataSource.Set(e, "synth")
	event.K8sCluster.Set(e, "c-7f3a")
}

// inPod names the pod that an event happened in.
func (s *Stream) inPod(e *event.Event) *pod {
	p := &s.w.pods[skewed(s.r, len(s.w.pods))]
	event.K8sNamespace.Set(e, p.namespace)
	event.K8sPod.Set(e, p.name)
	event.K8sPodUID.Set(e, p.uid)
	event.K8sWorkloadKind.Set(e, p.kind)
	event.K8sWorkload.Set(e, p.workload)
	event.K8sNode.Set(e, p.node)
	event.K8sServiceAccount.Set(e, p.account)
	event.ContainerUID.Set(e, p.container)
	event.ContainerName.Set(e, "main")
	event.ContainerImageName.Set(e, p.image)
	event.ContainerImageUID.Set(e, p.digest)
	return p
}

// acting names the process that acted.
func (s *Stream) acting(e *event.Event, n int64) {
	g := &s.w.programs[skewed(s.r, len(s.w.programs))]
	event.ActorProcessFilePath.Set(e, g.path)
	event.ActorProcessCmdLine.Set(e, s.text(g.path, " ", g.args, s.r.Int64N(100_000)))
	event.ActorProcessPID.Set(e, 1000+n%60_000)
}

// text joins words and a number.
func (s *Stream) text(a, b, c string, n int64) string {
	s.buf = append(append(append(s.buf[:0], a...), b...), c...)
	return string(strconv.AppendInt(s.buf, n, 10))
}
