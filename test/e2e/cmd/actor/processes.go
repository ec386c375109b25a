//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"
)

var processActions = map[string]func() error{
	"DbProgramSpawnedProcess":                   func() error { return doing("mysqld", "spawn-list") },
	"spawn-list":                                func() error { return exec.Command("/bin/ls", "/").Run() },
	"DebugfsLaunchedInPrivilegedContainer":      func() error { return as("debugfs", "-V") },
	"DecodingPayloadInContainer":                func() error { return as("base64", "--decode", "payload") },
	"DetectCryptoMinersUsingTheStratumProtocol": func() error { return as("echo", "-o", "stratum+tcp://pool.invalid:3333") },
	"DropAndExecuteNewBinaryInContainer":        func() error { return copied("/bin/lynceus-dropped") },
	"ExecutionFromDevShm":                       func() error { return script("/dev/shm/lynceus-script") },
	"FilelessExecutionViaMemfdCreate":           memfd,
	"FindAwsCredentials":                        func() error { return as("find", "/root", "-name", ".aws/credentials") },
	"KubernetesClientToolLaunchedInContainer":   func() error { return as("kubectl", "version") },
	"LaunchIngressRemoteFileCopyToolsInContainer": func() error {
		return as("wget", "http://198.51.100.7/file")
	},
	"LaunchPackageManagementProcessInContainer":              func() error { return as("apk", "list") },
	"LaunchRemoteFileCopyToolsInContainer":                   func() error { return as("rsync", "--version") },
	"LaunchSuspiciousNetworkToolInContainer":                 func() error { return as("nmap", "--version") },
	"LaunchSuspiciousNetworkToolOnHost":                      func() error { return as("nmap", "--version") },
	"MountLaunchedInPrivilegedContainer":                     func() error { return as("mount", "/dev/none", "/mnt") },
	"NetcatRemoteCodeExecutionInContainer":                   func() error { return as("nc", "-e", "/bin/sh") },
	"PolkitLocalPrivilegeEscalationVulnerabilityCVE20214034": func() error { return asUser(daemonUID, "pkexec", "nothing") },
	"PotentialLocalPrivilegeEscalationViaEnvironmentVariablesMisuse": func() error {
		return with("su", "GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A")
	},
	"ProgramRunWithDisallowedHttpProxyEnv": func() error { return with("curl", "HTTP_PROXY=http://198.51.100.7:3128") },
	"RemoveBulkDataFromDisk":               func() error { return as("shred", "-u", "file") },
	"RunShellUntrusted":                    func() error { return doing("httpd", "spawn-shell") },
	"spawn-shell":                          func() error { return exec.Command("/bin/sh", "-c", "true; true").Run() },
	"ScheduleCronJobs":                     func() error { return as("crontab", "-l") },
	"SearchPrivateKeysOrPasswords":         func() error { return as("find", "/root", "-name", "id_rsa") },
	"SudoPotentialPrivilegeEscalation":     func() error { return as("sudoedit", "-s", `12345678901234567890\`) },
	"SystemUserInteractive":                func() error { return asUser(daemonUID, "login", "nothing") },
	"nothing":                              func() error { return nil },
	"UserMgmtBinaries":                     func() error { return as("vipw") },
}

// script has a shell run a script: files that stand where it does cannot be executed, as a rule.
func script(path string) error {
	if err := write(path); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte("true\n"), 0o755); err != nil {
		return err
	}
	return exec.Command("/bin/sh", path).Run()
}

// with runs a process that is called otherwise, with a variable in its environment.
func with(name, variable string) error {
	cmd := command(name)
	cmd.Env = append(os.Environ(), variable)
	return cmd.Run()
}

// copied executes a copy of this program.
func copied(path string) error {
	program, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	_ = os.Remove(path)
	if err := write(path); err != nil {
		return err
	}
	if err := os.WriteFile(path, program, 0o755); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o755); err != nil {
		return err
	}
	// Somebody may hold a copy of the descriptor for a moment, between fork and exec.
	for range 20 {
		if err = exec.Command(path).Run(); err == nil {
			return os.Remove(path)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

// memfd executes a copy of this program that stands in no directory.
func memfd() error {
	program, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	fd, err := unix.MemfdCreate("lynceus-hidden", 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if _, err := unix.Write(fd, program); err != nil {
		return err
	}
	return exec.Command(fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), fd)).Run()
}
