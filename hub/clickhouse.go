package hub

import (
	"context"
	"errors"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/store/clickhouse"
	"github.com/lynceus-io/lynceus/store/lake"
)

// ClickHouse answers questions from a database of ClickHouse. It implements
// hunt.Querier and may be used by several goroutines.
type ClickHouse struct {
	*hunt.Store
	db *clickhouse.Store
}

// OpenClickHouse returns who answers from the database that o describes. It
// connects to nothing yet. The caller must Close it.
func OpenClickHouse(o clickhouse.Options, now func() time.Time) (*ClickHouse, error) {
	db, err := clickhouse.New(o)
	if err != nil {
		return nil, err
	}
	return newClickHouse(db, hunt.StoreOptions{Now: now}), nil
}

func newClickHouse(db *clickhouse.Store, o hunt.StoreOptions) *ClickHouse {
	backend := clickHouseBackend{db}
	o.Holds = backend.HasRows
	return &ClickHouse{Store: hunt.NewStore(backend, o), db: db}
}

// Identity is what the store is called: where it is, without its users.
func (c *ClickHouse) Identity() string { return "clickhouse://" + c.db.Address() }

// Close ends idle connections.
func (c *ClickHouse) Close() error {
	c.db.Close()
	return nil
}

// clickHouseBackend is a database whose errors say what they are to the API.
type clickHouseBackend struct{ *clickhouse.Store }

// Query implements sql.Backend.
func (b clickHouseBackend) Query(ctx context.Context, st *sql.Statement) (run.Rows, error) {
	rows, err := b.Store.Query(ctx, st)
	return rows, clickHouseProblem(err)
}

// clickHouseProblem returns an error as the API tells it.
func clickHouseProblem(err error) error {
	for _, kind := range []struct {
		err  error
		code problem.Code
	}{
		{clickhouse.ErrTimeout, problem.Timeout}, {clickhouse.ErrMemory, problem.LimitReached},
		{clickhouse.ErrUnavailable, problem.Unavailable}, {clickhouse.ErrDenied, problem.Unavailable}, {clickhouse.ErrMissing, problem.Unavailable},
	} {
		if errors.Is(err, kind.err) {
			return problem.New(kind.code, "%v", err).Because(err)
		}
	}
	return err
}

// outbox is a lake's outbox as clickhouse.Source has it.
type outbox struct{ lake *lake.Lake }

// Unshipped implements clickhouse.Source.
func (o outbox) Unshipped(ctx context.Context) ([]clickhouse.Segment, error) {
	list, err := o.lake.Unshipped(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]clickhouse.Segment, len(list))
	for i, w := range list {
		out[i] = clickhouse.Segment(w)
	}
	return out, nil
}

// Open implements clickhouse.Source.
func (o outbox) Open(ctx context.Context, s clickhouse.Segment) (clickhouse.File, error) {
	return o.lake.OpenWaiting(ctx, s.ID)
}

// Shipped implements clickhouse.Source.
func (o outbox) Shipped(ctx context.Context, s clickhouse.Segment) error {
	return o.lake.Shipped(ctx, s.ID)
}
