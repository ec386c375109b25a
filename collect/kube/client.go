package kube

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"
	clientmetadata "k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
)

// Requests a second, and how many at once. A start lists some thirty kinds;
// after that there are only watches.
const (
	requestsPerSecond = 20
	requestBurst      = 40
)

// accept asks for protobuf, which costs the API server and us a fraction of
// JSON, and takes JSON where that is all there is.
const (
	accept      = "application/vnd.kubernetes.protobuf,application/json"
	contentType = "application/vnd.kubernetes.protobuf"
)

// A Client asks one API server. It is safe for use by several goroutines.
type Client struct {
	config   *rest.Config
	http     *http.Client
	params   runtime.ParameterCodec
	versions map[schema.GroupVersion]rest.Interface
	metadata clientmetadata.Interface
	signer   *signer
}

// NewClient returns a client for a configuration, such as
// [k8s.io/client-go/tools/clientcmd] reads from a file. config is copied.
func NewClient(config *rest.Config) (*Client, error) {
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	c := &Client{config: rest.CopyConfig(config), params: runtime.NewParameterCodec(scheme), versions: map[schema.GroupVersion]rest.Interface{}}
	c.config.QPS, c.config.Burst = requestsPerSecond, requestBurst
	c.config.AcceptContentTypes, c.config.ContentType = accept, contentType
	c.config.WarningHandlerWithContext = rest.NoWarnings{}
	c.signer = &signer{now: time.Now}
	c.config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		c.signer.next = next
		return c.signer
	})
	if c.http, err = rest.HTTPClientFor(c.config); err != nil {
		return nil, fmt.Errorf("the cluster's configuration: %w", err)
	}
	if c.metadata, err = clientmetadata.NewForConfigAndClient(c.config, c.http); err != nil {
		return nil, fmt.Errorf("the cluster's configuration: %w", err)
	}
	codecs := serializer.NewCodecFactory(scheme)
	for _, r := range Resources() {
		gv := r.GroupVersionResource().GroupVersion()
		if r.MetadataOnly || c.versions[gv] != nil {
			continue
		}
		config := rest.CopyConfig(c.config)
		config.GroupVersion, config.APIPath, config.NegotiatedSerializer = &gv, "/apis", codecs.WithoutConversion()
		if gv.Group == "" {
			config.APIPath = "/api"
		}
		if c.versions[gv], err = rest.RESTClientForConfigAndClient(config, c.http); err != nil {
			return nil, fmt.Errorf("the cluster's configuration: %w", err)
		}
	}
	return c, nil
}

// newScheme returns the Go types of the kinds that are read.
func newScheme() (*runtime.Scheme, error) {
	s := runtime.NewScheme()
	metav1.AddToGroupVersion(s, schema.GroupVersion{Version: "v1"})
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, autoscalingv2.AddToScheme, discoveryv1.AddToScheme, networkingv1.AddToScheme,
		rbacv1.AddToScheme, admissionv1.AddToScheme, certificatesv1.AddToScheme,
	} {
		if err := add(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// list asks for a page of a resource.
func (c *Client) list(ctx context.Context, r *Resource, o metav1.ListOptions) (runtime.Object, error) {
	if r.MetadataOnly {
		return c.metadata.Resource(r.GroupVersionResource()).List(ctx, o)
	}
	return c.versions[r.GroupVersionResource().GroupVersion()].Get().Resource(r.Name).VersionedParams(&o, c.params).Do(ctx).Get()
}

// watch asks for the changes of a resource.
func (c *Client) watch(ctx context.Context, r *Resource, o metav1.ListOptions) (watch.Interface, error) {
	o.Watch = true
	if r.MetadataOnly {
		return c.metadata.Resource(r.GroupVersionResource()).Watch(ctx, o)
	}
	return c.versions[r.GroupVersionResource().GroupVersion()].Get().Resource(r.Name).VersionedParams(&o, c.params).Watch(ctx)
}

// raw asks for a path and returns the answer, which is JSON.
func (c *Client) raw(ctx context.Context, path string) ([]byte, error) {
	return c.versions[corev1.SchemeGroupVersion].Get().AbsPath(path).SetHeader("Accept", "application/json").Do(ctx).Raw()
}

// isSubresource reports whether a resource is a part of another, such as
// pods/log.
func isSubresource(name string) bool { return strings.Contains(name, "/") }

// splitVersion splits group/version; the core group has no name.
func splitVersion(apiVersion string) (group, version string) {
	if group, version, ok := strings.Cut(apiVersion, "/"); ok {
		return group, version
	}
	return "", apiVersion
}
