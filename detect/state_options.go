package detect

import (
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Defaults of [StateOptions].
const (
	// DefaultWindow is how long equal matches are one finding.
	DefaultWindow = 24 * time.Hour
	// DefaultLateness is how far matches may be out of order. Two minutes are
	// more than the minute after which an API server gives up a request, and
	// enough for a kubelet to renew its lease a dozen times.
	DefaultLateness = 2 * time.Minute
	// DefaultAuditIDs is how many requests a finding names.
	DefaultAuditIDs = 1000
	// DefaultFindingsPerHour is how many findings a rule may make in an hour
	// of event time before the rest of them become one.
	DefaultFindingsPerHour = 500
	// DefaultFindingBytes bounds the findings that are kept.
	DefaultFindingBytes = 16 << 20
	// DefaultWaitingBytes bounds the matches that wait to be judged in order,
	// again the requests that were judged but are not complete, and again the
	// rows that were judged and may be amended. Novelties
	// that ask about each call let nearly every request match; one takes about
	// 1.8 kB, so this is the DefaultLateness of 110 requests a second.
	DefaultWaitingBytes = 24 << 20
	// DefaultWindowBytes bounds the windows of all correlations.
	DefaultWindowBytes = 16 << 20
)

// Context knows what stands in no event alone: where callers are, which pods
// have died. See package identity.
type Context interface {
	// Observe learns from e and sets its contextual fields. When settled is
	// false they are what is believed so far and may be otherwise within the
	// next DefaultLateness of event time.
	Observe(e *event.Event) (settled bool)
	// Lacks reports whether more may come to be known of the event that was
	// observed last: it may be observed again then, as SeenAmended.
	Lacks() bool
	// Resolve sets the contextual fields of an event again, by what is known
	// now. It learns nothing.
	Resolve(e *event.Event)
	// Evicted returns how much it forgot because there was no room.
	Evicted() int64
}

// StateOptions are what a [State] is made with. Zero values mean the
// defaults.
type StateOptions struct {
	// Context sets contextual fields; nil leaves them as they are.
	Context Context
	// Lists finds the named lists of predicates, as expr.Options has it.
	Lists func(name string) expr.List
	// Novelty is what was learned before; nil begins with nothing. The State
	// owns it from then on.
	Novelty *Novelty
	// Window is that of rules which name none.
	Window time.Duration
	// Lateness is how far events may be out of order, by event time, without
	// changing any finding. Events that are later still are judged too, but
	// what their order decides (what was new, what came first) is then
	// decided by their place in the stream.
	Lateness time.Duration
	// AuditIDs is how many requests a finding names; negative means all.
	AuditIDs int
	// Off reports whether a rule makes no findings in a cluster of what happened
	// at a time; nil means that all rules do. It is asked whenever a finding
	// would be made or grow, so that it may change its mind. A rule that is off
	// feeds correlations and is remembered by novelty as before.
	Off func(r *rule.Rule, cluster string, at time.Time) bool
	// FindingsPerHour is how many findings one rule may make in an hour of
	// event time; what is beyond counts in one summary finding of the rule.
	FindingsPerHour int
	// Bounds of memory, in bytes (estimated): findings; matches waiting to be
	// judged, requests waiting to be completed, and rows that may be amended,
	// each; windows of correlations.
	FindingBytes, WaitingBytes, WindowBytes int64
}

func (o StateOptions) withDefaults() StateOptions {
	orDuration := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	orBytes := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	orDuration(&o.Window, DefaultWindow)
	orDuration(&o.Lateness, DefaultLateness)
	orBytes(&o.FindingBytes, DefaultFindingBytes)
	orBytes(&o.WaitingBytes, DefaultWaitingBytes)
	orBytes(&o.WindowBytes, DefaultWindowBytes)
	if o.AuditIDs == 0 {
		o.AuditIDs = DefaultAuditIDs
	}
	if o.FindingsPerHour <= 0 {
		o.FindingsPerHour = DefaultFindingsPerHour
	}
	if o.Novelty == nil {
		o.Novelty = NewNovelty(NoveltyOptions{})
	}
	return o
}
