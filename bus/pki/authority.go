package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// authorityLife is how long an authority can be used.
	authorityLife = 5 * 365 * 24 * time.Hour
	// renewBefore is how long before that it has a successor.
	renewBefore = 365 * 24 * time.Hour
	// settle is how long a new authority is only announced: within it every
	// peer that is connected renews its certificate, and learns of it then. It
	// issues from then on, and its predecessor is believed for as long again,
	// until nothing that it issued is valid any more.
	settle = Life
	// backdate is by how much certificates begin in the past, for clocks that
	// are behind.
	backdate = 5 * time.Minute
)

// Authority issues and judges certificates. It is safe for concurrent use.
type Authority struct {
	dir string
	now func() time.Time

	mu     sync.Mutex
	keys   []keyed // the oldest first
	server *issued // the gate's own certificate
}

// keyed is an authority with its key.
type keyed struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Files of the directory: authority-SERIAL.pem with a certificate and its key.
const (
	filePrefix = "authority-"
	fileSuffix = ".pem"
)

// maxFile bounds a file of an authority, in bytes.
const maxFile = 64 << 10

// Open returns the authority whose files stand in a directory, which it makes,
// and a first authority in it, where there is none.
func Open(dir string, now func() time.Time) (*Authority, error) {
	a := &Authority{dir: dir, now: now}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("pki: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.load(); err != nil {
		return nil, fmt.Errorf("pki: %w", err)
	}
	return a, a.care()
}

// load reads the authorities.
func (a *Authority) load() error {
	paths, err := filepath.Glob(filepath.Join(a.dir, filePrefix+"*"+fileSuffix))
	if err != nil {
		return err
	}
	for _, path := range paths {
		k, err := readAuthority(path)
		if err != nil {
			return fmt.Errorf("%s: %w; restore it from a copy, or move it away: peers have to enrol again then", path, err)
		}
		a.keys = append(a.keys, k)
	}
	slices.SortFunc(a.keys, func(x, y keyed) int { return x.certificate.NotBefore.Compare(y.certificate.NotBefore) })
	return nil
}

func readAuthority(path string) (keyed, error) {
	info, err := os.Stat(path)
	if err != nil {
		return keyed{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return keyed{}, errors.New("others may read or write it: run chmod 600 on it")
	}
	if info.Size() > maxFile {
		return keyed{}, errors.New("it is too large")
	}
	rest, err := os.ReadFile(path)
	if err != nil {
		return keyed{}, err
	}
	var k keyed
	for {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		switch b.Type {
		case pemCertificate:
			k.certificate, err = x509.ParseCertificate(b.Bytes)
		case pemKey:
			k.key, err = parseKey(b.Bytes)
		}
		if err != nil {
			return keyed{}, err
		}
	}
	switch {
	case k.certificate == nil || k.key == nil:
		return keyed{}, errors.New("it lacks a certificate or a key")
	case !k.key.PublicKey.Equal(k.certificate.PublicKey):
		return keyed{}, errors.New("the key is not that of the certificate")
	}
	return k, nil
}

// care makes an authority where one is missing or soon will be, and removes
// what is of no use any more.
func (a *Authority) care() error {
	now := a.now()
	if n := len(a.keys); n == 0 || a.keys[n-1].certificate.NotAfter.Sub(now) < renewBefore {
		if err := a.make(now); err != nil {
			return err
		}
	}
	for len(a.keys) > 1 && now.Sub(a.keys[1].certificate.NotBefore) > 2*settle+backdate {
		old := a.keys[0]
		if err := os.Remove(a.path(old.certificate)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("pki: remove an authority of the past: %w", err)
		}
		a.keys = a.keys[1:]
	}
	return nil
}

func (a *Authority) path(c *x509.Certificate) string {
	return filepath.Join(a.dir, filePrefix+c.SerialNumber.Text(16)+fileSuffix)
}

// make makes an authority and keeps it.
func (a *Authority) make(now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := newSerial()
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "lynceus authority " + fmt.Sprintf("%032x", serial)[:8]},
		NotBefore: now.Add(-backdate), NotAfter: now.Add(authorityLife),
		KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("pki: make an authority: %w", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("pki: make an authority: %w", err)
	}
	text, err := marshalKey(key)
	if err != nil {
		return fmt.Errorf("pki: make an authority: %w", err)
	}
	if err := writeFile(a.path(c), append(pem.EncodeToMemory(&pem.Block{Type: pemCertificate, Bytes: der}), text...)); err != nil {
		return fmt.Errorf("pki: keep an authority: %w", err)
	}
	a.keys = append(a.keys, keyed{c, key})
	return nil
}

// Rotate makes a new authority. It is announced for a day to all peers that
// renew their certificates, issues then, and after another day the old one is
// forgotten. Peers that were away for all that time enrol again.
func (a *Authority) Rotate() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := len(a.keys); n > 1 {
		return fmt.Errorf("pki: the authority is being changed already, since %s", a.keys[n-1].certificate.NotBefore.Format(time.RFC3339))
	}
	return a.make(a.now())
}

// issuer returns who issues now: the newest that is known everywhere.
func (a *Authority) issuer() keyed {
	now := a.now()
	for i := len(a.keys) - 1; i > 0; i-- {
		if now.Sub(a.keys[i].certificate.NotBefore) >= settle+backdate {
			return a.keys[i]
		}
	}
	return a.keys[0]
}

// Authorities returns the certificates of those who are to be believed, as PEM.
func (a *Authority) Authorities() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var b strings.Builder
	for _, k := range a.keys {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: pemCertificate, Bytes: k.certificate.Raw}))
	}
	return b.String()
}

// roots are those who are to be believed.
func (a *Authority) roots() *x509.CertPool {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := x509.NewCertPool()
	for _, k := range a.keys {
		p.AddCert(k.certificate)
	}
	return p
}

// newSerial draws a serial number of 127 bits.
func newSerial() (*big.Int, error) {
	return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
}

// writeFile replaces a file that its owner alone may read, durably.
func writeFile(path string, data []byte) error {
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
