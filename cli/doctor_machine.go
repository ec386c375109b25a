package cli

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/coverage"
)

const (
	// Free room on the disk below which doctor warns, and fails: the bus keeps some itself, and a merge of segments needs
	// as much again as they have.
	lowDisk  = 5 << 30
	noDisk   = 512 << 20
	soonOver = 12 * time.Hour // certificates of a day are renewed when half of it is over
)

// checkDirectory looks at the data directory, its disk, its store and its certificates.
func (a *app) checkDirectory(ctx context.Context, f *sourceFlags) (out []coverage.Condition) {
	dir := a.dir(f)
	info, err := os.Stat(dir)
	if err != nil {
		return []coverage.Condition{check("directory", coverage.Failure, "name one with --data, or start lynceus up, which makes it", "the data directory cannot be read: %v", err)}
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		out = append(out, check("directory", coverage.Warning, "chmod 700 "+dir, "others than its owner may enter the data directory %s (%v)", dir, mode))
	} else {
		out = append(out, check("directory", coverage.Fine, "", "the data directory %s is its owner's alone", dir))
	}
	out = append(out, checkDisk(dir), a.checkStore(ctx, dir))
	return append(out, a.checkCertificates(dir)...)
}

func checkDisk(dir string) coverage.Condition {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return check("disk", coverage.Warning, "", "how much room is on the disk of %s cannot be told: %v", dir, err)
	}
	free := st.Bavail * uint64(st.Bsize)
	level, advice := coverage.Fine, ""
	switch {
	case free < noDisk:
		level, advice = coverage.Failure, "make room, or lower --retention or --max-size"
	case free < lowDisk:
		level, advice = coverage.Warning, "make room, or lower --retention or --max-size"
	}
	return check("disk", level, advice, "%s are free on the disk of %s", output.Size(float64(free)), dir)
}

// checkStore opens the store for reading.
func (a *app) checkStore(ctx context.Context, dir string) coverage.Condition {
	s, err := a.openStore(ctx, dir)
	if err != nil {
		return check("store", coverage.Failure, "see docs/store.md", "the store cannot be opened: %v", err)
	}
	defer s.Close() // it was only read
	return check("store", coverage.Fine, "", "the store %s can be read", s.Identity())
}

// checkCertificates looks when the certificates in the data directory end.
func (a *app) checkCertificates(dir string) (out []coverage.Condition) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // what cannot be read is told by the checks of what it holds
		}
		if name := d.Name(); d.IsDir() {
			if name == "lake" || name == "js" || name == "tmp" {
				return fs.SkipDir
			}
			return nil
		} else if !strings.HasSuffix(name, ".crt") && !strings.HasSuffix(name, ".pem") {
			return nil
		}
		text, err := readBounded(path, maxCA)
		if err != nil {
			out = append(out, check("certificate", coverage.Warning, "", "%v", err))
			return nil
		}
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			if block.Type == "CERTIFICATE" {
				out = append(out, checkCertificate(path, block.Bytes, a.now()))
			}
		}
		return nil
	})
	return out
}

func checkCertificate(path string, der []byte, now time.Time) coverage.Condition {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return check("certificate", coverage.Failure, "", "%s: %v", path, err)
	}
	text := fmt.Sprintf("the certificate of %q in %s ends at %s", c.Subject.CommonName, path, c.NotAfter.UTC().Format(time.RFC3339))
	switch {
	case now.After(c.NotAfter):
		return check("certificate", coverage.Failure, "renew it", "%s: it is over", text)
	case now.Before(c.NotBefore):
		return check("certificate", coverage.Failure, "look at the clock of this machine", "%s and begins later than now", text)
	case c.NotAfter.Sub(now) < soonOver && c.NotAfter.Sub(c.NotBefore) > 2*soonOver:
		return check("certificate", coverage.Warning, "renew it", "%s: soon", text)
	}
	return check("certificate", coverage.Fine, "", "%s", text)
}
