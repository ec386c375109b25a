package stage

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// recorder is the product's agent, which writes down what the cluster contains.
type recorder struct {
	cmd  *exec.Cmd
	file string
	once sync.Once
}

func startRecorder(ctx context.Context, lynceus, kubeconfig, work string) (*recorder, error) {
	r := &recorder{file: filepath.Join(work, "inventory.jsonl")}
	log, err := os.Create(filepath.Join(work, "agent.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	r.cmd = exec.CommandContext(ctx, lynceus, "agent", "--kubeconfig", kubeconfig, "--record", r.file)
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
