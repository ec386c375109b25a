package play

import (
	"fmt"
	"time"
)

var (
	// clusterAutoscaler marks nodes that it might take away, and says how it is in a config map.
	clusterAutoscaler = chart{
		namespace: "kube-system", name: "cluster-autoscaler", image: "registry.k8s.io/autoscaling/cluster-autoscaler:v1.31.1", agent: "cluster-autoscaler/v1.31.1 (linux/amd64) kubernetes/$Format",
		rules: `[{apiGroups: [""], resources: [nodes, pods, services, namespaces, persistentvolumes, persistentvolumeclaims, replicationcontrollers], verbs: [get, list, watch, update, patch]}, {apiGroups: [""], resources: [pods/eviction, pods/status, nodes/status], verbs: [create, update, patch]}, {apiGroups: [""], resources: [configmaps], verbs: [get, list, watch, create, update]}, {apiGroups: [apps, batch, policy, storage.k8s.io], resources: ["*"], verbs: ` + read + `}` + leases,
		every: 700 * time.Millisecond,
		round: func(do call, i int) {
			for _, path := range []string{"/api/v1/nodes", "/api/v1/pods?limit=500", "/apis/apps/v1/daemonsets", "/apis/policy/v1/poddisruptionbudgets", "/apis/storage.k8s.io/v1/csinodes"} {
				do("GET", path, "")
			}
			if status, _ := do("PUT", in("kube-system", "configmaps/cluster-autoscaler-status"), object("v1", "ConfigMap", "cluster-autoscaler-status", "cluster-autoscaler", fmt.Sprintf(`,"data":{"status":"round %d"}`, i))); status == 404 {
				do("POST", in("kube-system", "configmaps"), object("v1", "ConfigMap", "cluster-autoscaler-status", "cluster-autoscaler", ""))
			}
			switch i % 10 {
			case 3:
				do("PATCH", "/api/v1/nodes/node1", fmt.Sprintf(`{"spec":{"taints":[{"key":"DeletionCandidateOfClusterAutoscaler","value":"%d","effect":"PreferNoSchedule"}]}}`, time.Now().Unix()), strategicPatch)
			case 6:
				do("PATCH", "/api/v1/nodes/node1", `{"spec":{"taints":null}}`, mergePatch)
			}
			elect(do, "kube-system", "cluster-autoscaler")
		},
	}
	// localPath makes volumes of directories on the node, with pods that prepare and remove them.
	localPath = chart{
		namespace: "local-path-storage", name: "local-path-provisioner", image: "docker.io/rancher/local-path-provisioner:v0.0.30", agent: "local-path-provisioner/v0.0.30 (linux/amd64) kubernetes/$Format",
		rules: `[{apiGroups: [""], resources: [nodes, persistentvolumeclaims, configmaps, pods, pods/log], verbs: ` + read + `}, {apiGroups: [""], resources: [pods, persistentvolumes], verbs: [get, list, watch, create, patch, update, delete]}, {apiGroups: [storage.k8s.io], resources: [storageclasses], verbs: ` + read + `}` + leases,
		every: 5 * time.Second,
		round: func(do call, i int) {
			pv := fmt.Sprintf("pvc-%08d", i)
			do("GET", "/api/v1/persistentvolumeclaims", "")
			do("GET", "/apis/storage.k8s.io/v1/storageclasses", "")
			do("POST", in("local-path-storage", "pods"), `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"helper-pod-create-`+pv+`"},"spec":{"restartPolicy":"Never","nodeName":"node1","tolerations":[{"operator":"Exists"}],"containers":[{"name":"helper-pod","image":"`+imageAlpine+`","imagePullPolicy":"IfNotPresent","command":["hostname"],"securityContext":{"privileged":true},"volumeMounts":[{"name":"data","mountPath":"/opt/local-path-provisioner"}]}],"volumes":[{"name":"data","hostPath":{"path":"/var/lib/local-path-provisioner","type":"DirectoryOrCreate"}}]}}`)
			do("GET", in("local-path-storage", "pods/helper-pod-create-"+pv), "")
			do("POST", "/api/v1/persistentvolumes", `{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"`+pv+`"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"storageClassName":"local-path","persistentVolumeReclaimPolicy":"Delete","hostPath":{"path":"/var/lib/local-path-provisioner/`+pv+`","type":"DirectoryOrCreate"}}}`)
			do("DELETE", in("local-path-storage", "pods/helper-pod-create-"+pv), "")
			if i > 1 {
				do("DELETE", fmt.Sprintf("/api/v1/persistentvolumes/pvc-%08d", i-2), "")
			}
		},
	}
	// jenkins builds in pods that it makes, and runs its commands there.
	jenkins = chart{
		namespace: "jenkins", name: "jenkins", image: "docker.io/jenkins/jenkins:2.479.2-lts", agent: "fabric8-kubernetes-client/6.13.4",
		rules: `[{apiGroups: [""], resources: [pods, pods/exec, pods/log, persistentvolumeclaims, events], verbs: [get, list, watch, create, delete, patch]}, {apiGroups: [""], resources: [secrets], verbs: [get, list, watch]}]`,
		every: 3 * time.Second,
		round: func(do call, i int) {
			name := fmt.Sprintf("build-%d-x7k2p", i)
			do("GET", in("jenkins", "secrets?labelSelector=jenkins.io%2Fcredentials-type"), "")
			do("POST", in("jenkins", "pods"), `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"`+name+`","labels":{"jenkins":"agent"}},"spec":{"restartPolicy":"Never","terminationGracePeriodSeconds":0,"containers":[{"name":"jnlp","image":"`+imageAgent+`","imagePullPolicy":"IfNotPresent","command":["sleep","60"]}]}}`)
			for range 8 {
				do("GET", in("jenkins", "pods/"+name), "")
				time.Sleep(200 * time.Millisecond)
			}
			do("GET", in("jenkins", "pods/"+name+"/exec?container=jnlp&command=sh&stdin=true&stdout=true"), "",
				"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: c2NlbmFyaW8gcGxheWVyIQ==", "Sec-WebSocket-Protocol: v4.channel.k8s.io")
			do("GET", in("jenkins", "pods/"+name+"/log?tailLines=30"), "")
			do("DELETE", in("jenkins", "pods/"+name), "")
		},
	}
	// headlamp is a dashboard that asks for whatever its users look at, with its own read-only account.
	headlamp = chart{
		namespace: "headlamp", name: "headlamp", image: "ghcr.io/headlamp-k8s/headlamp:v0.26.0", agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Headlamp/0.26.0",
		rules: `[{apiGroups: ["", apps, batch, networking.k8s.io, rbac.authorization.k8s.io], resources: [pods, pods/log, nodes, namespaces, services, configmaps, events, deployments, replicasets, daemonsets, jobs, cronjobs, ingresses, roles, rolebindings, clusterroles, clusterrolebindings], verbs: ` + read + `}]`,
		every: 400 * time.Millisecond,
		round: func(do call, i int) {
			views := []string{"/api/v1/pods", "/api/v1/nodes", "/apis/apps/v1/deployments", "/apis/batch/v1/jobs", "/api/v1/events", "/apis/rbac.authorization.k8s.io/v1/clusterroles", "/apis/rbac.authorization.k8s.io/v1/rolebindings", "/api/v1/configmaps", "/apis/networking.k8s.io/v1/ingresses"}
			do("GET", views[i%len(views)]+"?limit=100", "")
			do("POST", selfAccess, `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"verb":"delete","resource":"pods","namespace":"shop"}}}`)
			do("POST", selfRules, `{"kind":"SelfSubjectRulesReview","apiVersion":"authorization.k8s.io/v1","spec":{"namespace":"shop"}}`)
		},
	}
	// veleroServer backs up everything at night, and has a database flushed before.
	veleroServer = chart{
		namespace: "velero", name: "velero", image: "docker.io/velero/velero:v1.15.0", agent: "velero-server/v1.15.0 (linux/amd64) 1d4f147",
		rules: everything, every: 6 * time.Second,
		round: func(do call, i int) {
			do("POST", "/apis/velero.io/v1/namespaces/velero/backups", object("velero.io/v1", "Backup", fmt.Sprintf("nightly-%d", i), "velero", `,"spec":{}`))
			for _, r := range []string{"/api/v1/namespaces", "/api/v1/secrets", "/api/v1/configmaps", "/api/v1/serviceaccounts", "/api/v1/pods", "/api/v1/services", "/api/v1/persistentvolumeclaims", "/api/v1/persistentvolumes", "/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets", "/apis/apps/v1/daemonsets", "/apis/batch/v1/cronjobs",
				"/apis/rbac.authorization.k8s.io/v1/roles", "/apis/rbac.authorization.k8s.io/v1/rolebindings", "/apis/rbac.authorization.k8s.io/v1/clusterroles", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "/apis/networking.k8s.io/v1/ingresses", "/apis/networking.k8s.io/v1/networkpolicies", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"} {
				do("GET", r+"?limit=500", "")
			}
			for _, ns := range teams {
				do("GET", in(ns, "secrets?limit=500"), "")
			}
			if i >= 2 {
				do("DELETE", fmt.Sprintf("/apis/velero.io/v1/namespaces/velero/backups/nightly-%d", i-2), "")
			}
		},
	}
	// upgradeController brings nodes to the next version with jobs that have all of a node.
	upgradeController = chart{
		namespace: "system-upgrade", name: "system-upgrade-controller", image: "docker.io/rancher/system-upgrade-controller:v0.14.2", agent: "system-upgrade-controller/v0.14.2 (linux/amd64) kubernetes/$Format",
		rules: `[{apiGroups: [batch], resources: [jobs], verbs: ["*"]}, {apiGroups: [""], resources: [nodes, pods, secrets], verbs: [get, list, watch, patch, update]}` + leases,
		every: 2 * time.Second,
		round: func(do call, i int) {
			do("GET", "/api/v1/nodes", "")
			do("GET", "/apis/batch/v1/namespaces/system-upgrade/jobs", "")
			if i%10 == 4 {
				do("POST", "/apis/batch/v1/namespaces/system-upgrade/jobs", fmt.Sprintf(`{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"apply-plan-on-node1-%d","labels":{"upgrade.cattle.io/controller":"system-upgrade-controller"}},"spec":{"ttlSecondsAfterFinished":5,"template":{"spec":{"restartPolicy":"Never","hostPID":true,"hostNetwork":true,"tolerations":[{"operator":"Exists"}],"containers":[{"name":"upgrade","image":"docker.io/rancher/kubectl:v1.36.3","imagePullPolicy":"IfNotPresent","command":["ls","/host/var/lib/kubelet"],"securityContext":{"privileged":true},"volumeMounts":[{"name":"host-root","mountPath":"/host"}]}],"volumes":[{"name":"host-root","hostPath":{"path":"/"}}]}}}}`, i))
			}
			do("PATCH", "/api/v1/nodes/node1", fmt.Sprintf(`{"metadata":{"labels":{"plan.upgrade.cattle.io/nodes":"%d"}}}`, i/10), mergePatch)
			elect(do, "system-upgrade", "system-upgrade-controller")
		},
	}
)
