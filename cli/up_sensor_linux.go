package cli

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/cli/spawn"
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/collect/sensor/need"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/collect/sensor/stream"
	"github.com/lynceus-io/lynceus/rule"
)

const (
	// sensorProgram is the sensor's file, beside this program's own.
	sensorProgram = "lynceus-sensor"
	// kernelTypes is there where the kernel tells its types (BTF), without which there is no sensor.
	kernelTypes = "/sys/kernel/btf/vmlinux"
)

// startSensor returns the socket by which the sensor's events come, nil where there is no sensor. Where one is to be
// started, it does that, gives up all privileges and runs this program again in the same process, which comes here once
// more and finds the socket open.
func (a *app) startSensor(c *cobra.Command, f *upFlags, dir string, rules []*rule.Rule) (*net.UnixConn, error) {
	if f.sensor.stream > 0 {
		return inheritedStream(f.sensor.stream)
	}
	s, err := a.findSensor(c, f, dir)
	if err != nil || s == nil {
		return nil, err
	}
	if err := s.prepare(dir, f.files()); err != nil {
		err = fmt.Errorf("the node sensor needs lynceus up to run as user %v, who cannot: %w; change that, name another user with --user, or start it without sensor with --sensor off", s.user, err)
		if f.sensor.choice != sensorAuto || f.sensor.policy != "" {
			return nil, err
		}
		a.say("processes of this node are not watched: " + err.Error())
		return nil, nil
	}
	return nil, s.start(a.args, f, rules)
}

// inheritedStream returns the socket that is open under a number.
func inheritedStream(fd int) (*net.UnixConn, error) {
	file := os.NewFile(uintptr(fd), "sensor's stream")
	if file == nil {
		return nil, &usageError{fmt.Sprintf("--%s %d: there is no such descriptor", streamFlag, fd)}
	}
	signal.Ignore(unix.SIGCHLD) // the keeper, should it end, is nobody's to wait for
	conn, err := stream.Dial(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, &usageError{fmt.Sprintf("--%s is what lynceus up tells itself: %v", streamFlag, err)}
	}
	return conn, nil
}

// sensorStart is a sensor that is about to be started.
type sensorStart struct {
	path   string
	user   spawn.Identity
	stderr *os.File
}

// findSensor returns what is to be started, nil for nothing.
func (a *app) findSensor(c *cobra.Command, f *upFlags, dir string) (*sensorStart, error) {
	choice := f.sensor.choice
	root := os.Geteuid() == 0
	switch {
	case choice == sensorOff, choice == sensorAuto && !root:
		if flag := f.sensor.needed(); flag != "" {
			return nil, usagef(c, "%s is for lynceus up with the node sensor, started as root", flag)
		}
		return nil, nil
	case !root:
		return nil, usagef(c, "--sensor %s: the node sensor needs root: start lynceus up as root, it gives that up itself", choice)
	}
	s := &sensorStart{path: choice, user: spawn.Nobody}
	s.stderr, _ = a.stderr.(*os.File)
	if choice == sensorAuto {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", sensorProgram, err)
		}
		s.path = filepath.Join(filepath.Dir(self), sensorProgram)
	}
	if err := checkPolicies(f.sensor.policy); err != nil {
		return nil, err
	}
	if err := s.possible(); err != nil {
		if choice != sensorAuto {
			return nil, fmt.Errorf("--sensor %s: %w", choice, err)
		}
		if f.sensor.policy != "" {
			return nil, fmt.Errorf("--policy %s: there is nobody to stop anything: %w", f.sensor.policy, err)
		}
		a.say("processes of this node are not watched: " + err.Error() + " (--sensor off: not wanted)")
		return nil, nil
	}
	return s, s.chooseUser(f.sensor.user, dir)
}

