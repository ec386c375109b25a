package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// reviewPath is where an API server says whose a token is, since Kubernetes
// 1.6.
const reviewPath = "/apis/authentication.k8s.io/v1/tokenreviews"

// User is whose a token is, as a cluster says.
type User struct {
	Name   string
	Groups []string
}

// User asks the cluster whose a token is, for an audience: of a service
// account, or of anybody else whom its API server knows by a token. It needs
// the right to create tokenreviews. An error that wraps ErrToken says that the
// cluster does not vouch for it; none holds the token.
func (c *Client) User(ctx context.Context, token, audience string) (User, error) {
	info, err := c.vouch(ctx, token, audience)
	if err != nil {
		return User{}, err
	}
	if info.Username == "" {
		return User{}, fmt.Errorf("%w: the cluster does not say whose it is", ErrToken)
	}
	return User{Name: info.Username, Groups: info.Groups}, nil
}

// vouch asks the cluster for all that it says of a token's owner.
func (c *Client) vouch(ctx context.Context, token, audience string) (*authenticationv1.UserInfo, error) {
	body, err := json.Marshal(&authenticationv1.TokenReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "authentication.k8s.io/v1", Kind: "TokenReview"},
		Spec:     authenticationv1.TokenReviewSpec{Token: token, Audiences: []string{audience}},
	})
	if err != nil {
		return nil, err
	}
	answer, err := c.versions[corev1.SchemeGroupVersion].Post().AbsPath(reviewPath).
		SetHeader("Content-Type", "application/json").SetHeader("Accept", "application/json").Body(body).Do(ctx).Raw()
	switch {
	case apierrors.IsForbidden(err):
		return nil, errors.New("the cluster does not let Lynceus review tokens: bind the ClusterRole system:auth-delegator to its account")
	case err != nil:
		return nil, fmt.Errorf("ask the cluster to review a token: %w", err)
	}
	var review authenticationv1.TokenReview
	if err := json.Unmarshal(answer, &review); err != nil {
		return nil, fmt.Errorf("read the review of a token: %w", err)
	}
	s := &review.Status
	if !s.Authenticated {
		return nil, fmt.Errorf("%w: it is not valid for the audience %s, or its pod is gone", ErrToken, audience)
	}
	// An API server that knows no audiences answers without: such a token is
	// for the API server itself, and would give whoever saw it all that its
	// owner may do there.
	if len(s.Audiences) != 1 || s.Audiences[0] != audience {
		return nil, fmt.Errorf("%w: it is not for the audience %s", ErrToken, audience)
	}
	return &s.User, nil
}
