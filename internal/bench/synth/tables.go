package synth

import (
	"strconv"

	"github.com/lynceus-io/lynceus/event"
)

func (s *Stream) network(e *event.Event, n int64, planted bool) {
	s.begin(e, event.ClassNetwork, n)
	p := s.inPod(e)
	s.acting(e, n)
	event.Activity.Set(e, "Close")
	event.SrcEndpointIP.Set(e, p.ip)
	event.SrcEndpointPort.Set(e, 32768+n%28000)
	switch {
	case planted:
		event.DstEndpointIP.Set(e, PlantedAddress)
	case s.r.IntN(4) == 0:
		event.DstEndpointIP.Set(e, s.w.outside[skewed(s.r, len(s.w.outside))])
	default:
		event.DstEndpointIP.Set(e, s.w.pods[skewed(s.r, len(s.w.pods))].ip)
	}
	event.DstEndpointPort.Set(e, []int64{443, 443, 5432, 6379, 8080, 9090, 53}[s.r.IntN(7)])
	event.ConnectionInfoProtocolName.Set(e, "tcp")
	event.ConnectionInfoInitiated.Set(e, n%3 != 0)
	event.TrafficBytesIn.Set(e, int64(s.r.ExpFloat64()*40_000))
	event.TrafficBytesOut.Set(e, int64(s.r.ExpFloat64()*9_000))
}

func (s *Stream) process(e *event.Event, n int64, planted bool) {
	s.begin(e, event.ClassProcess, n)
	s.inPod(e)
	g := &s.w.programs[skewed(s.r, len(s.w.programs))]
	parent := &s.w.programs[skewed(s.r, len(s.w.programs))]
	event.Activity.Set(e, "Launch")
	event.ProcessFilePath.Set(e, g.path)
	event.ProcessName.Set(e, g.name)
	event.ProcessCmdLine.Set(e, s.text(g.path, " ", g.args, s.r.Int64N(1_000_000)))
	event.ProcessFileHashSHA256.Set(e, g.sha)
	event.ProcessPID.Set(e, 1000+n%60_000)
	event.ProcessUserUID.Set(e, int64(s.r.IntN(3))*1000)
	event.ProcessParentProcessFilePath.Set(e, parent.path)
	event.ProcessParentProcessName.Set(e, parent.name)
	event.ProcessParentProcessPID.Set(e, 1+n%5000)
	if planted {
		event.ProcessCmdLine.Set(e, PlantedCommand)
		event.ProcessFileHashSHA256.Set(e, PlantedHash)
	}
}

func (s *Stream) file(e *event.Event, n int64) {
	s.begin(e, event.ClassFile, n)
	s.inPod(e)
	s.acting(e, n)
	path := s.w.files[skewed(s.r, len(s.w.files))]
	event.Activity.Set(e, []string{"Create", "Open", "Open", "Rename", "Delete"}[s.r.IntN(5)])
	event.FilePath.Set(e, path)
	event.FileName.Set(e, path[lastSlash(path)+1:])
}

func (s *Stream) dns(e *event.Event, n int64) {
	s.begin(e, event.ClassDNS, n)
	s.inPod(e)
	s.acting(e, n)
	i := skewed(s.r, len(s.w.domains))
	event.QueryHostname.Set(e, s.w.domains[i])
	event.QueryType.Set(e, "A")
	event.Answers.Append(e, s.w.outside[i*7%len(s.w.outside)])
}

