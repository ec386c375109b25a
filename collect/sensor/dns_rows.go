//go:build linux

package sensor

import (
	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/dns"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// The activities of rows about questions to the domain name system.
const (
	activityQuery    = "Query"
	activityResponse = "Response"
)

// dns emits the messages that a packet completes. One that cannot be read is counted: what is sent to port 53 need not be
// of the domain name system.
func (r *rows) dns(d *record.DNS) error {
	if d.Ends.Protocol != unix.IPPROTO_TCP {
		return r.message(d, d.Data)
	}
	k := dns.StreamKey{Sock: d.Sock, Out: d.Flags&record.DNSOut != 0}
	return r.network.streams.Take(k, d.Number, d.Data, func(b []byte) error { return r.message(d, b) })
}

// message emits a question that is sent, or an answer that is received. What goes the other way is of a server.
func (r *rows) message(d *record.DNS, b []byte) error {
	m, err := dns.Parse(b)
	if err != nil {
		r.network.unread++
	}
	if m.Name == "" || m.Response == (d.Flags&record.DNSOut != 0) {
		return nil
	}
	activity := activityQuery
	if m.Response {
		activity = activityResponse
		r.network.names.Learn(d.Actor.Cgroup, &m, r.clock.now())
	}
	e := r.act(event.ClassDNS, activity, &d.Actor, r.record.Time)
	r.ends(e, &d.Ends, record.ConnectionOpened)
	event.QueryHostname.Set(e, m.Name)
	event.QueryType.Set(e, m.Type.String())
	event.QueryPacketUID.Set(e, int64(m.ID))
	if m.Response {
		answered(e, &m)
	}
	return r.finish(e)
}

// answered says how a question was answered.
func answered(e *event.Event, m *dns.Message) {
	event.Rcode.Set(e, dns.CodeName(m.RCode))
	event.Status.Set(e, statusSuccess)
	if m.RCode != 0 {
		event.Status.Set(e, statusFailure)
	}
	event.AnswersCount.Set(e, int64(m.Count))
	for i := range m.Answers {
		if text := m.Answers[i].Text; text != "" {
			event.Answers.Append(e, text)
		}
	}
}
