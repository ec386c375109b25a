package cri

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtime "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/internal/sensortest"
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
		}, Info: info(r.Verbose, `{"pid":7,"config":{"linux":{"security_context":{"privileged":true}}}}`)}, nil
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
	return &runtime.PodSandboxStatusResponse{Status: &runtime.PodSandboxStatus{Metadata: &runtime.PodSandboxMetadata{Name: "web-1", Namespace: "shop", Uid: "u"}}, Info: info(r.Verbose, `{"image":"registry.example/pause:3"}`)}, nil
}

// info is what a runtime tells besides, if it is asked to.
func info(verbose bool, text string) map[string]string {
	if !verbose {
		return nil
	}
	return map[string]string{"info": text}
}

// serve has a runtime answer until the test ends, and returns a client of it.
func serve(t *testing.T, r runtime.RuntimeServiceServer) *Client {
	t.Helper()
	client, err := New(sensortest.Serve(t, r))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

func TestNames(t *testing.T) {
	client := serve(t, fake{})
	tests := []struct {
		id   string
		want container.Names
		fail bool
		none bool
	}{
		{"web", container.Names{Container: "app", Image: "registry.example/web:1", Digest: "sha256:aa", Namespace: "shop", Pod: "web-1", PodUID: "u", Privileged: true, PrivilegeKnown: true}, false, false},
		{"imported", container.Names{Digest: "sha256:bb"}, false, false},
		{"pause", container.Names{Image: "registry.example/pause:3", Namespace: "shop", Pod: "web-1", PodUID: "u"}, false, false},
		{"empty", container.Names{}, false, false},
		{"broken", container.Names{}, true, false},
		{"other", container.Names{}, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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

func TestDetails(t *testing.T) {
	tests := []struct {
		text              string
		privileged, known bool
	}{
		{"", false, false},
		{"[", false, false},
		{`{"config":{"linux":{}}}`, false, true}, // containerd leaves out what is false
		{`{"config":{"linux":{"security_context":{"privileged":true}}}}`, true, true},
		{`{"privileged":true,"sandboxID":"s"}`, true, true}, // CRI-O
		{`{"privileged":false}`, false, true},
		{`{"pid":1}`, false, false},
	}
	for _, tt := range tests {
		if is, known := detailsOf(info(true, tt.text)).privileged(); is != tt.privileged || known != tt.known {
			t.Errorf("%s: %v, %v", tt.text, is, known)
		}
	}
}

// following is a runtime that tells of a container that it makes, and of one that it has ended, and ends.
type following struct{ fake }

func (following) ListContainers(context.Context, *runtime.ListContainersRequest) (*runtime.ListContainersResponse, error) {
	return &runtime.ListContainersResponse{Containers: []*runtime.Container{{Id: "web"}}}, nil
}

func (following) ListPodSandbox(context.Context, *runtime.ListPodSandboxRequest) (*runtime.ListPodSandboxResponse, error) {
	return &runtime.ListPodSandboxResponse{Items: []*runtime.PodSandbox{{Id: "pause"}}}, nil
}

func (following) GetContainerEvents(_ *runtime.GetEventsRequest, to runtime.RuntimeService_GetContainerEventsServer) error {
	for id, kind := range map[string]runtime.ContainerEventType{"new": runtime.ContainerEventType_CONTAINER_CREATED_EVENT, "old": runtime.ContainerEventType_CONTAINER_DELETED_EVENT} {
		if err := to.Send(&runtime.ContainerEventResponse{ContainerId: id, ContainerEventType: kind}); err != nil {
			return err
		}
	}
	return status.Error(codes.Unavailable, "restarting")
}

// silent is a runtime without a stream of events.
type silent struct{ following }

func (silent) GetContainerEvents(*runtime.GetEventsRequest, runtime.RuntimeService_GetContainerEventsServer) error {
	return status.Error(codes.Unimplemented, "no")
}

func TestAnnounce(t *testing.T) {
	tests := []struct {
		name string
		from runtime.RuntimeServiceServer
		want string
		ends codes.Code
	}{
		{"with events", following{}, "web pause new", codes.Unavailable},
		{"without", silent{}, "web pause", codes.OK},
		{"no lists", fake{}, "", codes.Unimplemented},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			err := serve(t, tt.from).Announce(t.Context(), func(id string) { got = append(got, id) })
			if s := strings.Join(got, " "); s != tt.want || status.Code(errors.Unwrap(err)) != tt.ends && (err != nil || tt.ends != codes.OK) {
				t.Errorf("told %q, %v", s, err)
			}
		})
	}
}
