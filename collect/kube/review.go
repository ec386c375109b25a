package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Reviewed is what a cluster says of a token of a service account.
type Reviewed struct {
	// Namespace and ServiceAccount are whose the token is.
	Namespace, ServiceAccount string
	// Node is the node of the pod that the token is bound to.
	Node string
}

// ErrToken says that a token proves nothing; the text says why.
var ErrToken = errors.New("the token is refused")

// Claims of a token, as the API server says them beside the user
// (kubernetes/kubernetes, staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount).
// That of the node is there from Kubernetes 1.30 on.
const (
	claimPod    = "authentication.kubernetes.io/pod-name"
	claimPodUID = "authentication.kubernetes.io/pod-uid"
	claimNode   = "authentication.kubernetes.io/node-name"
)

// Review asks the cluster whose a token is, for an audience, and on which node
// the pod is that it is bound to. It needs the right to create tokenreviews, and
// to list pods. An error that wraps ErrToken says that the token is no proof.
func (c *Client) Review(ctx context.Context, token, audience string) (Reviewed, error) {
	var r Reviewed
	user, err := c.vouch(ctx, token, audience)
	if err != nil {
		return r, err
	}
	account, ok := strings.CutPrefix(user.Username, "system:serviceaccount:")
	if ok {
		r.Namespace, r.ServiceAccount, ok = strings.Cut(account, ":")
	}
	if !ok {
		return r, fmt.Errorf("%w: it is that of %s, which is no service account", ErrToken, user.Username)
	}
	pod, uid := one(user.Extra[claimPod]), one(user.Extra[claimPodUID])
	if pod == "" || uid == "" {
		return r, fmt.Errorf("%w: it is bound to no pod", ErrToken)
	}
	if r.Node = one(user.Extra[claimNode]); r.Node == "" {
		r.Node, err = c.nodeOf(ctx, r.Namespace, pod, uid)
	}
	return r, err
}

// nodeOf is the node of a pod that is there now.
func (c *Client) nodeOf(ctx context.Context, namespace, pod, uid string) (string, error) {
	x, err := c.list(ctx, &Resource{Version: "v1", Name: "pods"}, metav1.ListOptions{FieldSelector: "metadata.namespace=" + namespace + ",metadata.name=" + pod})
	if err != nil {
		return "", fmt.Errorf("ask the cluster for the pod of a token: %w", err)
	}
	if list, ok := x.(*corev1.PodList); ok {
		for i := range list.Items {
			if p := &list.Items[i]; p.Namespace == namespace && p.Name == pod && string(p.UID) == uid && p.Spec.NodeName != "" {
				return p.Spec.NodeName, nil
			}
		}
	}
	return "", fmt.Errorf("%w: the pod %s/%s that it is bound to is on no node", ErrToken, namespace, pod)
}

func one(v authenticationv1.ExtraValue) string {
	if len(v) != 1 {
		return ""
	}
	return v[0]
}
