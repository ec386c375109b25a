package cli

import (
	"fmt"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// kubeFlags say how a cluster's API server is reached.
type kubeFlags struct {
	file    string
	inside  bool
	context string
}

func (f *kubeFlags) register(s *pflag.FlagSet) {
	s.StringVar(&f.file, "kubeconfig", "", "watch what the cluster of the client configuration `FILE` contains")
	s.StringVar(&f.context, "kube-context", "", "`NAME` of the context of --kubeconfig to use, if not its current one")
	s.BoolVar(&f.inside, "in-cluster", false, "watch what the cluster contains in whose pod this runs")
}

// given reports whether a cluster is named.
func (f *kubeFlags) given() bool { return f.file != "" || f.inside }

// config returns how the cluster is reached, nil where none is named.
func (f *kubeFlags) config() (*rest.Config, error) {
	switch {
	case f.file != "" && f.inside:
		return nil, &usageError{"--kubeconfig and --in-cluster contradict each other: give one"}
	case f.context != "" && f.file == "":
		return nil, &usageError{"--kube-context needs --kubeconfig FILE"}
	case f.inside:
		config, err := rest.InClusterConfig()
		if err != nil {
			return nil, fmt.Errorf("--in-cluster: %w; outside of a pod give --kubeconfig FILE", err)
		}
		return config, nil
	case f.file == "":
		return nil, nil
	}
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		&clientcmd.ClientConfigLoadingRules{ExplicitPath: f.file}, &clientcmd.ConfigOverrides{CurrentContext: f.context}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("--kubeconfig %s: %w", f.file, err)
	}
	return config, nil
}
