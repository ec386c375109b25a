//go:build cgo

package hub

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/lake"
)

// damageEvents is how many requests each of the segments has that tests
// damage.
const damageEvents = 500

// damagedStore is the directory of a server that has stored three segments of
// requests, one a hour ago, and ended in order.
func damagedStore(t *testing.T) (dir string, segments []string) {
	t.Helper()
	dir = t.TempDir()
	k, _, err := lake.Open(t.Context(), lake.Options{Dir: filepath.Join(dir, lakeDir)})
	if err != nil {
		t.Fatal(err)
	}
	hasher := event.NewUIDHasher()
	var e event.Event
	for seq := range uint64(3) {
		a := k.Begin("before", seq+1, seq+1)
		for i := range damageEvents {
			at := time.Now().Add(-time.Hour + time.Duration(i)*time.Millisecond)
			e.Reset(event.ClassAudit)
			event.MetadataUID.Set(&e, hasher.Sum(fmt.Sprint(seq, i)).String())
			event.Time.Set(&e, at.UnixNano())
			event.ReceivedTime.Set(&e, at.UnixNano())
			event.ActorUserName.Set(&e, fmt.Sprint("user-", seq))
			event.APIOperation.Set(&e, "get")
			event.HTTPRequestURLPath.Set(&e, fmt.Sprintf("/api/v1/namespaces/shop/configmaps/%x", i*7919))
			event.AuditStage.Set(&e, "ResponseComplete")
			if err := a.Add(&e); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(filepath.Join(dir, lakeDir, "seg"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".parquet") {
			segments = append(segments, path)
		}
		return err
	})
	if err != nil || len(segments) != 3 {
		t.Fatalf("%d segments, %v", len(segments), err)
	}
	return dir, segments
}

// flip changes bytes in the middle of a file.
func flip(t *testing.T, path string, at int64, n int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, n)
	if _, err := f.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	for i := range b {
		b[i] ^= 0x5a
	}
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	i, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return i.Size()
}

// A segment that is damaged is named in the status, and the rest answers: at
// the next start, or when a query comes upon it.
func TestUpWithDamagedSegment(t *testing.T) {
	ask := hunt.Request{KQL: "audit | where http_request.url.path contains 'configmaps' | count"}
	for name, damage := range map[string]func(t *testing.T, path string){
		"footer flipped": func(t *testing.T, path string) { flip(t, path, size(t, path)-4000, 3900) },
		"pages flipped":  func(t *testing.T, path string) { flip(t, path, 4, int(size(t, path)/2)) },
		"cut short":      func(t *testing.T, path string) { truncate(t, path, size(t, path)/2) },
		"emptied":        func(t *testing.T, path string) { truncate(t, path, 0) },
		"deleted": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		if testing.Short() && name != "pages flipped" { // the others differ in what is on the disk
			continue
		}
		for _, running := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, running %v", name, running), func(t *testing.T) {
				t.Parallel()
				dir, segments := damagedStore(t)
				if !running {
					damage(t, segments[1])
				}
				u := startUp(t, UpOptions{Dir: dir, Maintain: time.Hour})
				if running {
					until(t, 3*time.Minute, "not ready", u.consumer.Ready)
					damage(t, segments[1])
				}
				var rows string
				until(t, 3*time.Minute, "the rest does not answer", func() bool {
					a, err := u.store.Query(t.Context(), ask)
					if err != nil {
						t.Logf("query: %v", err)
						return false
					}
					a.Close()
					r, _ := answerOf(t, u.store, ask)
					rows = fmt.Sprint(r[0])
					return strings.Contains(rows, fmt.Sprint(2*damageEvents))
				})
				problems := strings.Join(u.problems(t.Context()), "\n")
				base := strings.TrimSuffix(filepath.Base(segments[1]), ".parquet")
				if !strings.Contains(problems, base) || !strings.Contains(problems, fmt.Sprint(damageEvents)) {
					t.Errorf("problems do not name %s: %q", base, problems)
				}
			})
		}
	}
}

func truncate(t *testing.T, path string, n int64) {
	t.Helper()
	if err := os.Truncate(path, n); err != nil {
		t.Fatal(err)
	}
}

// A manifest that is damaged is made anew from the segments, and the start
// says so.
func TestUpWithDamagedManifest(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"cut short": func(t *testing.T, path string) { truncate(t, path, size(t, path)/2) },
		"a page":    func(t *testing.T, path string) { truncate(t, path, 4096) },
		"emptied":   func(t *testing.T, path string) { truncate(t, path, 0) },
		"flipped":   func(t *testing.T, path string) { flip(t, path, 0, 512) },
		"deleted": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		if testing.Short() && name != "flipped" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := damagedStore(t)
			damage(t, filepath.Join(dir, lakeDir, "manifest.db"))
			u := startUp(t, UpOptions{Dir: dir})
			if !u.Recovery().Rebuilt {
				t.Errorf("the start found: %s", u.Recovery())
			}
			t.Logf("the start found: %s", u.Recovery())
			if n := number(t, u.store, "audit | count"); n != fmt.Sprint(3*damageEvents) {
				t.Errorf("%s requests answer", n)
			}
		})
	}
}
