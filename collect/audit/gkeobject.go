package audit

import "strings"

// A target is what a request was about, as Cloud Logging spells it.
type target struct {
	verb, group, version, namespace, resource, name, subresource string
	path                                                         string // of a request for no object
}

// targetOf reads a method such as io.k8s.core.v1.pods.exec.create and a
// resource such as core/v1/namespaces/default/pods/web/exec. The resource
// says more and is believed where both speak; it may be empty.
func targetOf(method, resource string) target {
	t := methodTarget(method)
	parts := strings.Split(strings.Trim(resource, "/"), "/")
	if len(parts) < 3 || !isVersion(parts[1]) {
		if resource != "" && t.resource == "" {
			t.path = "/" + strings.TrimPrefix(resource, "/")
		}
		return t
	}
	t.group, t.version = parts[0], parts[1]
	if t.group == "core" {
		t.group = ""
	}
	parts = parts[2:]
	if parts[0] == "namespaces" && len(parts) >= 3 && !(len(parts) == 3 && ofNamespaces(parts[2])) {
		t.namespace = parts[1]
		parts = parts[2:]
	}
	t.resource, t.name = parts[0], ""
	if t.resource == "namespaces" && len(parts) > 1 {
		t.namespace = parts[1]
	}
	if len(parts) > 1 {
		t.name = parts[1]
	}
	if len(parts) > 2 {
		t.subresource = strings.Join(parts[2:], "/")
	}
	return t
}

// ofNamespaces reports whether a word after a namespace's name is a
// subresource of the namespace and not a kind of object in it.
func ofNamespaces(word string) bool { return word == "finalize" || word == "status" }

// methodTarget reads a method name: the API group's parts in reverse order,
// the version, the resource, perhaps a subresource, and the verb.
func methodTarget(method string) target {
	parts := strings.Split(method, ".")
	t := target{verb: parts[len(parts)-1]}
	for i := 1; i < len(parts)-2; i++ {
		if !isVersion(parts[i]) {
			continue
		}
		t.group, t.version, t.resource = reversedGroup(parts[:i]), parts[i], parts[i+1]
		t.subresource = strings.Join(parts[i+2:len(parts)-1], "/")
		break
	}
	return t
}

// plainGroups are the API groups without a domain.
var plainGroups = map[string]bool{"apps": true, "batch": true, "autoscaling": true, "extensions": true, "policy": true}

// reversedGroup turns io, k8s, authorization, rbac into
// rbac.authorization.k8s.io.
func reversedGroup(parts []string) string {
	if len(parts) == 3 && parts[0] == "io" && parts[1] == "k8s" {
		if parts[2] == "core" {
			return ""
		}
		if plainGroups[parts[2]] {
			return parts[2]
		}
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i])
		if i > 0 {
			b.WriteByte('.')
		}
	}
	return b.String()
}

// isVersion reports whether s is a version of a Kubernetes API: v1, v2beta1.
func isVersion(s string) bool {
	if len(s) < 2 || s[0] != 'v' || s[1] < '1' || s[1] > '9' {
		return false
	}
	rest := strings.TrimLeft(s[1:], "0123456789")
	if rest == "" {
		return true
	}
	for _, word := range []string{"alpha", "beta"} {
		if n, ok := strings.CutPrefix(rest, word); ok {
			return n != "" && strings.Trim(n, "0123456789") == ""
		}
	}
	return false
}

// appendURI appends the path by which the API server is asked for t. The name
// of an object that is to be created is not in it.
func (t *target) appendURI(dst []byte) []byte {
	if t.path != "" || t.resource == "" {
		return append(dst, t.path...)
	}
	if t.group == "" {
		dst = append(dst, "/api/"...)
	} else {
		dst = append(append(append(dst, "/apis/"...), t.group...), '/')
	}
	dst = append(dst, t.version...)
	if t.namespace != "" && t.resource != "namespaces" {
		dst = append(append(dst, "/namespaces/"...), t.namespace...)
	}
	dst = append(append(dst, '/'), t.resource...)
	if t.name != "" && (t.verb != "create" || t.subresource != "") {
		dst = append(append(dst, '/'), t.name...)
		if t.subresource != "" {
			dst = append(append(dst, '/'), t.subresource...)
		}
	}
	return dst
}
