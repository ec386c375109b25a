package lake

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// maxCachedDirs bounds the bytes that directories of filters take, about: 5,000
// segments of a million events.
const maxCachedDirs = 64 << 20

// filterCache keeps the directories of files of filters, whose checksums were
// compared once when they were read first. The filters themselves stay on
// disk: a look-up reads a few bytes of them.
type filterCache struct {
	mu   sync.Mutex
	dirs map[int64]*filterDir // by segment
	size int
}

// directory returns the directory of segment s, whose file of filters is f.
func (c *filterCache) directory(f *os.File, s *segment) (*filterDir, error) {
	c.mu.Lock()
	d := c.dirs[s.id]
	c.mu.Unlock()
	if d != nil {
		return d, nil
	}
	data := make([]byte, s.idxBytes)
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, s.idxBytes), data); err != nil {
		return nil, fmt.Errorf("%w: %w", errFilters, err)
	}
	if checksum(data) != s.idxCRC {
		return nil, fmt.Errorf("%w: the checksum is not the manifest's", errFilters)
	}
	d, err := parseFilters(data)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dirs == nil {
		c.dirs = map[int64]*filterDir{}
	}
	for id, old := range c.dirs { // any: it is read again when it is wanted
		if c.size+d.cost() <= maxCachedDirs {
			break
		}
		delete(c.dirs, id)
		c.size -= old.cost()
	}
	if c.dirs[s.id] == nil {
		c.dirs[s.id] = d
		c.size += d.cost()
	}
	return d, nil
}

// drop forgets a segment that is gone.
func (c *filterCache) drop(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.dirs[id]; d != nil {
		c.size -= d.cost()
		delete(c.dirs, id)
	}
}
