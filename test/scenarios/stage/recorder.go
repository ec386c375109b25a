package stage

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// recorder is the product's agent, which writes down what the cluster contains.
type recorder struct {
	cmd  *exec.Cmd
	file string // that it writes
	log  string // what it says
	once sync.Once
}

// startRecorder starts the agent with an account of its own, which may do what the agent's manifest says.
func (s *Stage) startRecorder(p Programs) (*recorder, error) {
	const account = "lynceus-agent"
	if out, err := s.admin.Kubectl("apply", "-f", p.Role); err != nil {
		return nil, fmt.Errorf("inventory agent: %w: %s", err, out)
	}
	if out, err := s.admin.Kubectl("create", "clusterrolebinding", account, "--clusterrole="+account, "--user="+account); err != nil {
		return nil, fmt.Errorf("inventory agent: %w: %s", err, out)
	}
	kubeconfig, err := s.Cluster.User(cluster.FromMachine, account)
	if err != nil {
		return nil, err
	}
	r := &recorder{file: filepath.Join(s.work, "inventory.jsonl"), log: filepath.Join(s.work, "agent.log")}
	log, err := os.Create(r.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	r.cmd = exec.CommandContext(s.ctx, p.Lynceus, "agent", "--kubeconfig", kubeconfig, "--record", r.file)
	r.cmd.Stdout, r.cmd.Stderr = log, log
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("inventory agent: %w", err)
	}
	return r, nil
}

// stop lets the agent write what it has and waits for its end.
func (r *recorder) stop() {
	r.once.Do(func() {
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(10*time.Second, func() { _ = r.cmd.Process.Kill() })
		defer late.Stop()
		_ = r.cmd.Wait()
	})
}

// save stops the agent and packs what it wrote.
func (r *recorder) save(file string, scrub *strings.Replacer) (lines int, err error) {
	r.stop()
	if lines, err = pack(r.file, file, scrub); err == nil {
		return lines, nil
	}
	said, _ := os.ReadFile(r.log)
	return 0, fmt.Errorf("inventory: %w; the agent said: %s", err, said[max(0, len(said)-2000):])
}
