//go:build linux

package sensorcmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/cli/spawn"
	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/stream"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// KeepCommand is the command with which lynceus up starts the keeper. StreamFlag says under which number the socket for
// events is open, PlanFlag the file with what is to be observed (plan.Plan). What follows "--" are the sensor's own flags.
const (
	KeepCommand = "keep"
	StreamFlag  = "stream"
	PlanFlag    = "plan"
)

// How long the keeper waits before it starts a sensor again that ended: twice as long each time, and from the beginning
// after one that ran for long.
const (
	firstPause = time.Second
	maxPause   = time.Minute
	longRun    = 10 * time.Minute
)

// keep keeps a sensor running for a process that has given up the privileges to do that itself.
func (a *app) keep() *cobra.Command {
	var fd, planFD int
	c := &cobra.Command{
		Use:    KeepCommand + " --" + StreamFlag + " N --" + PlanFlag + " N [-- FLAG...]",
		Short:  "Keep a sensor running for lynceus up",
		Hidden: true,
		RunE:   func(c *cobra.Command, args []string) error { return a.runKeep(c.Context(), fd, planFD, args) },
	}
	c.Flags().IntVar(&fd, StreamFlag, 0, "number of the descriptor that events go to")
	c.Flags().IntVar(&planFD, PlanFlag, 0, "number of the descriptor of the plan")
	return c
}

// keeper is one run of keep.
type keeper struct {
	*app
	path   string // of this program
	args   []string
	stderr *os.File
	files  []*os.File // what a sensor gets: the socket and the plan
	conn   *net.UnixConn
	starts int
	child  atomic.Pointer[spawn.Child] // the sensor that was started last
}

func (a *app) runKeep(ctx context.Context, fd, planFD int, args []string) (err error) {
	socket, planned := os.NewFile(uintptr(fd), "stream"), os.NewFile(uintptr(planFD), "plan")
	if fd <= 0 || planFD <= 0 || socket == nil || planned == nil {
		return usagef("%s is for lynceus up: it needs --%s and --%s", KeepCommand, StreamFlag, PlanFlag)
	}
	defer socket.Close()
	defer planned.Close()
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("which program this is: %w", err)
	}
	k := &keeper{app: a, path: self, args: append(args, "--"+StreamFlag, strconv.Itoa(spawn.FirstFile), "--"+PlanFlag, strconv.Itoa(spawn.FirstFile+1)), files: []*os.File{socket, planned}}
	k.stderr, _ = a.stderr.(*os.File)
	if k.conn, err = stream.Dial(socket); err != nil {
		return err
	}
	defer k.conn.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		awaitHangUp(fd)
		cancel()
	}()
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	go k.passOn(ctx, hangups)
	runtime.LockOSThread() // sensors end with this thread
	return k.run(ctx)
}

// awaitHangUp returns when the other end of a socket is closed.
func awaitHangUp(fd int) {
	for {
		polled := []unix.PollFd{{Fd: int32(fd)}} // hanging up is told without being asked for
		if _, err := unix.Poll(polled, -1); err != nil && err != unix.EINTR || polled[0].Revents != 0 {
			return
		}
	}
}

// passOn has the sensor that runs read its policies again at each SIGHUP that the keeper gets.
func (k *keeper) passOn(ctx context.Context, hangups <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			if child := k.child.Load(); child != nil {
				child.Reload()
			}
		}
	}
}

// run starts sensors, one after another, until ctx ends.
func (k *keeper) run(ctx context.Context) error {
	pause := firstPause
	for {
		k.starts++
		began := k.now()
		how, err := k.once(ctx)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if k.now().Sub(began) >= longRun {
			pause = firstPause
		}
		k.say("the sensor ended (%s); it is started again in %v", how, pause)
		if err := k.report(how); err != nil {
			k.say("%v", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, maxPause)
	}
}

// stopTime is how long a sensor may take to end.
const stopTime = 8 * time.Second

// once runs one sensor, and says how it ended. When ctx ends, the sensor is asked to end, and made to when it does not.
func (k *keeper) once(ctx context.Context) (string, error) {
	child, err := spawn.Start(spawn.Options{Path: k.path, Args: k.args, Stderr: k.stderr, Files: k.files, Tied: true})
	if err != nil {
		return "", err
	}
	k.child.Store(child)
	stop := context.AfterFunc(ctx, func() {
		child.End()
		time.AfterFunc(stopTime, child.Kill)
	})
	defer stop()
	return child.Wait()
}

// reportTime bounds how long a report of the keeper may take: the sensor is to be started again, whether somebody reads
// reports or not.
const reportTime = 2 * time.Second

// report sends a row about a sensor that ended.
func (k *keeper) report(how string) (err error) {
	now := k.now()
	if err := k.conn.SetDeadline(now.Add(reportTime)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	defer func() { err = errors.Join(err, k.conn.SetDeadline(time.Time{})) }()
	r := newReporter(k.here(sensor.Spec{}).Node, now)
	e := r.begin(now)
	event.CoverageStarts.Set(e, int64(k.starts+1))
	event.Status.Set(e, "Failure")
	event.Message.Set(e, "the node sensor ended by itself and is started again: "+how)
	b := wire.Builder{}
	b.Reset(streamSource, now.UnixNano())
	if err := b.Add(e); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return stream.NewSender(k.conn, uint64(now.UnixNano())).Send(b.AppendTo)
}
