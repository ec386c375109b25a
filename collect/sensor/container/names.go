package container

import "strings"

// Names are what people call a container, by what its runtime was told of it. What is empty is not known.
type Names struct {
	Container string // its name within the pod; empty for the pod's own sandbox
	Image     string // name of its image, with registry and tag
	Digest    string // of that image: "sha256:" and 64 hexadecimal digits
	Namespace string
	Pod       string
	PodUID    string
	// Privileged says that it runs privileged, PrivilegeKnown that the runtime told.
	Privileged, PrivilegeKnown bool
}

// Repository returns the name of the image without tag and digest, Tag its tag. A colon before the last slash is that of
// a registry's port. Source of the form: https://github.com/distribution/reference/blob/main/reference.go.
func (n *Names) Repository() string {
	repository, _ := n.cut()
	return repository
}

// Tag returns the tag of the image, "" for none.
func (n *Names) Tag() string {
	_, tag := n.cut()
	return tag
}

func (n *Names) cut() (repository, tag string) {
	name, _, _ := strings.Cut(n.Image, "@")
	i := strings.LastIndexByte(name, ':')
	if i < 0 || strings.IndexByte(name[i:], '/') >= 0 {
		return name, ""
	}
	return name[:i], name[i+1:]
}
