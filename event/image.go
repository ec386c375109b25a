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
