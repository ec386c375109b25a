// Package cri asks a node's container runtime what its containers are called, through the Container Runtime Interface,
// version 1: containerd, CRI-O and whatever else a kubelet uses. It only reads.
package cri

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	runtime "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

// ErrNotFound says that the runtime knows no container or sandbox of that id: not yet, or not any more.
var ErrNotFound = errors.New("the container runtime does not know it")

// Sockets are where runtimes listen unless they are told otherwise: containerd, CRI-O, the containerd of k3s.
var Sockets = []string{"/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/k3s/containerd/containerd.sock"}

// maxMessage bounds an answer: a status is some kilobytes, and labels are not bounded by the interface.
const maxMessage = 4 << 20

// After a failure the runtime is tried again soon: it is on this machine, and containers start as soon as it does.
const (
	connectFirst = 50 * time.Millisecond
	connectEvery = 500 * time.Millisecond
)

// Labels that the kubelet gives to containers.
const (
	labelContainer = "io.kubernetes.container.name"
	labelPod       = "io.kubernetes.pod.name"
	labelNamespace = "io.kubernetes.pod.namespace"
	labelPodUID    = "io.kubernetes.pod.uid"
)

// Client asks one runtime. It may be used by several goroutines at once.
type Client struct {
	conn    *grpc.ClientConn
	runtime runtime.RuntimeServiceClient
}

// New returns a client of the runtime that listens at a Unix socket. It connects when it is first asked, and again when
// the runtime was restarted. Close it.
func New(socket string) (*Client, error) {
	retry := backoff.DefaultConfig
	retry.BaseDelay, retry.MaxDelay = connectFirst, connectEvery
	conn, err := grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: retry, MinConnectTimeout: connectEvery}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.WaitForReady(true)))
	if err != nil {
		return nil, fmt.Errorf("container runtime at %s: %w", socket, err)
	}
	return &Client{conn, runtime.NewRuntimeServiceClient(conn)}, nil
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Names returns what a container, or the sandbox of a pod, is called. It waits for a runtime that does not listen for as
// long as ctx lets it. The error is ErrNotFound when there is none of that id.
func (c *Client) Names(ctx context.Context, id string) (container.Names, error) {
	got, err := c.runtime.ContainerStatus(ctx, &runtime.ContainerStatusRequest{ContainerId: id, Verbose: true})
	switch {
	case status.Code(err) == codes.NotFound:
		return c.sandbox(ctx, id)
	case err != nil:
		return container.Names{}, fmt.Errorf("ask the container runtime: %w", err)
	}
	s := got.GetStatus()
	n := fromLabels(s.GetLabels())
	n.Image, n.Digest = imageName(s.GetImage().GetImage()), digest(s.GetImageRef())
	n.Privileged, n.PrivilegeKnown = detailsOf(got.GetInfo()).privileged()
	return n, nil
}

func (c *Client) sandbox(ctx context.Context, id string) (container.Names, error) {
	got, err := c.runtime.PodSandboxStatus(ctx, &runtime.PodSandboxStatusRequest{PodSandboxId: id, Verbose: true})
	switch {
	case status.Code(err) == codes.NotFound:
		return container.Names{}, fmt.Errorf("%w: %s", ErrNotFound, id)
	case err != nil:
		return container.Names{}, fmt.Errorf("ask the container runtime: %w", err)
	}
	n := fromMetadata(got.GetStatus().GetMetadata())
	n.Image = imageName(detailsOf(got.GetInfo()).Image)
	return n, nil
}

func fromLabels(labels map[string]string) container.Names {
	return container.Names{Container: labels[labelContainer], Namespace: labels[labelNamespace], Pod: labels[labelPod], PodUID: labels[labelPodUID]}
}

func fromMetadata(m *runtime.PodSandboxMetadata) container.Names {
	return container.Names{Namespace: m.GetNamespace(), Pod: m.GetName(), PodUID: m.GetUid()}
}

// imageName returns the name of an image, or nothing where the runtime gives an id in its place.
func imageName(image string) string {
	if strings.HasPrefix(image, "sha256:") {
		return ""
	}
	return image
}

// digest returns what identifies an image in a reference: "registry/name@sha256:…", or an id alone for an image that
// was pulled from no registry.
func digest(ref string) string {
	d := ref[strings.LastIndexByte(ref, '@')+1:]
	if !strings.HasPrefix(d, "sha256:") {
		return ""
	}
	return d
}
