package kube

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/lynceus-io/lynceus/inventory"
)

// coreResources are those of the core group, but for services.
func coreResources() []Resource {
	return []Resource{
		{Version: "v1", Name: "nodes", Kind: "Node", fill: typed(fillNode)},
		{Version: "v1", Name: "namespaces", Kind: "Namespace", fill: typed(fillNamespace)},
		{Version: "v1", Name: "pods", Kind: "Pod", fill: typed(fillPod)},
		{Version: "v1", Name: "replicationcontrollers", Kind: "ReplicationController", fill: typed(fillReplicationController)},
		{Version: "v1", Name: "serviceaccounts", Kind: "ServiceAccount", fill: typed(fillServiceAccount)},
		{Version: "v1", Name: "persistentvolumes", Kind: "PersistentVolume", fill: typed(fillVolume)},
		{Version: "v1", Name: "persistentvolumeclaims", Kind: "PersistentVolumeClaim", fill: typed(fillClaim)},
		{Version: "v1", Name: "secrets", Kind: "Secret", MetadataOnly: true},
		{Version: "v1", Name: "configmaps", Kind: "ConfigMap", MetadataOnly: true},
	}
}

func fillNode(o *inventory.Object, n *corev1.Node) body {
	o.Node = n.Name
	for _, a := range n.Status.Addresses {
		if a.Type == corev1.NodeInternalIP || a.Type == corev1.NodeExternalIP {
			o.Addresses = addAddress(o.Addresses, a.Address)
		}
	}
	for _, cidr := range append(n.Spec.PodCIDRs, n.Spec.PodCIDR) {
		o.Networks = addNetwork(o.Networks, cidr)
	}
	o.Phase = "NotReady"
	conditions := map[string]string{}
	for _, c := range n.Status.Conditions {
		conditions[string(c.Type)] = string(c.Status)
		if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
			o.Phase = "Ready"
		}
	}
	var images images
	for _, i := range n.Status.Images {
		for _, name := range i.Names {
			images.note(name)
		}
	}
	o.Images, o.Digests = images.lists()
	return body{"spec": n.Spec, "status": map[string]any{
		"addresses": n.Status.Addresses, "nodeInfo": n.Status.NodeInfo, "conditions": conditions,
	}}
}

func fillNamespace(o *inventory.Object, n *corev1.Namespace) body {
	o.Phase = string(n.Status.Phase)
	return nil
}

func fillReplicationController(o *inventory.Object, r *corev1.ReplicationController) body {
	if r.Spec.Template != nil {
		trimTemplate(r.Spec.Template, o)
	}
	return body{"spec": r.Spec}
}

func fillServiceAccount(_ *inventory.Object, a *corev1.ServiceAccount) body {
	b := body{}
	if len(a.Secrets) > 0 {
		b["secrets"] = a.Secrets
	}
	if len(a.ImagePullSecrets) > 0 {
		b["imagePullSecrets"] = a.ImagePullSecrets
	}
	if a.AutomountServiceAccountToken != nil {
		b["automountServiceAccountToken"] = *a.AutomountServiceAccountToken
	}
	return b
}

func fillVolume(o *inventory.Object, v *corev1.PersistentVolume) body {
	o.Phase = string(v.Status.Phase)
	if csi := v.Spec.CSI; csi != nil {
		csi.VolumeAttributes = nil // some drivers take credentials there
	}
	return body{"spec": v.Spec}
}

func fillClaim(o *inventory.Object, c *corev1.PersistentVolumeClaim) body {
	o.Phase = string(c.Status.Phase)
	return body{"spec": c.Spec}
}
