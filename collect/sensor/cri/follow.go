package cri

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtime "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Announce tells the ids of all containers and sandboxes that there are, then of each that the runtime makes, before
// its first program runs, until ctx is done. It returns nil once it has told what there is if the runtime has no stream
// of events (containerd before 1.7, CRI-O before 1.26), and an error when there is no runtime, or no more.
func (c *Client) Announce(ctx context.Context, tell func(id string)) error {
	containers, err := c.runtime.ListContainers(ctx, &runtime.ListContainersRequest{})
	if err != nil {
		return fmt.Errorf("ask the container runtime for its containers: %w", err)
	}
	for _, x := range containers.GetContainers() {
		tell(x.GetId())
	}
	sandboxes, err := c.runtime.ListPodSandbox(ctx, &runtime.ListPodSandboxRequest{})
	if err != nil {
		return fmt.Errorf("ask the container runtime for its sandboxes: %w", err)
	}
	for _, x := range sandboxes.GetItems() {
		tell(x.GetId())
	}
	return c.follow(ctx, tell)
}

func (c *Client) follow(ctx context.Context, tell func(id string)) error {
	stream, err := c.runtime.GetContainerEvents(ctx, &runtime.GetEventsRequest{})
	for err == nil {
		var e *runtime.ContainerEventResponse
		if e, err = stream.Recv(); err == nil && e.GetContainerEventType() == runtime.ContainerEventType_CONTAINER_CREATED_EVENT {
			tell(e.GetContainerId())
		}
	}
	if status.Code(err) == codes.Unimplemented {
		return nil
	}
	return fmt.Errorf("follow the container runtime: %w", err)
}
