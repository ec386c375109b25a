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
)

// recorded tells whether a line of the audit log belongs into a recording: the recorder's own requests do not. It is the
// instrument; in a cluster that is watched the receiver knows its agent's requests by their signature.
func recorded(line string) bool {
	return !strings.Contains(line, `"user":{"username":"system:serviceaccount:lynceus:lynceus-agent"`)
}

// recorder is the product's agent, which writes down what the cluster contains.
type recorder struct {
	cmd  *exec.Cmd
	file string // that it writes
	log  string // what it says
	once sync.Once
}

// startRecorder starts the agent with a service account's token, which may do what the agent's manifest says, as it is
// where the agent runs in a pod.
func (s *Stage) startRecorder(p Programs) (*recorder, error) {
	kubeconfig := filepath.Join(s.work, "agent.kubeconfig")
	admin, err := os.ReadFile(s.Cluster.Kubeconfig())
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(kubeconfig, admin, 0o600); err != nil {
		return nil, err
	}
	var token string
	for _, args := range [][]string{
		{"apply", "-f", p.Role},
		{"create", "namespace", "lynceus"},
		{"-n", "lynceus", "create", "serviceaccount", "lynceus-agent"},
		{"create", "clusterrolebinding", "lynceus-agent", "--clusterrole=lynceus-agent", "--serviceaccount=lynceus:lynceus-agent"},
		{"-n", "lynceus", "create", "token", "lynceus-agent", "--duration=2h"},
	} {
		if token, err = s.admin.Kubectl(args...); err != nil {
			return nil, fmt.Errorf("inventory agent: kubectl %v: %w: %s", args, err, token)
		}
	}
	for _, args := range [][]string{
		{"set-credentials", "agent", "--token=" + strings.TrimSpace(token)}, {"set-context", "--current", "--user=agent"},
	} {
		cmd := exec.CommandContext(s.ctx, s.kubectl, append([]string{"--kubeconfig=" + kubeconfig, "config"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("inventory agent: kubectl config %s: %w: %s", args[0], err, out)
		}
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
func (r *recorder) save(file string, scrub scrub) (lines int, err error) {
	r.stop()
	if lines, err = pack(r.file, file, scrub); err == nil {
		return lines, nil
	}
	said, _ := os.ReadFile(r.log)
	return 0, fmt.Errorf("inventory: %w; the agent said: %s", err, said[max(0, len(said)-2000):])
}
