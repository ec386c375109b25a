package cri

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtime "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

// fake is a runtime with two containers and a sandbox.
type fake struct {
	runtime.UnimplementedRuntimeServiceServer
}

func (fake) ContainerStatus(_ context.Context, r *runtime.ContainerStatusRequest) (*runtime.ContainerStatusResponse, error) {
	switch r.ContainerId {
	case "web":
		return &runtime.ContainerStatusResponse{Status: &runtime.ContainerStatus{
			Image: &runtime.ImageSpec{Image: "registry.example/web:1"}, ImageRef: "registry.example/web@sha256:aa",
			Labels: map[string]string{labelContainer: "app", labelPod: "web-1", labelNamespace: "shop", labelPodUID: "u"},
		}}, nil
	case "imported":
		return &runtime.ContainerStatusResponse{Status: &runtime.ContainerStatus{Image: &runtime.ImageSpec{Image: "sha256:bb"}, ImageRef: "sha256:bb"}}, nil
	case "empty":
		return &runtime.ContainerStatusResponse{}, nil
	case "broken":
		return nil, status.Error(codes.Internal, "no")
	}
	return nil, status.Error(codes.NotFound, "no")
}

func (fake) PodSandboxStatus(_ context.Context, r *runtime.PodSandboxStatusRequest) (*runtime.PodSandboxStatusResponse, error) {
	if r.PodSandboxId != "pause" {
		return nil, status.Error(codes.NotFound, "no")
	}
	return &runtime.PodSandboxStatusResponse{Status: &runtime.PodSandboxStatus{Metadata: &runtime.PodSandboxMetadata{Name: "web-1", Namespace: "shop", Uid: "u"}}}, nil
}

func TestNames(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	runtime.RegisterRuntimeServiceServer(server, fake{})
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	client, err := New(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	tests := []struct {
		id   string
		want container.Names
		fail bool
		none bool
	}{
		{"web", container.Names{Container: "app", Image: "registry.example/web:1", Digest: "sha256:aa", Namespace: "shop", Pod: "web-1", PodUID: "u"}, false, false},
		{"imported", container.Names{Digest: "sha256:bb"}, false, false},
		{"pause", container.Names{Namespace: "shop", Pod: "web-1", PodUID: "u"}, false, false},
		{"empty", container.Names{}, false, false},
		{"broken", container.Names{}, true, false},
		{"other", container.Names{}, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			got, err := client.Names(ctx, tt.id)
			if got != tt.want || (err != nil) != tt.fail || errors.Is(err, ErrNotFound) != tt.none {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	client, err := New(filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := client.Names(ctx, "web"); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

func TestDigest(t *testing.T) {
	for ref, want := range map[string]string{
		"": "", "web:1": "", "sha256:aa": "sha256:aa", "r/web@sha256:aa": "sha256:aa", "r/web:1@sha256:aa": "sha256:aa", "r/web@md5:aa": "",
	} {
		if got := digest(ref); got != want {
			t.Errorf("digest(%q) = %q, want %q", ref, got, want)
		}
	}
}
