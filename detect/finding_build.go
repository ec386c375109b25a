package detect

import (
	"slices"
	"sort"
	"strconv"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// MaxActorTexts is how many addresses, and how many user agents, a finding
// shows.
const MaxActorTexts = 16

// maxParts is how many findings a correlation names as its parts.
const maxParts = 100

// building is a finding as it grows. What it becomes depends on the set of
// its requests only, not on the order in which they were added.
type building struct {
	id   event.UID
	plan *plan
	// blend says what is shown of requests that differ.
	blend blend
	// summary: it stands for the findings that a muted rule did not make.
	summary bool

	count, failed int64
	denied        bool
	ids           []requestID // in order, the earliest
	first         *about      // of the earliest request
	last          int64
	actor         Actor  // when blended
	target        Target // when blended
	evidence      []Value
	ips, agents   []string // sorted, the lowest
	outside       string

	severity rule.Severity
	raised   bool // since a request was counted last
	reasons  uint64
	best     *about // earliest request of that severity
	answers  []Answer
	parts    map[event.UID]bool
	notes    []string
	figure   float64 // of a correlation: the highest count, sum or the like
	size     int64
	// restored: an earlier run made it, and counted until then; named are the
	// requests that it named.
	restored bool
	counted  int64
	named    []requestID
	// reports are the rows that others found.
	reports []event.UID
}

// names reports whether an earlier run counted the request.
func (f *building) names(uid event.UID) bool {
	return slices.ContainsFunc(f.named, func(r requestID) bool { return r.uid == uid })
}

// blend is what a finding shows of requests that differ.
type blend uint8

const (
	blendFirst blend = iota // what the first did
	blendSame               // what all have in common
)

// requestID names one request of a finding.
type requestID struct {
	time    int64
	uid     event.UID
	auditID string
}

// index returns where a request stands in the list, or would.
func (f *building) index(a *about) (int, bool) {
	i := sort.Search(len(f.ids), func(i int) bool { return !before(f.ids[i].time, f.ids[i].uid, a.time, a.uid) })
	return i, i < len(f.ids) && f.ids[i].uid == a.uid && f.ids[i].time == a.time
}

// add counts a request. At most limit of them are named; the earliest are.
func (f *building) add(a *about, limit int) {
	f.count++
	if a.failed {
		f.failed++
	}
	f.denied = f.denied || a.denied
	if f.first == nil {
		f.actor, f.target, f.last = a.actor, a.target, a.time
	} else if f.blend == blendSame {
		f.actor, f.target = commonActor(f.actor, a.actor), commonTarget(f.target, a.target)
	}
	if f.first == nil || a.earlier(f.first) {
		f.first = a
	}
	f.last = max(f.last, a.time)
	f.ips = addLowest(f.ips, a.actor.IPs)
	f.agents = addLowest(f.agents, a.actor.UserAgents)
	if outsideRank(a.actor.Outside) > outsideRank(f.outside) {
		f.outside = a.actor.Outside
	}
	if i, there := f.index(a); !there && (limit < 0 || i < limit) {
		f.ids = slices.Insert(f.ids, i, requestID{a.time, a.uid, a.auditID})
		if limit >= 0 && len(f.ids) > limit {
			f.ids = f.ids[:limit]
		} else {
			f.size += int64(len(a.auditID)) + 48
		}
	}
}

// raise notes the severity of one of its requests, and why it has it.
func (f *building) raise(sev rule.Severity, reasons uint64, answers []Answer, a *about) {
	switch {
	case sev > f.severity:
		f.raised = true
		f.severity, f.reasons, f.best, f.answers = sev, reasons, a, answers
	case sev == f.severity:
		f.reasons |= reasons
		if a.earlier(f.best) {
			f.best, f.answers = a, answers
		}
	}
}

// outsideRank orders what is known of where callers are: one that came from
// outside is what a finding tells.
func outsideRank(s string) int {
	return slices.Index([]string{"", "no", "unknown", "yes"}, s)
}

// addLowest adds words to a sorted set of which the lowest are kept.
func addLowest(set, words []string) []string {
	for _, w := range words {
		i, there := slices.BinarySearch(set, w)
		if there || i >= MaxActorTexts {
			continue
		}
		set = slices.Insert(set, i, w)
		set = set[:min(len(set), MaxActorTexts)]
	}
	return set
}

func same(a, b string) string {
	if a == b {
		return a
	}
	return ""
}

func commonActor(a, b Actor) Actor {
	c := Actor{
		User: same(a.User, b.User), UID: same(a.UID, b.UID), RealUser: same(a.RealUser, b.RealUser),
		ServiceAccount: same(a.ServiceAccount, b.ServiceAccount), TokenPod: same(a.TokenPod, b.TokenPod),
		TokenPodUID: same(a.TokenPodUID, b.TokenPodUID), TokenWorkload: same(a.TokenWorkload, b.TokenWorkload), TokenWriter: same(a.TokenWriter, b.TokenWriter),
		CallerPod: same(a.CallerPod, b.CallerPod), CallerWorkload: same(a.CallerWorkload, b.CallerWorkload), CredentialID: same(a.CredentialID, b.CredentialID),
	}
	if slices.Equal(a.Groups, b.Groups) {
		c.Groups = a.Groups
	}
	return c
}

func commonTarget(a, b Target) Target {
	return Target{
		Verb: same(a.Verb, b.Verb), Group: same(a.Group, b.Group), Resource: same(a.Resource, b.Resource),
		Subresource: same(a.Subresource, b.Subresource), Namespace: same(a.Namespace, b.Namespace),
		Name: same(a.Name, b.Name), URI: same(a.URI, b.URI), Command: same(a.Command, b.Command),
		Workload: same(a.Workload, b.Workload), Writer: same(a.Writer, b.Writer),
	}
}

// finding returns what it has become.
func (f *building) finding() *Finding {
	out := &Finding{
		ID: f.id.String(), Rule: f.plan.rule, Severity: f.severity, Reasons: f.words(),
		Cluster: f.first.cluster, First: unixTime(f.first.time), Last: unixTime(f.last),
		Count: f.count, Failed: f.failed, AuditIDsTotal: f.count, Actor: f.first.actor, Target: f.first.target,
		Evidence: f.evidence, Summary: f.summary, Denied: f.denied,
	}
	if f.blend == blendSame {
		out.Actor, out.Target = f.actor, f.target
	}
	out.Actor.IPs, out.Actor.UserAgents, out.Actor.Outside = f.ips, f.agents, f.outside
	for _, r := range slices.Concat(f.named, f.ids) {
		if r.auditID != "" {
			out.AuditIDs = append(out.AuditIDs, r.auditID)
		}
		out.EventUIDs = append(out.EventUIDs, r.uid.String())
	}
	for i, a := range f.answers {
		if a != AnswerNone {
			out.Novelty = append(out.Novelty, NoveltyAnswer{Key: f.plan.novelties[i].name, Answer: a.String()})
		}
	}
	return out
}

// mutedReason is the reason of a summary.
const mutedReason = "muted: the rule made too many findings; this one counts the rest"

// words returns why the severity is what it is, each reason once.
func (f *building) words() []string {
	out, more := f.plan.why(f.reasons), f.notes
	if f.summary {
		more = append(slices.Clip(more), mutedReason)
	}
	for _, n := range more {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// counted is evidence of a number.
func counted(name string, n float64) Value {
	return Value{Field: name, Value: strconv.FormatFloat(n, 'f', -1, 64)}
}
