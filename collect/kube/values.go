package kube

import (
	"net/netip"
	"slices"
	"strings"
)

// digestOf returns the digest in an image reference or image ID, "" for none.
// https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
func digestOf(reference string) string {
	if _, d, ok := strings.Cut(reference, "@"); ok {
		return d
	}
	if at := strings.LastIndex(reference, "sha256:"); at >= 0 && len(reference)-at == len("sha256:")+64 {
		return reference[at:]
	}
	return ""
}

// addAddress adds an address that is one and is not there yet.
func addAddress(list []netip.Addr, text string) []netip.Addr {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return list // "None" of a headless service, a host name, nothing
	}
	if a = a.Unmap(); slices.Contains(list, a) {
		return list
	}
	return append(list, a)
}

// addNetwork adds a network that is one and is not there yet.
func addNetwork(list []netip.Prefix, text string) []netip.Prefix {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return list
	}
	if p = p.Masked(); slices.Contains(list, p) {
		return list
	}
	return append(list, p)
}
