//go:build linux

package sensorcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/collect/sensor/stream"
)

// openStream returns the socket that is open under a number. The number is not inherited by others.
func openStream(fd int) (*net.UnixConn, error) {
	f := os.NewFile(uintptr(fd), "stream")
	if f == nil {
		return nil, usagef("--%s %d: there is no such descriptor", StreamFlag, fd)
	}
	conn, err := stream.Dial(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("--%s %d: it is for the keeper, which lynceus up starts: %w", StreamFlag, fd, err)
	}
	return conn, nil
}

// readPlan adds what is to be observed to a plan, from the file that is open under a number. The file's offset is not
// used: sensors that come later read it, too.
func readPlan(fd int, into *plan.Plan) error {
	f := os.NewFile(uintptr(fd), "plan")
	if f == nil {
		return usagef("--%s %d: there is no such descriptor", PlanFlag, fd)
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, math.MaxInt64))
	if err != nil {
		return fmt.Errorf("--%s %d: %w", PlanFlag, fd, err)
	}
	wanted, err := plan.Decode(b)
	if err != nil {
		return fmt.Errorf("--%s: %w; use programs of one version", PlanFlag, err)
	}
	into.Add(wanted)
	return nil
}

// runStream runs the sensor and hands its events to the process at the other end of a socket, with a report of itself
// every minute.
func (a *app) runStream(ctx context.Context, spec sensor.Spec, from names, fd, planFD int) error {
	if err := readPlan(planFD, &spec.Plan); err != nil {
		return err
	}
	conn, err := openStream(fd)
	if err != nil {
		return err
	}
	defer conn.Close()
	err = a.runNamed(ctx, spec, from, newStreamWriter(conn, a.now))
	if errors.Is(err, stream.ErrGone) { // nobody is there to whom it could matter
		return nil
	}
	return err
}

// firstReport is how soon after its start the sensor accounts for itself first.
const firstReport = 2 * time.Second
