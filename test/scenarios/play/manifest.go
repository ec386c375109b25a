package play

import (
	"fmt"
	"strings"
)

// Join makes one stream of several manifests.
func join(manifests ...string) string { return strings.Join(manifests, "\n---\n") }

// clusterAccount is a service account with a cluster role of its own; rules are YAML in flow style.
func clusterAccount(namespace, name, rules string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: ServiceAccount
metadata: {name: %[2]s, namespace: %[1]s}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: %[2]s}
rules: %[3]s
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: %[2]s}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %[2]s}
subjects: [{kind: ServiceAccount, name: %[2]s, namespace: %[1]s}]
`, namespace, name, rules)
}

// namespaceOf is the manifest of a namespace.
func namespaceOf(name string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s}\n", name)
}

// longLivedToken is the secret in which the control plane writes a token without an end.
func longLivedToken(namespace, account string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Secret
metadata: {name: %[2]s-token, namespace: %[1]s, annotations: {kubernetes.io/service-account.name: %[2]s}}
type: kubernetes.io/service-account-token
`, namespace, account)
}

// pod is a pod that sleeps, with more of its spec and of its container, in YAML's flow style.
func pod(namespace, name, image, spec, container string) string {
	return podRunning(namespace, name, image, `[sleep, "3600"]`, spec, container)
}

func podRunning(namespace, name, image, command, spec, container string) string {
	for _, s := range []*string{&spec, &container} {
		if *s != "" {
			*s = ", " + *s
		}
	}
	return fmt.Sprintf(`apiVersion: v1
kind: Pod
metadata: {name: %[2]s, namespace: %[1]s, labels: {app: %[2]s}}
spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: %[3]q, imagePullPolicy: IfNotPresent, command: %[6]s%[5]s}]%[4]s}
`, namespace, name, image, spec, container, command)
}

// hostPathPod mounts the node's file system at /host. That is this machine's, but for /run, /var/lib and /var/log: scenarios
// read only below these, and write nothing.
func hostPathPod(namespace, name, image string) string {
	return pod(namespace, name, image, `volumes: [{name: host, hostPath: {path: /}}]`, `volumeMounts: [{name: host, mountPath: /host}]`)
}

// privilegedPod has all of the node.
func privilegedPod(namespace, name string) string {
	return pod(namespace, name, imageAlpine, `hostPID: true, hostNetwork: true, hostIPC: true`, `securityContext: {privileged: true}`)
}

// daemonSet runs a command on every node; spec and container are as for pod.
func daemonSet(namespace, name, image, command, spec, container string) string {
	for _, s := range []*string{&spec, &container} {
		if *s != "" {
			*s = ", " + *s
		}
	}
	return fmt.Sprintf(`apiVersion: apps/v1
kind: DaemonSet
metadata: {name: %[2]s, namespace: %[1]s}
spec:
  selector: {matchLabels: {app: %[2]s}}
  template:
    metadata: {labels: {app: %[2]s}}
    spec: {terminationGracePeriodSeconds: 0, tolerations: [{operator: Exists}], containers: [{name: main, image: %[3]q, imagePullPolicy: IfNotPresent, command: %[4]s%[6]s}]%[5]s}
`, namespace, name, image, command, spec, container)
}

// cronJob runs a command on a schedule.
func cronJob(namespace, name, image, schedule, command string) string {
	return fmt.Sprintf(`apiVersion: batch/v1
kind: CronJob
metadata: {name: %[2]s, namespace: %[1]s}
spec:
  schedule: %[4]q
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: %[3]q, imagePullPolicy: IfNotPresent, command: %[5]s}]}}}}
`, namespace, name, image, schedule, command)
}
