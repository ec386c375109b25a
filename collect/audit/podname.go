package audit

import "strings"

// podName is the name of the pod that a reference to an object names. For
// subresource proxy the reference is NAME, NAME:PORT or SCHEME:NAME:PORT.
func podName(name, subresource string) string {
	if subresource != "proxy" {
		return name
	}
	first, rest, _ := strings.Cut(name, ":")
	if second, _, ok := strings.Cut(rest, ":"); ok {
		return second
	}
	return first
}
