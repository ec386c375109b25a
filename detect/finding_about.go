package detect

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/event"
)

// maxText is how many bytes of a value a finding shows.
const maxText = 2048

// about is what a finding says of one request: who did what to what. It
// shares no memory with the event.
type about struct {
	uid     event.UID
	time    int64 // nanoseconds since 1970
	auditID string
	cluster string
	failed  bool
	denied  bool  // a policy stopped it
	actor   Actor // IPs and UserAgents hold at most one each
	target  Target
	size    int64
}

// earlier orders requests by time and then by identity.
func (a *about) earlier(b *about) bool { return before(a.time, a.uid, b.time, b.uid) }

func before(t1 int64, u1 event.UID, t2 int64, u2 event.UID) bool {
	if t1 != t2 {
		return t1 < t2
	}
	return string(u1[:]) < string(u2[:])
}

// describe copies what a finding says out of an event.
func (s *State) describe(e *event.Event, uid event.UID, t int64) *about {
	own := s.texts.own
	a := &about{uid: uid, time: t, cluster: own(event.K8sCluster.Get(e)), auditID: strings.Clone(event.APIRequestUID.Get(e))}
	code, _ := event.APIResponseCode.Get(e)
	a.failed = code >= 400
	a.actor = Actor{
		User:           own(event.ActorUserName.Get(e)),
		UID:            own(event.ActorUserUID.Get(e)),
		ServiceAccount: own(event.K8sServiceAccount.Get(e)),
		TokenPod:       own(event.AuditTokenPodName.Get(e)),
		TokenPodUID:    own(event.AuditTokenPodUID.Get(e)),
		CredentialID:   own(event.AuditCredentialID.Get(e)),
		Outside:        own(event.AuditCallerOutside.Get(e)),
	}
	for _, g := range event.ActorUserGroups.Get(e) {
		a.actor.Groups = append(a.actor.Groups, own(g))
	}
	if event.AuditImpersonatedUserName.Has(e) {
		a.actor.RealUser = own(event.AuditUserName.Get(e))
	}
	if ip := event.SrcEndpointIP.Get(e); ip != "" {
		a.actor.IPs = []string{own(ip)}
	}
	if ua := event.HTTPRequestUserAgent.Get(e); ua != "" {
		a.actor.UserAgents = []string{own(ua)}
	}
	a.target = Target{
		Verb:        own(event.APIOperation.Get(e)),
		Group:       own(event.ResourceGroup.Get(e)),
		Resource:    own(event.ResourceType.Get(e)),
		Subresource: own(event.ResourceSubresource.Get(e)),
		Namespace:   own(event.K8sNamespace.Get(e)),
		Name:        own(event.ResourceName.Get(e)),
		Command:     own(event.AuditExecCommandLine.Get(e)),
	}
	s.describePods(e, a)
	if a.target.Resource == "" {
		a.target.URI = own(event.HTTPRequestURLPath.Get(e))
	}
	if e.Class != event.ClassAudit {
		describeRuntime(e, a, own)
	}
	a.size = 512 + int64(len(a.auditID)+len(a.target.Name)+len(a.target.URI)+len(a.target.Command)+16*len(a.actor.Groups))
	return a
}

// describePods fills in what is known of the pods behind a request.
func (s *State) describePods(e *event.Event, a *about) {
	own := s.texts.own
	a.actor.TokenWorkload = own(event.AuditTokenPodWorkload.Get(e))
	a.actor.TokenWriter = own(event.AuditTokenPodWriter.Get(e))
	if name := event.AuditCallerPodName.Get(e); name != "" {
		a.actor.CallerPod = own(event.AuditCallerPodNamespace.Get(e) + "/" + name)
		a.actor.CallerWorkload = own(event.AuditCallerPodWorkload.Get(e))
	}
	if kind := event.K8sWorkloadKind.Get(e); kind != "" {
		a.target.Workload = own(kind + "/" + event.K8sWorkload.Get(e))
	}
	a.target.Writer = own(event.K8sWriterName.Get(e))
}

// describeRuntime fills in what the rows of the node sensor say in other
// fields.
func describeRuntime(e *event.Event, a *about, own func(string) string) {
	a.target.Verb = own(event.Activity.Get(e))
	a.target.Node = own(event.K8sNode.Get(e))
	a.denied = event.PolicyVerdict.Get(e) == "Denied"
	if person := event.K8sSessionUser.Get(e); person != "" { // nearer than the account in the container
		a.actor.User, a.actor.UID = own(person), ""
	}
	if a.target.Name == "" {
		a.target.Name = own(event.K8sPod.Get(e))
	}
	if a.target.Command == "" {
		a.target.Command = own(cmp.Or(event.ProcessCmdLine.Get(e), event.ActorProcessCmdLine.Get(e)))
	}
}

// texts keeps one copy of each text, so that the same user, address and
// namespace of a million requests are one. When it is full it begins anew.
type texts struct {
	m     map[string]string
	bytes int
}

// maxTexts bounds the table, in bytes of text.
const maxTexts = 4 << 20

// own returns text, cut to maxText, in memory that does not belong to an
// event.
func (t *texts) own(text string) string {
	if text == "" {
		return ""
	}
	if len(text) > maxText {
		return cut(text, maxText)
	}
	if v, ok := t.m[text]; ok {
		return v
	}
	if t.m == nil || t.bytes > maxTexts {
		t.m, t.bytes = map[string]string{}, 0
	}
	v := strings.Clone(text)
	t.m[v] = v
	t.bytes += len(v) + 32
	return v
}

// cut returns a copy of the first bytes of text, ending in "…" and not within
// a character.
func cut(text string, n int) string {
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
