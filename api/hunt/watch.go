package hunt

import (
	"context"

	"github.com/lynceus-io/lynceus/kql/scope"
)

// WatchRequest asks for events as they come.
type WatchRequest struct {
	// Table is the table's name: audit, finding, ...
	Table string
	// Where is a condition of KQL over the table's columns; "" lets all pass.
	Where string
	// Scope is what whoever watches may see.
	Scope scope.Scope
}

// Watcher shows events as they come. It is safe for concurrent use.
type Watcher interface {
	// Watch starts to watch. The answer has the table's columns and ends with
	// ctx. A reader that is too slow misses events, which notes count; nothing
	// waits for it.
	Watch(ctx context.Context, r WatchRequest) (Answer, error)
}
