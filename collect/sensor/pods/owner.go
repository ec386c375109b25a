package pods

import (
	"strconv"
	"strings"
	"time"
)

// Kinds of the API that are told of here, and the groups they belong to.
const (
	kindPod        = "Pod"
	kindNode       = "Node"
	kindReplicaSet = "ReplicaSet"
	kindDeployment = "Deployment"
	kindJob        = "Job"
	kindCronJob    = "CronJob"
	groupApps      = "apps"
	groupBatch     = "batch"
)

// labelHash is what the controller of Deployments puts on pods and ReplicaSets, and at the end of a ReplicaSet's name
// after a hyphen.
const labelHash = "pod-template-hash"

// owner returns a pod's highest owner as far as the pod itself tells. byName says that it was concluded from a name.
func (o *object) owner() (kind, name string, byName bool) {
	c := o.controller()
	switch {
	case c == nil:
		return kindPod, o.Metadata.Name, false
	case c.Kind == kindNode && c.group() == "": // the node runs it by itself, and is no workload
		name, _ := strings.CutSuffix(o.Metadata.Name, "-"+o.Spec.NodeName)
		return kindPod, name, false
	case c.Kind == kindReplicaSet && c.group() == groupApps:
		if name, ok := strings.CutSuffix(c.Name, "-"+o.Metadata.Labels[labelHash]); ok && name != "" && name != c.Name && o.Metadata.Labels[labelHash] != "" {
			return kindDeployment, name, true
		}
	case c.Kind == kindJob && c.group() == groupBatch:
		if name, ok := scheduled(c.Name, o.Metadata.CreationTimestamp); ok {
			return kindCronJob, name, true
		}
	}
	return c.Kind, c.Name, false
}

// around is how far from its schedule a Job of a CronJob may make a pod and still be known by its name: Jobs are retried
// for minutes, may be suspended for hours, and anybody may call a Job so.
const around = 7 * 24 * time.Hour

// scheduled returns the CronJob whose controller would have given a Job that name: its own, a hyphen, and the minutes
// from 1970 to when the Job was due.
func scheduled(job string, made time.Time) (cronJob string, ok bool) {
	i := strings.LastIndexByte(job, '-')
	if i <= 0 {
		return "", false
	}
	minutes, err := strconv.ParseInt(job[i+1:], 10, 32)
	if err != nil {
		return "", false
	}
	apart := made.Sub(time.Unix(60*minutes, 0))
	return job[:i], apart > -time.Hour && apart < around
}

// asks returns the path at which the API server tells who owns the pod's owner, or nothing where that is not asked.
func (r *reference) asks(namespace string) string {
	var resource string
	switch {
	case r.Kind == kindReplicaSet && r.group() == groupApps:
		resource = "/apis/apps/v1/namespaces/" + namespace + "/replicasets/"
	case r.Kind == kindJob && r.group() == groupBatch:
		resource = "/apis/batch/v1/namespaces/" + namespace + "/jobs/"
	default:
		return ""
	}
	if !isName(namespace) || !isName(r.Name) {
		return ""
	}
	return resource + r.Name
}

// isName reports whether s can be a name within a path of the API: RFC 1123, 253 bytes at most.
func isName(s string) bool {
	if s == "" || len(s) > 253 || s[0] == '.' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return false
		}
	}
	return true
}
