package node

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// Where the node keeps the configuration of its components; /run is its own.
const (
	containerdConfig = "/run/lynceus/containerd.toml"
	cniDir           = "/run/lynceus/cni"
	cniConfig        = cniDir + "/10-bridge.conflist"
	kubeletConfig    = "/run/lynceus/kubelet.json"
	proxyConfig      = "/run/lynceus/kube-proxy.json"
	resolvConf       = "/run/lynceus/resolv.conf"
)

// cniPlugins is where Debian installs the network plugins.
const cniPlugins = "/usr/lib/cni"

// overlayFS is the magic number of overlayfs (linux/magic.h), on which no further overlay can be mounted.
const overlayFS = 0x794c7630

type object = map[string]any

// writeFiles writes what the components read.
func writeFiles(d layout.Dir, c layout.Config) error {
	snapshotter := "overlayfs"
	var fs unix.Statfs_t
	if err := unix.Statfs("/var/lib", &fs); err != nil {
		return err
	}
	if fs.Type == overlayFS {
		snapshotter = "native"
	}
	files := map[string]string{
		resolvConf:       fmt.Sprintf("nameserver %s\n", layout.NodeAddr),
		containerdConfig: fmt.Sprintf(containerdTOML, d.Containerd(), layout.PauseImage, snapshotter, cniPlugins, cniDir),
	}
	for name, config := range map[string]object{
		cniConfig:     bridgeNetwork(),
		kubeletConfig: kubeletSettings(d, c),
		proxyConfig:   proxySettings(d),
	} {
		data, err := json.MarshalIndent(config, "", "  ")
		if err != nil {
			return err
		}
		files[name] = string(data)
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// containerdTOML is for containerd 1.6. Without restrict_oom_score_adj every sandbox fails where CAP_SYS_RESOURCE is
// missing.
const containerdTOML = `version = 2
[grpc]
  address = %q
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %q
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = %q
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = %q
    conf_dir = %q
`

// bridgeNetwork gives pods addresses of the node's range on one bridge.
func bridgeNetwork() object {
	return object{
		"cniVersion": "0.4.0",
		"name":       "pods",
		"plugins": []object{
			{
				"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
				"ipam": object{
					"type":   "host-local",
					"ranges": [][]object{{{"subnet": "10.244.0.0/24"}}}, // the first node's share of PodNet
					"routes": []object{{"dst": "0.0.0.0/0"}},
				},
			},
			{"type": "portmap", "capabilities": object{"portMappings": true}},
		},
	}
}

func kubeletSettings(d layout.Dir, c layout.Config) object {
	return object{
		"apiVersion":               "kubelet.config.k8s.io/v1beta1",
		"kind":                     "KubeletConfiguration",
		"failCgroupV1":             false,
		"failSwapOn":               false,
		"cgroupDriver":             "cgroupfs",
		"cgroupRoot":               "/" + c.Cgroup,
		"containerRuntimeEndpoint": "unix://" + d.Containerd(),
		"authentication": object{
			"anonymous": object{"enabled": false},
			"webhook":   object{"enabled": true},
			"x509":      object{"clientCAFile": d.Cert("ca")},
		},
		"authorization": object{"mode": "Webhook"},
		"clusterDomain": layout.Domain,
		"clusterDNS":    []string{layout.DNSService.String()},
		"resolvConf":    resolvConf,
		// The machine's disk is shared: pods are not evicted, nor images removed, because others filled it.
		"evictionHard":                object{"nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "100Mi"},
		"imageGCHighThresholdPercent": 100,
		"serializeImagePulls":         false,
	}
}

// proxySettings leaves the machine's connection tracking limits alone.
func proxySettings(d layout.Dir) object {
	return object{
		"apiVersion":       "kubeproxy.config.k8s.io/v1alpha1",
		"kind":             "KubeProxyConfiguration",
		"mode":             "iptables",
		"clusterCIDR":      layout.PodNet.String(),
		"clientConnection": object{"kubeconfig": d.Kubeconfig("kube-proxy")},
		"conntrack":        object{"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
		"iptables":         object{"minSyncPeriod": "200ms"},
	}
}
