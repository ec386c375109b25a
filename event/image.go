package event

import "strings"

// defaultRegistry is where an image comes from that names no registry.
const defaultRegistry = "docker.io"

// imageRegistry returns the registry of an image reference. The first part of
// a reference is a registry when it has a dot or a colon or is "localhost",
// and something follows it. Source:
// https://github.com/distribution/reference/blob/main/normalize.go.
func imageRegistry(image string) string {
	host, _, more := strings.Cut(image, "/")
	if more && (host == "localhost" || strings.ContainsAny(host, ".:")) {
		return host
	}
	return defaultRegistry
}

// imageRepository returns an image reference up to its tag or digest: up to
// the first colon or at sign, so that a registry with a port loses all that
// follows it. Falco's plugin k8saudit cuts it there.
func imageRepository(image string) string {
	if i := strings.IndexAny(image, ":@"); i >= 0 {
		return image[:i]
	}
	return image
}
