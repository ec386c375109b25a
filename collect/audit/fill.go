package audit

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// A filler moves the values found in one document into an event.
type filler struct {
	d   *Decoder
	a   *Arena
	e   *event.Event
	doc []byte
	// redacted says that doc is not as it came.
	redacted bool
	wrapping
}

// fill sets every field the document has a value for.
func (f *filler) fill() event.UID {
	f.e.Raw = f.doc
	event.RawData.Set(f.e, alias(f.doc))
	f.request()
	f.user()
	f.claims()
	f.origin()
	f.resource()
	f.response()
	f.bodies()
	f.times()
	event.AuditDialect.Set(f.e, f.dialectName())
	uid := f.identity()
	event.MetadataUID.Set(f.e, alias(uidText(f.a, uid)))
	return uid
}

// request sets what was asked.
func (f *filler) request() {
	f.word(event.APIOperation, inVerb)
	f.word(event.AuditStage, inStage)
	f.word(event.AuditLevel, inLevel)
	f.word(event.HTTPRequestUserAgent, inUserAgent)
	f.text(event.APIRequestUID, inAuditID)
	f.text(event.HTTPRequestURLPath, inRequestURI)
	switch {
	case f.d.opts.Cluster != "":
		event.K8sCluster.Set(f.e, f.d.opts.Cluster)
	case f.cluster != "":
		event.K8sCluster.Set(f.e, f.cluster)
	}
}

// user sets who asked: as the acting user the one who was impersonated, if
// anybody was.
func (f *filler) user() {
	f.word(event.AuditUserName, inUserName)
	f.word(event.AuditUserUID, inUserUID)
	f.list(event.AuditUserGroups, inUserGroups)
	f.word(event.AuditImpersonatedUserName, inImpersonatedName)
	f.list(event.AuditImpersonatedUserGroups, inImpersonatedGroups)

	name, groups, uid := event.AuditUserName, event.AuditUserGroups, inUserUID
	if event.AuditImpersonatedUserName.Has(f.e) {
		name, groups, uid = event.AuditImpersonatedUserName, event.AuditImpersonatedUserGroups, inImpersonatedUID
	}
	f.word(event.ActorUserUID, uid)
	if groups.Has(f.e) {
		event.ActorUserGroups.Set(f.e, groups.Get(f.e))
	}
	if !name.Has(f.e) {
		return
	}
	actor := name.Get(f.e)
	event.ActorUserName.Set(f.e, actor)
	if account, ok := f.d.accounts.of(actor); ok {
		event.K8sServiceAccount.Set(f.e, account)
	}
}

// claims sets what the authenticator says about the credential. Its values
// are lists; the first word counts.
func (f *filler) claims() {
	f.first(event.AuditTokenPodName, inTokenPodName)
	f.first(event.AuditTokenPodUID, inTokenPodUID)
	f.first(event.AuditTokenNodeName, inTokenNode)
	f.first(event.AuditCredentialID, inCredentialID)
	f.object(event.AuditUserExtra, inUserExtra)
}

// origin sets where the request came from. Every hop but the last is what the
// client wrote into X-Forwarded-For.
func (f *filler) origin() {
	f.list(event.AuditSourceIPs, inSourceIPs)
	hops := event.AuditSourceIPs.Get(f.e)
	if len(hops) == 0 {
		return
	}
	last := hops[len(hops)-1]
	if ip, same, ok := f.d.addresses.text(last); ok {
		if same {
			ip = last
		}
		event.SrcEndpointIP.Set(f.e, ip)
	}
}

// resource sets what was asked for. In a reference to an object empty means
// absent.
func (f *filler) resource() {
	f.word(event.ResourceType, inResource)
	f.someWord(event.ResourceSubresource, inSubresource)
	f.someWord(event.ResourceGroup, inGroup)
	f.someWord(event.ResourceVersion, inVersion)
	f.someWord(event.K8sNamespace, inNamespace)
	f.someText(event.ResourceName, inName)
	f.text(event.ResourceUID, inObjectUID)
	create := event.APIOperation.Get(f.e) == "create" && !event.ResourceSubresource.Has(f.e)
	if create && event.ResourceName.Get(f.e) == "" {
		f.text(event.ResourceName, inRequestName)
		f.text(event.ResourceName, inResponseName)
	}
	if create && !event.ResourceUID.Has(f.e) {
		f.text(event.ResourceUID, inResponseUID)
	}
	if event.ResourceType.Get(f.e) == "pods" && event.ResourceGroup.Get(f.e) == "" {
		if event.ResourceName.Has(f.e) {
			event.K8sPod.Set(f.e, podName(event.ResourceName.Get(f.e), event.ResourceSubresource.Get(f.e)))
		}
		if event.ResourceUID.Has(f.e) {
			event.K8sPodUID.Set(f.e, event.ResourceUID.Get(f.e))
		}
	}
	f.parameters()
}

// response sets how it went.
func (f *filler) response() {
	f.text(event.APIResponseMessage, inMessage)
	f.word(event.APIResponseError, inReason)
	f.word(event.AuditDecision, inDecision)
	f.text(event.AuditDecisionReason, inDecisionReason)
	status := "Unknown"
	if code, ok := f.number(event.APIResponseCode, inCode); ok {
		status = "Success"
		if code >= 400 {
			status = "Failure"
		}
	} else if said, ok := f.d.peek(inStatus); ok && said == "Failure" {
		status = "Failure"
	}
	event.Status.Set(f.e, status)
}

// bodies sets the parts of the document that rules look into.
func (f *filler) bodies() {
	f.object(event.AuditRequestObject, inRequestObject)
	f.object(event.AuditResponseObject, inResponseObject)
	f.object(event.AuditAnnotations, inAnnotations)
}

// times sets when it happened: when the stage was reached, else when the
// request came in, else what those who passed the document on say.
func (f *filler) times() {
	f.time(event.AuditRequestTime, inRequestTime)
	for _, p := range [...]place{inStageTime, inRequestTime, inOldTime, inShipTime, inLogTime, inLakeTime} {
		if f.time(event.Time, p) {
			return
		}
	}
	if f.at != 0 {
		event.Time.Set(f.e, f.at)
	}
}

// dialectName names whose log the document comes from: by its wrapper, or by what
// only theirs have.
func (f *filler) dialectName() string {
	if f.dialect != "" {
		return f.dialect
	}
	if f.d.has(inIAMArn) {
		return eks
	}
	if strings.HasSuffix(event.ResourceGroup.Get(f.e), ".openshift.io") {
		return openshift
	}
	return kubernetes
}
