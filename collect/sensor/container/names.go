package container

// Names are what people call a container, by what its runtime was told of it. What is empty is not known.
type Names struct {
	Container string // its name within the pod; empty for the pod's own sandbox
	Image     string // name of its image, with registry and tag
	Digest    string // of that image: "sha256:" and 64 hexadecimal digits
	Namespace string
	Pod       string
	PodUID    string
}
