package kube

import (
	"context"
	"crypto/rand"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/lynceus-io/lynceus/identity/own"
)

// Trial makes a request that is there to be seen in the audit log: the list of
// one namespace, which an agent may read anyway, marked by own.TrialParameter.
// Once there is a key (Sign), nobody else can make one.
func (c *Client) Trial(ctx context.Context) error {
	r := c.versions[corev1.SchemeGroupVersion].Get().AbsPath("/api/v1/namespaces").Param("fieldSelector", "metadata.name="+systemNamespace).Param("limit", "1").Param(own.TrialParameter, rand.Text())
	if err := r.Do(ctx).Error(); err != nil {
		return fmt.Errorf("ask the cluster at %s for what its audit log is to tell: %w", c.config.Host, err)
	}
	return nil
}
