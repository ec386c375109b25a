package container

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	const (
		uid  = "0d2cbc13-9e31-4f4b-8ad5-3f3b2ce1a7d0"
		hash = "3c41c7a5e5d7a3b8f9b0e1d2c3b4a596"
	)
	id, other := strings.Repeat("3fa9", 16), strings.Repeat("0b1c", 16)
	slice := "kubepods-burstable-pod" + strings.ReplaceAll(uid, "-", "_") + ".slice"
	tests := []struct {
		name, path string
		want       ID
	}{
		{"cgroupfs", "/kubepods/burstable/pod" + uid + "/" + id, ID{id, uid}},
		{"cgroupfs, guaranteed", "/kubepods/pod" + uid + "/" + id, ID{id, uid}},
		{"static pod", "/kubepods/burstable/pod" + hash + "/" + id, ID{id, hash}},
		{"systemd, containerd", "/kubepods.slice/kubepods-burstable.slice/" + slice + "/cri-containerd-" + id + ".scope", ID{id, uid}},
		{"systemd, CRI-O", "/kubepods.slice/kubepods-burstable.slice/" + slice + "/crio-" + id + ".scope", ID{id, uid}},
		{"systemd, docker", "/kubepods.slice/" + slice + "/docker-" + id + ".scope", ID{id, uid}},
		{"CRI-O's monitor is not the container", "/kubepods.slice/" + slice + "/crio-conmon-" + id + ".scope", ID{"", uid}},
		{"systemd's form with a runtime of the other", "/system.slice/containerd.service/" + slice + ":cri-containerd:" + id, ID{id, uid}},
		{"docker", "/docker/" + id, ID{id, ""}},
		{"docker, systemd", "/system.slice/docker-" + id + ".scope", ID{id, ""}},
		{"podman", "/machine.slice/libpod-" + id + ".scope/container", ID{id, ""}},
		{"inside the container's own tree", "/kubepods/pod" + uid + "/" + id + "/init.scope", ID{id, uid}},
		{"the pod's own cgroup", "/kubepods/besteffort/pod" + uid, ID{"", uid}},
		{"a node that is a container", "/docker/" + other + "/kubelet.slice/kubelet-kubepods.slice/kubelet-" + slice + "/cri-containerd-" + id + ".scope", ID{id, uid}},
		{"docker in a pod", "/kubepods/pod" + uid + "/" + id + "/docker/" + other, ID{id, uid}},
		{"a pod that a container invented", "/kubepods/pod" + uid + "/" + id + "/kubepods/pod11111111-2222-3333-4444-555555555555/" + other, ID{id, uid}},
		{"root", "/", ID{}},
		{"nothing", "", ID{}},
		{"a service", "/system.slice/kubelet.service", ID{}},
		{"not hexadecimal", "/docker/" + strings.Repeat("z", 64), ID{}},
		{"capital letters", "/docker/" + strings.Repeat("A", 64), ID{}},
		{"pod without uid", "/kubepods/podium/" + id, ID{id, ""}},
		{"hyphens in wrong places", "/kubepods/pod0d2cbc139-e31-4f4b-8ad5-3f3b2ce1a7d0/" + id, ID{id, ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Parse(tt.path); got != tt.want {
				t.Errorf("Parse(%q) = %+v, want %+v", tt.path, got, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("/kubepods.slice/kubepods-pod0d2cbc13_9e31_4f4b_8ad5_3f3b2ce1a7d0.slice:cri-containerd:" + strings.Repeat("a", 64))
	f.Add("//pod/:.scope/.slice/-pod.slice")
	f.Fuzz(func(t *testing.T, path string) {
		got := Parse(path)
		if got.Container != "" && (len(got.Container) != idLength || !isHex(got.Container)) {
			t.Errorf("container %q", got.Container)
		}
		if got.PodUID != "" && !isUID(got.PodUID) {
			t.Errorf("pod %q", got.PodUID)
		}
	})
}
