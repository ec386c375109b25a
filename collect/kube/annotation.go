package kube

import "strings"

// maxAnnotation is how long the value of an annotation may be to be kept, in
// bytes. What is longer is a document of some tool, or a script.
const maxAnnotation = 512

// churning are annotations that change all the time and say nothing about the
// object.
var churning = map[string]bool{
	"control-plane.alpha.kubernetes.io/leader":         true, // leases before Lease objects
	"endpoints.kubernetes.io/last-change-trigger-time": true,
	"deprecated.daemonset.template.generation":         true,
	"node.alpha.kubernetes.io/ttl":                     true,
	"autoscaling.alpha.kubernetes.io/conditions":       true,
	"autoscaling.alpha.kubernetes.io/current-metrics":  true,
}

// copies are parts of the names of annotations in which tools keep the object
// as it was applied, with all that was in it.
var copies = []string{"last-applied", "applied", "original", "snapshot"}

// keepAnnotations returns the annotations without those that churn and those
// that may hold a copy of the object. It may change a.
func keepAnnotations(a map[string]string) map[string]string {
	for name, value := range a {
		if len(value) > maxAnnotation || churning[name] || isCopy(name) {
			delete(a, name)
		}
	}
	return a
}

func isCopy(name string) bool {
	for _, part := range copies {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// plain are the annotations of Secrets and ConfigMaps whose values are kept.
// Of the others anything may have been put there, so only their names are.
var plain = map[string]bool{
	"kubernetes.io/service-account.name": true,
	"kubernetes.io/service-account.uid":  true,
	"kubernetes.io/description":          true,
	"meta.helm.sh/release-name":          true,
	"meta.helm.sh/release-namespace":     true,
}

// blankAnnotations returns a with the values dropped that may be secret. It
// may change a.
func blankAnnotations(a map[string]string) map[string]string {
	for name := range a {
		if !plain[name] {
			a[name] = ""
		}
	}
	return a
}
