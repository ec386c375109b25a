//go:build linux

package sensorcmd

import (
	"net/netip"
	"os"
)

// apiServerName is what the API server's service is called in a cluster of the usual domain; Falco's rules ask for it.
const apiServerName = "kubernetes.default.svc.cluster.local"

// addressNames are the names that --address-name gives to addresses, and that of the API server's service, whose address
// each pod is told in its environment, the sensor's too.
func addressNames(given map[string]string) (map[netip.Addr]string, error) {
	out := map[netip.Addr]string{}
	if addr, err := netip.ParseAddr(os.Getenv("KUBERNETES_SERVICE_HOST")); err == nil {
		out[addr.Unmap()] = apiServerName
	}
	for text, name := range given {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, usagef("--address-name %s=%s: give an address, = and its name: %w", text, name, err)
		}
		out[addr.Unmap()] = name
	}
	return out, nil
}
