package falco

import (
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// anySource are the fields that events of every source have. Facts from
// https://falco.org/docs/reference/rules/supported-fields/.
var anySource = map[string]row{
	"evt.num":          {kind: kindFixed, fixed: "1"}, // events are not numbered; numbers begin at 1
	"evt.count":        {kind: kindFixed, fixed: "1"},
	"evt.time":         {places: []string{"time"}},
	"evt.time.s":       {places: []string{"time"}},
	"evt.time.iso8601": {places: []string{"time"}},
	"evt.datetime":     {places: []string{"time"}},
	"evt.datetime.s":   {places: []string{"time"}},
	"evt.rawtime":      {kind: kindNumber, places: []string{"time"}},
	"evt.hostname":     {places: []string{"k8s.node"}},
}

// auditRows are the fields of source k8s_audit, and those by which Falco's
// plugin json reads any place of the same document. Facts from
// https://github.com/falcosecurity/plugins/tree/main/plugins/k8saudit#supported-fields
// and https://github.com/falcosecurity/plugins/tree/main/plugins/json.
var auditRows = join(map[string]row{
	"ka.auditid":                              {places: []string{"api.request.uid"}},
	"ka.stage":                                {places: []string{"audit.stage"}},
	"ka.auth.decision":                        {places: []string{"audit.decision"}},
	"ka.auth.reason":                          {places: []string{"audit.decision_reason"}},
	"ka.auth.openshift.decision":              {places: []string{"raw.annotations['authentication.openshift.io/decision']"}},
	"ka.auth.openshift.username":              {places: []string{"raw.annotations['authentication.openshift.io/username']"}},
	"ka.validations.admission.policy.failure": {places: []string{"raw.annotations['validation.policy.admission.k8s.io/validation_failure']"}},
	"ka.user.name":                            {places: []string{"audit.user.name"}},
	"ka.user.groups":                          {list: true, places: []string{"audit.user.groups"}},
	"ka.impuser.name":                         {places: []string{"audit.impersonated_user.name"}},
	"ka.verb":                                 {places: []string{"api.operation"}},
	"ka.uri":                                  {places: []string{"http_request.url.path"}},
	"ka.uri.param":                            {argued: uriParameter},
	"ka.target.name":                          {places: []string{"raw.objectRef.name"}},
	"ka.target.namespace":                     {places: []string{"k8s.namespace"}},
	"ka.target.resource":                      {places: []string{"resource.type"}},
	"ka.target.subresource":                   {places: []string{"resource.subresource"}},
	"ka.target.pod.name":                      {places: []string{"raw.objectRef.name"}},
	"ka.sourceips":                            {list: true, argued: elementOf("raw.sourceIPs", ""), optional: true, places: []string{"audit.source_ips"}},
	"ka.useragent":                            {places: []string{"http_request.user_agent"}},
	"ka.response.code":                        {places: []string{"api.response.code"}},
	"ka.response.reason":                      {places: []string{"api.response.error"}},
	"ka.resp.name":                            {places: []string{"raw.responseObject.metadata.name"}},
	"ka.cluster.name":                         {places: []string{"k8s.cluster"}},

	"ka.req.binding.role":             {places: []string{"audit.rbac.role"}},
	"ka.req.binding.subjects":         {list: true, places: []string{"raw.requestObject.subjects"}},
	"ka.req.binding.subject.has_name": {kind: kindFixed, fixed: "true", argued: anyArgument},
	"ka.req.configmap.name":           {places: []string{"raw.objectRef.name"}},
	"ka.req.configmap.obj":            {places: []string{"audit.config.keys"}},
	"ka.req.service.type":             {places: []string{"audit.service.type"}},
	"ka.req.service.ports":            {list: true, argued: elementOf("raw.requestObject.spec.ports", ""), optional: true, places: []string{"raw.requestObject.spec.ports"}},

	"ka.req.role.rules":                 {list: true, argued: elementOf("raw.requestObject.rules", ""), optional: true, places: []string{"raw.requestObject.rules"}},
	"ka.req.role.rules.apiGroups":       {list: true, argued: elementOf("raw.requestObject.rules", ".apiGroups"), optional: true, places: []string{"audit.rbac.groups"}},
	"ka.req.role.rules.nonResourceURLs": {list: true, argued: elementOf("raw.requestObject.rules", ".nonResourceURLs"), optional: true, places: []string{"audit.rbac.urls"}},
	"ka.req.role.rules.verbs":           {list: true, argued: elementOf("raw.requestObject.rules", ".verbs"), optional: true, places: []string{"audit.rbac.verbs"}},
	"ka.req.role.rules.resources":       {list: true, argued: elementOf("raw.requestObject.rules", ".resources"), optional: true, places: []string{"audit.rbac.resources"}},

	"ka.req.pod.host_ipc":            {places: []string{"raw.requestObject.spec.hostIPC"}},
	"ka.req.pod.host_network":        {places: []string{"raw.requestObject.spec.hostNetwork"}},
	"ka.req.container.host_network":  {places: []string{"raw.requestObject.spec.hostNetwork"}},
	"ka.req.pod.host_pid":            {places: []string{"raw.requestObject.spec.hostPID"}},
	"ka.req.pod.run_as_user":         {places: []string{"raw.requestObject.spec.securityContext.runAsUser"}},
	"ka.req.pod.run_as_group":        {places: []string{"raw.requestObject.spec.securityContext.runAsGroup"}},
	"ka.req.pod.fs_group":            {places: []string{"raw.requestObject.spec.securityContext.fsGroup"}},
	"ka.req.pod.supplemental_groups": {list: true, places: []string{"raw.requestObject.spec.securityContext.supplementalGroups"}},
	"ka.req.container.image":         {places: []string{"raw.requestObject.spec.containers[0].image"}},
	"ka.req.pod.volumes.hostpath":    {list: true, argued: elementOf("raw.requestObject.spec.volumes", ".hostPath.path"), optional: true, places: []string{"raw.requestObject.spec.volumes.hostPath.path"}},
	"ka.req.pod.volumes.flexvolume_driver": {list: true, argued: elementOf("raw.requestObject.spec.volumes", ".flexVolume.driver"), optional: true,
		places: []string{"raw.requestObject.spec.volumes.flexVolume.driver"}},

	"jevt.value":   {argued: pointer},
	"jevt.time":    {places: []string{"time"}},
	"jevt.rawtime": {kind: kindNumber, places: []string{"time"}},
	"jevt.obj":     {places: []string{"raw_data"}},
	"json.value":   {argued: pointer},
	"json.rawtime": {kind: kindNumber, places: []string{"time"}},
	"json.obj":     {places: []string{"raw_data"}},

	"evt.source":     {kind: kindFixed, fixed: sourceAudit},
	"evt.pluginname": {kind: kindFixed, fixed: "k8saudit"},
	"evt.plugininfo": {places: []string{"raw_data"}},
}, containerRows("containers"), containerRows("initContainers"), containerRows("ephemeralContainers"))

// containerRows are the fields of one of the lists of containers of a pod.
func containerRows(list string) map[string]row {
	out := map[string]row{}
	at := "raw.requestObject.spec." + list
	for name, member := range map[string]string{
		"image": ".image", "privileged": ".securityContext.privileged", "allow_privilege_escalation": ".securityContext.allowPrivilegeEscalation",
		"read_only_fs": ".securityContext.readOnlyRootFilesystem", "run_as_user": ".securityContext.runAsUser", "run_as_group": ".securityContext.runAsGroup",
		"proc_mount": ".securityContext.procMount", "add_capabilities": ".securityContext.capabilities.add",
	} {
		out["ka.req.pod."+list+"."+name] = row{list: true, argued: elementOf(at, member), optional: true, places: []string{at + member}}
	}
	out["ka.req.pod."+list+".host_port"] = row{list: true, argued: elementOf(at, ".ports.hostPort"), optional: true, places: []string{at + ".ports.hostPort", at + ".ports.containerPort"}}
	repositories := map[string]string{"containers": "audit.pod.repositories", "initContainers": "audit.pod.init_repositories", "ephemeralContainers": "audit.pod.ephemeral_repositories"}
	out["ka.req.pod."+list+".image.repository"] = row{list: true, places: []string{repositories[list]}}
	return out
}

// join returns the rows of several tables.
func join(tables ...map[string]row) map[string]row {
	out := map[string]row{}
	for _, t := range tables {
		for name, r := range t {
			out[name] = r
		}
	}
	return out
}

// elementOf makes places of an index into a list.
func elementOf(list, member string) func(string) ([]string, bool) {
	return func(arg string) ([]string, bool) {
		i, err := strconv.ParseUint(arg, 10, 31)
		if err != nil {
			return nil, false
		}
		return []string{list + "[" + strconv.FormatUint(i, 10) + "]" + member}, true
	}
}

func anyArgument(string) ([]string, bool) { return nil, true }

// uriParameter makes places of the name of a parameter of a request's URI:
// those that the registry has.
func uriParameter(arg string) ([]string, bool) {
	switch arg {
	case "command":
		return []string{"audit.exec.command_line"}, true
	case "container":
		return []string{"audit.exec.container"}, true
	}
	return nil, false
}

// pointer makes a place of a JSON pointer (RFC 6901).
func pointer(arg string) ([]string, bool) {
	if arg == "/stage" {
		return []string{"audit.stage"}, true
	}
	rest, ok := strings.CutPrefix(arg, "/")
	if !ok || rest == "" {
		return nil, false
	}
	var p rawjson.Path
	for step := range strings.SplitSeq(rest, "/") {
		if i, err := strconv.ParseUint(step, 10, 31); err == nil && len(p) > 0 {
			p = append(p, rawjson.Index(int(i)))
			continue
		}
		p = append(p, rawjson.Key(strings.NewReplacer("~1", "/", "~0", "~").Replace(step)))
	}
	return []string{"raw." + p.String()}, true
}