// checkPolicies returns what is wrong in a file of policies, so that the server does not start with one that its sensor
// will refuse; no name is no file.
func checkPolicies(name string) error {
	if name == "" {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return &usageError{"--policy: " + err.Error()}
	}
	if _, err := enforce.Parse(name, text); err != nil {
		return &usageError{err.Error()}
	}
	return nil
}

// possible returns what is missing for a sensor, nil when nothing is.
func (s *sensorStart) possible() error {
	if _, err := os.Stat(s.path); err != nil {
		return fmt.Errorf("%w; put %s beside lynceus, or say with --sensor PATH where it is", err, sensorProgram)
	}
	if _, err := os.Stat(kernelTypes); err != nil {
		return fmt.Errorf("%w: this kernel does not tell its types, it was built without CONFIG_DEBUG_INFO_BTF", err)
	}
	return nil
}

// chooseUser decides as whom the server runs.
func (s *sensorStart) chooseUser(text, dir string) (err error) {
	if text != "" {
		if s.user, err = spawn.ParseIdentity(text); err != nil {
			return &usageError{"--user: " + err.Error()}
		}
		return nil
	}
	if owner := spawn.Owner(dir); owner.UID != 0 && owner.GID != 0 {
		s.user = owner
	}
	return nil
}

// prepare makes the data directory the user's, once that can do what it will have to.
func (s *sensorStart) prepare(dir string, files []string) error {
	if err := spawn.Reachable(s.user, nearest(filepath.Dir(dir)), files); err != nil {
		return err
	}
	if err := spawn.Own(s.user, dir); err != nil {
		return err
	}
	return spawn.Writable(s.user, dir)
}

// nearest returns the directory, or the first above it that is there.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// planned returns a file with what is to be observed: what rules need, and connections and names of hosts for those who
// ask questions later.
func planned(rules []*rule.Rule) (*os.File, error) {
	wanted, _ := need.All(rules)
	wanted.Add(plan.Plan{Network: true, DNS: true})
	b, err := wanted.Encode()
	if err != nil {
		return nil, err
	}
	return spawn.Memory("plan", b)
}

// sensorFlags are the flags of the sensor that follow from those of up.
func sensorFlags(f *upFlags) (out []string) {
	if f.cluster != "" {
		out = append(out, "--cluster", f.cluster)
	}
	switch {
	case f.kube.inside:
		out = append(out, "--in-cluster")
	case f.kube.file != "":
		out = append(out, "--kubeconfig", f.kube.file)
		if f.kube.context != "" {
			out = append(out, "--kube-context", f.kube.context)
		}
	}
	for _, flag := range []struct{ name, value string }{{"--policy", f.sensor.policy}, {"--node", f.sensor.node}, {"--runtime", f.sensor.runtime}} {
		if flag.value != "" {
			out = append(out, flag.name, flag.value)
		}
	}
	return out
}

// start starts the sensor and runs this program again with its own arguments, without privileges. It returns only an
// error.
func (s *sensorStart) start(own []string, f *upFlags, rules []*rule.Rule) error {
	file, err := planned(rules)
	if err != nil {
		return err
	}
	defer file.Close()
	ours, theirs, err := stream.Pair()
	if err != nil {
		return err
	}
	defer ours.Close()
	args := append([]string{"keep", "--stream", strconv.Itoa(spawn.FirstFile), "--plan", strconv.Itoa(spawn.FirstFile + 1), "--"}, sensorFlags(f)...)
	_, err = spawn.Start(spawn.Options{Path: s.path, Args: args, Stderr: s.stderr, Files: []*os.File{theirs, file}, Session: true})
	if err := errors.Join(err, theirs.Close()); err != nil {
		return err
	}
	again := append(slices.Clone(own), "--"+streamFlag, strconv.Itoa(int(ours.Fd())))
	return spawn.Again(s.user, again, ours)
}

// asWhom says as whom this process runs.
func asWhom() string { return fmt.Sprintf("%d:%d", unix.Geteuid(), unix.Getegid()) }
