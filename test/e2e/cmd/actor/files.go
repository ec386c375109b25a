//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

var fileActions = map[string]func() error{
	"AddingSshKeysToAuthorizedKeys": func() error { return write("/root/.ssh/authorized_keys") },
	"ClearLogActivities":            func() error { return write("/var/log/auth.log") },
	"ContainerDriftDetectedChmod": func() error {
		return made("drift", func(path string) error { return os.Chmod(path, 0o755) })
	},
	"ContainerDriftDetectedOpenCreate": func() error {
		path, err := scratch("created")
		if err != nil {
			return err
		}
		_ = os.Remove(path)
		return os.WriteFile(path, nil, 0o755)
	},
	"CreateFilesBelowDev": func() error { return write("/dev/lynceus-actor") },
	"CreateHardlinkOverSensitiveFiles": func() error {
		path, err := fresh("hard")
		if err != nil {
			return err
		}
		return os.Link("/etc/shadow", path)
	},
	"CreateHiddenFilesOrDirectories": func() error {
		path, err := fresh(".hidden")
		if err != nil {
			return err
		}
		return os.Mkdir(path, 0o755)
	},
	"CreateSymlinkOverSensitiveFiles": func() error {
		path, err := fresh("soft")
		if err != nil {
			return err
		}
		return os.Symlink("/etc", path)
	},
	"DeleteOrRenameShellHistory": func() error { return made(".bash_history", os.Remove) },
	"DetectReleaseAgentFileContainerEscapes": func() error {
		return made("release_agent", func(path string) error { return write(path) })
	},
	"DirectoryTraversalMonitoredFileRead": func() error { return readRaw("/etc/../etc/../etc/shadow") },
	"MkdirBinaryDirs": func() error {
		_ = os.Remove("/bin/lynceus-directory")
		return os.Mkdir("/bin/lynceus-directory", 0o755)
	},
	"ModifyBinaryDirs": func() error {
		if err := write("/bin/lynceus-before"); err != nil {
			return err
		}
		return os.Rename("/bin/lynceus-before", "/bin/lynceus-after")
	},
	"ModifyContainerEntrypoint": func() error {
		// Itself, which the kernel refuses while it runs, and a file by its descriptor.
		if fd, err := unix.Open(self, unix.O_WRONLY, 0); !errors.Is(err, unix.ETXTBSY) {
			return errors.Join(fmt.Errorf("open %s: %w", self, err), unix.Close(fd))
		}
		return made("entrypoint", func(path string) error {
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			again, err := unix.Open("/proc/self/fd/"+itoa(int(f.Fd())), unix.O_WRONLY, 0)
			if err != nil {
				return err
			}
			return unix.Close(again)
		})
	},
	"ModifyShellConfigurationFile":         func() error { return made("home/.bashrc", write) },
	"ReadEnvironmentVariableFromProcFiles": func() error { return readRaw("/proc/self/environ") },
	"ReadSensitiveFileTrustedAfterStartup": func() error { return doing("httpd", "read-later") },
	"read-later": func() error {
		time.Sleep(6 * time.Second) // a server counts as starting for five
		return readRaw("/etc/shadow")
	},
	"ReadSensitiveFileUntrusted": func() error { return readRaw("/etc/shadow") },
	"ReadShellConfigurationFile": func() error { return made("home2/.bashrc", readRaw) },
	"ReadSshInformation": func() error {
		if err := write("/root/.ssh/known_hosts"); err != nil {
			return err
		}
		return readRaw("/root/.ssh/known_hosts")
	},
	"SetSetuidOrSetgidBit": func() error {
		return made("setuid", func(path string) error { return unix.Chmod(path, unix.S_ISUID|0o755) })
	},
	"WriteBelowBinaryDir":    func() error { return write("/bin/lynceus-written") },
	"WriteBelowEtc":          func() error { return write("/etc/lynceus-written") },
	"WriteBelowMonitoredDir": func() error { return write("/lib/lynceus-written") },
	"WriteBelowRoot":         func() error { return write("/root/lynceus-written") },
	"WriteBelowRpmDatabase":  func() error { return write("/var/lib/rpm/lynceus-written") },
}

// write writes a file, in a directory that is made when it is not there.
func write(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte("written by lynceus' tests\n"), 0o600)
}

// made makes a file in the work directory and does something with it.
func made(name string, with func(path string) error) error {
	path, err := scratch(strings.Split(name, "/")...)
	if err != nil {
		return err
	}
	if err := write(path); err != nil {
		return err
	}
	return with(path)
}

// fresh returns the path of a file in the work directory that is not there.
func fresh(name string) (string, error) {
	path, err := scratch(name)
	if err != nil {
		return "", err
	}
	return path, os.RemoveAll(path)
}

// readRaw reads from a file by the name as it is given.
func readRaw(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.Read(fd, make([]byte, 64))
	return err
}
