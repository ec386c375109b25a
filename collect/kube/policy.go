package kube

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	certificatesv1 "k8s.io/api/certificates/v1"

	"github.com/lynceus-io/lynceus/inventory"
)

const (
	admissionGroup   = "admissionregistration.k8s.io"
	certificateGroup = "certificates.k8s.io"
	extensionGroup   = "apiextensions.k8s.io"
)

// policyResources are those that change what the API server admits, signs and
// knows.
func policyResources() []Resource {
	return []Resource{
		{Group: admissionGroup, Version: "v1", Name: "validatingwebhookconfigurations", Kind: "ValidatingWebhookConfiguration", fill: typed(fillValidating)},
		{Group: admissionGroup, Version: "v1", Name: "mutatingwebhookconfigurations", Kind: "MutatingWebhookConfiguration", fill: typed(fillMutating)},
		{Group: admissionGroup, Version: "v1", Name: "validatingadmissionpolicies", Kind: "ValidatingAdmissionPolicy", fill: typed(fillPolicy)},
		{Group: admissionGroup, Version: "v1", Name: "validatingadmissionpolicybindings", Kind: "ValidatingAdmissionPolicyBinding", fill: typed(fillPolicyBinding)},
		{Group: certificateGroup, Version: "v1", Name: "certificatesigningrequests", Kind: "CertificateSigningRequest", fill: typed(fillRequest)},
		{Group: extensionGroup, Version: "v1", Name: "customresourcedefinitions", Kind: "CustomResourceDefinition", MetadataOnly: true},
	}
}

func fillValidating(_ *inventory.Object, c *admissionv1.ValidatingWebhookConfiguration) body {
	for i := range c.Webhooks {
		c.Webhooks[i].ClientConfig.CABundle = nil
	}
	return body{"webhooks": c.Webhooks}
}

func fillMutating(_ *inventory.Object, c *admissionv1.MutatingWebhookConfiguration) body {
	for i := range c.Webhooks {
		c.Webhooks[i].ClientConfig.CABundle = nil
	}
	return body{"webhooks": c.Webhooks}
}

func fillPolicy(_ *inventory.Object, p *admissionv1.ValidatingAdmissionPolicy) body {
	return body{"spec": p.Spec}
}

func fillPolicyBinding(_ *inventory.Object, b *admissionv1.ValidatingAdmissionPolicyBinding) body {
	return body{"spec": b.Spec}
}

// fillRequest keeps who asked for a certificate and what became of it. The
// request itself and the certificate are left out.
func fillRequest(o *inventory.Object, r *certificatesv1.CertificateSigningRequest) body {
	r.Spec.Request = nil
	o.Phase = "Pending"
	conditions := make([]map[string]string, 0, len(r.Status.Conditions))
	for _, c := range r.Status.Conditions {
		o.Phase = string(c.Type)
		conditions = append(conditions, map[string]string{"type": string(c.Type), "status": string(c.Status), "reason": c.Reason, "message": c.Message})
	}
	return body{"spec": r.Spec, "status": map[string]any{"conditions": conditions, "issued": len(r.Status.Certificate) > 0}}
}
