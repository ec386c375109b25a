//go:build linux

package sensortest

import (
	"context"
	"net"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtime "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

// Runtime has a container runtime answer on a socket, which knows containers by their ids, and returns the socket's path.
func Runtime(tb testing.TB, known map[string]container.Names) string {
	tb.Helper()
	return Serve(tb, namesakes{known: known})
}

// Serve has a runtime answer on a socket, and returns the socket's path.
func Serve(tb testing.TB, r runtime.RuntimeServiceServer) string {
	tb.Helper()
	socket := filepath.Join(tb.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		tb.Fatal(err)
	}
	server := grpc.NewServer()
	runtime.RegisterRuntimeServiceServer(server, r)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	tb.Cleanup(func() {
		server.Stop()
		if err := <-done; err != nil {
			tb.Error(err)
		}
	})
	return socket
}

// namesakes is a runtime that knows what containers are called and nothing else.
type namesakes struct {
	runtime.UnimplementedRuntimeServiceServer
	known map[string]container.Names
}

// The labels by which the kubelet tells a runtime whose a container is (pkg/kubelet/types/labels.go of Kubernetes).
const (
	labelContainer = "io.kubernetes.container.name"
	labelPod       = "io.kubernetes.pod.name"
	labelNamespace = "io.kubernetes.pod.namespace"
	labelPodUID    = "io.kubernetes.pod.uid"
)

func (n namesakes) ContainerStatus(_ context.Context, r *runtime.ContainerStatusRequest) (*runtime.ContainerStatusResponse, error) {
	c, ok := n.known[r.ContainerId]
	if !ok {
		return nil, status.Error(codes.NotFound, "no such container")
	}
	return &runtime.ContainerStatusResponse{Status: &runtime.ContainerStatus{
		Image: &runtime.ImageSpec{Image: c.Image}, ImageRef: c.Image,
		Labels: map[string]string{labelContainer: c.Container, labelPod: c.Pod, labelNamespace: c.Namespace, labelPodUID: c.PodUID},
	}}, nil
}

func (namesakes) PodSandboxStatus(context.Context, *runtime.PodSandboxStatusRequest) (*runtime.PodSandboxStatusResponse, error) {
	return nil, status.Error(codes.NotFound, "no such sandbox")
}