func (s *Stream) audit(e *event.Event, n int64, planted bool) {
	s.begin(e, event.ClassAudit, n)
	r, w := s.r, s.w
	p := &w.pods[skewed(r, len(w.pods))]
	user, agent, ip := w.users[skewed(r, len(w.users))], w.agents[skewed(r, len(w.agents))], p.ip
	if r.IntN(20) == 0 {
		user, agent = pick(r, w.people), w.agents[3]
	}
	if planted {
		user, ip = PlantedUser, PlantedAddress
	}
	verb, resource, code := w.verbs[skewed(r, len(w.verbs))], w.resources[skewed(r, len(w.resources))], int64(200)
	if r.IntN(50) == 0 {
		code = 403
	}
	id := event.MetadataUID.Get(e)
	uri := s.text("/api/v1/namespaces/"+p.namespace+"/"+resource+"/", p.workload, "-", n%977)
	event.APIOperation.Set(e, verb)
	event.APIRequestUID.Set(e, id)
	event.APIResponseCode.Set(e, code)
	event.HTTPRequestURLPath.Set(e, uri)
	event.HTTPRequestUserAgent.Set(e, agent)
	event.ResourceType.Set(e, resource)
	event.ResourceVersion.Set(e, "v1")
	event.ResourceName.Set(e, uri[lastSlash(uri)+1:])
	event.K8sNamespace.Set(e, p.namespace)
	event.AuditStage.Set(e, "ResponseComplete")
	event.AuditLevel.Set(e, "RequestResponse")
	event.AuditRequestTime.Set(e, event.Time.Get(e)-3_000_000)
	event.ActorUserName.Set(e, user)
	event.AuditUserName.Set(e, user)
	event.ActorUserGroups.Append(e, "system:authenticated")
	event.SrcEndpointIP.Set(e, ip)
	event.AuditSourceIPs.Append(e, ip)
	decision := "allow"
	if code == 403 {
		decision = "forbid"
	}
	event.AuditDecision.Set(e, decision)
	s.raw = s.document(s.raw[:0], e, p, user, agent, ip, uri, verb, resource, decision, code)
	e.Raw = s.raw
}

// document writes the source's own text of an API request: some 1.3 KB.
func (s *Stream) document(b []byte, e *event.Event, p *pod, user, agent, ip, uri, verb, resource, decision string, code int64) []byte {
	text := func(name, value string) {
		b = append(b, '"')
		b = append(b, name...)
		b = append(b, `":"`...)
		b = append(b, value...)
		b = append(b, `",`...)
	}
	b = append(b, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","stage":"ResponseComplete",`...)
	text("auditID", event.APIRequestUID.Get(e))
	text("requestURI", uri)
	text("verb", verb)
	b = append(b, `"user":{"username":"`...)
	b = append(b, user...)
	b = append(b, `","groups":["system:authenticated"],"extra":{"authentication.kubernetes.io/pod-name":["`...)
	b = append(b, p.name...)
	b = append(b, `"],"authentication.kubernetes.io/pod-uid":["`...)
	b = append(b, p.uid...)
	b = append(b, `"]}},"sourceIPs":["`...)
	b = append(b, ip...)
	b = append(b, `"],`...)
	text("userAgent", agent)
	b = append(b, `"objectRef":{"apiVersion":"v1","resource":"`...)
	b = append(b, resource...)
	b = append(b, `","namespace":"`...)
	b = append(b, p.namespace...)
	b = append(b, `"},"responseStatus":{"metadata":{},"code":`...)
	b = strconv.AppendInt(b, code, 10)
	b = append(b, `},"requestObject":{"metadata":{"labels":{"app":"`...)
	b = append(b, p.workload...)
	b = append(b, `","revision":"`...)
	b = strconv.AppendInt(b, s.r.Int64N(1_000_000), 10)
	b = append(b, `"}},"spec":{"replicas":`...)
	b = strconv.AppendInt(b, s.r.Int64N(9), 10)
	b = append(b, `,"template":{"spec":{"serviceAccountName":"`...)
	b = append(b, p.account...)
	b = append(b, `","nodeName":"`...)
	b = append(b, p.node...)
	b = append(b, `","containers":[{"name":"main","image":"`...)
	b = append(b, p.image...)
	b = append(b, `","env":[{"name":"MODE","value":"production"},{"name":"SHARD","value":"`...)
	b = strconv.AppendInt(b, s.r.Int64N(64), 10)
	b = append(b, `"}],"resources":{"limits":{"cpu":"2","memory":"1Gi"},"requests":{"cpu":"250m","memory":"256Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"runAsNonRoot":true}}]}}}},`...)
	b = append(b, `"annotations":{"authorization.k8s.io/decision":"`...)
	b = append(b, decision...)
	b = append(b, `","authorization.k8s.io/reason":"RBAC: allowed by RoleBinding \"app\" of Role \"app\" to ServiceAccount \"`...)
	b = append(b, p.account...)
	b = append(b, `\""}}`...)
	return b
}
