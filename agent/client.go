package agent

import (
	"fmt"
	"runtime"

	"k8s.io/client-go/rest"

	"github.com/lynceus-io/lynceus/collect/kube"
)

// newClient returns a client of a cluster that says what it is: the product and
// version are what people see in the audit log, and prove nothing.
func newClient(cluster *rest.Config, version string) (*kube.Client, error) {
	config := rest.CopyConfig(cluster)
	if version == "" {
		version = "unknown"
	}
	config.UserAgent = fmt.Sprintf("lynceus-agent/%s (%s/%s)", version, runtime.GOOS, runtime.GOARCH)
	return kube.NewClient(config)
}
