package node

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster/internal/dns"
)

type metadata struct {
	Namespace, Name string
	Labels          map[string]string
	ResourceVersion string `json:"resourceVersion"`
}

// resource is an API object that follow can keep.
type resource interface{ meta() metadata }

// relistPause is how long follow waits after a list or watch ended.
const relistPause = 500 * time.Millisecond

// follow keeps all objects at a path and tells changed about each state, until the context ends. It lists again
// whenever a watch ends.
func follow[T resource](ctx context.Context, client *api, path string, changed func(map[dns.Key]T)) {
	for ctx.Err() == nil {
		_ = listAndWatch(ctx, client, path, changed) // the next list repairs whatever it was
		select {
		case <-ctx.Done():
		case <-time.After(relistPause):
		}
	}
}

func listAndWatch[T resource](ctx context.Context, client *api, path string, changed func(map[dns.Key]T)) error {
	var list struct {
		Metadata metadata
		Items    []T
	}
	if err := client.get(ctx, path, &list); err != nil {
		return err
	}
	all := map[dns.Key]T{}
	for _, item := range list.Items {
		all[keyOf(item)] = item
	}
	changed(all)
	body, err := client.do(ctx, http.MethodGet, path+"?watch=1&resourceVersion="+list.Metadata.ResourceVersion, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	decoder := json.NewDecoder(body)
	for {
		var event struct {
			Type   string
			Object T
		}
		if err := decoder.Decode(&event); err != nil {
			return err
		}
		switch event.Type {
		case "ADDED", "MODIFIED":
			all[keyOf(event.Object)] = event.Object
		case "DELETED":
			delete(all, keyOf(event.Object))
		default:
			return fmt.Errorf("watch %s: %s", path, event.Type)
		}
		changed(all)
	}
}

func keyOf(r resource) dns.Key { return dns.Key{Namespace: r.meta().Namespace, Name: r.meta().Name} }
