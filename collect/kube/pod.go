package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/lynceus-io/lynceus/inventory"
)

func fillPod(o *inventory.Object, p *corev1.Pod) body {
	o.Node = p.Spec.NodeName
	o.ServiceAccount = p.Spec.ServiceAccountName
	o.HostNetwork = p.Spec.HostNetwork
	o.Phase = string(p.Status.Phase)
	o.Addresses = addAddress(o.Addresses, p.Status.PodIP)
	for _, ip := range p.Status.PodIPs {
		o.Addresses = addAddress(o.Addresses, ip.IP)
	}
	var seen images
	trimContainers(p.Spec.InitContainers, &seen)
	trimContainers(p.Spec.Containers, &seen)
	for i := range p.Spec.EphemeralContainers {
		trimVariables(p.Spec.EphemeralContainers[i].Env)
		seen.note(p.Spec.EphemeralContainers[i].Image)
	}
	for _, list := range [][]corev1.ContainerStatus{p.Status.InitContainerStatuses, p.Status.ContainerStatuses, p.Status.EphemeralContainerStatuses} {
		for _, s := range list {
			seen.digest(s.ImageID)
			if s.ContainerID != "" {
				o.Containers = append(o.Containers, inventory.Container{Name: s.Name, ID: s.ContainerID})
			}
		}
	}
	o.Images, o.Digests = seen.lists()
	status := map[string]any{"phase": o.Phase}
	if p.Status.HostIP != "" {
		status["hostIP"] = p.Status.HostIP
	}
	if p.Status.StartTime != nil {
		status["startTime"] = p.Status.StartTime
	}
	if p.Status.Reason != "" {
		status["reason"] = p.Status.Reason
	}
	return body{"spec": p.Spec, "status": status}
}

// trimVariables drops the values of environment variables, keeping their names
// and where they come from.
func trimVariables(list []corev1.EnvVar) {
	for i := range list {
		list[i].Value = ""
	}
}

// trimContainers does so for containers, and notes their images.
func trimContainers(list []corev1.Container, seen *images) {
	for i := range list {
		trimVariables(list[i].Env)
		seen.note(list[i].Image)
	}
}

// trimTemplate does so for all containers of a template, and notes what its
// pods will have.
func trimTemplate(t *corev1.PodTemplateSpec, o *inventory.Object) {
	t.ManagedFields = nil
	t.Annotations = keepAnnotations(t.Annotations)
	var seen images
	trimContainers(t.Spec.InitContainers, &seen)
	trimContainers(t.Spec.Containers, &seen)
	o.Images, o.Digests = seen.lists()
	o.ServiceAccount = t.Spec.ServiceAccountName
	o.HostNetwork = t.Spec.HostNetwork
}

// images collects the images of an object and the digests among them.
type images struct{ names, digests []string }

// note adds an image by the name that somebody wrote.
func (s *images) note(name string) {
	if name != "" {
		s.names = append(s.names, name)
	}
	s.digest(name)
}

// digest adds the digest of a reference, such as
// registry.example/app@sha256:… or docker-pullable://…; nothing for one
// without.
func (s *images) digest(reference string) {
	if d := digestOf(reference); d != "" {
		s.digests = append(s.digests, d)
	}
}

// lists returns both sorted, each once.
func (s *images) lists() (names, digests []string) {
	slices.Sort(s.names)
	slices.Sort(s.digests)
	return slices.Compact(s.names), slices.Compact(s.digests)
}
