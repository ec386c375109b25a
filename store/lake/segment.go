package lake

import (
	"encoding/base64"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// segment is one segment as the manifest knows it. It does not change, but
// for pins, which the lake's lock guards.
type segment struct {
	id       int64
	class    event.Class
	hour     int64  // of receipt, hours since 1970
	name     string // path below the lake's directory, with slashes, without extension
	level    int    // 0 as appended, 1 merged
	columns  *columnSet
	bytes    int64 // of the Parquet file
	crc      uint32
	idxBytes int64 // of the file of filters, 0 for none
	idxCRC   uint32
	segmentStats

	partition string // of an appended segment
	from, to  uint64
	droppedAt int64 // seconds since 1970, 0 while it is live

	pins int
}

// columnSet is the columns that some segments have.
type columnSet struct {
	id       int64 // 0 until the manifest knows it
	numbered bool  // the manifest has the id for good
	class    event.Class
	names    []string
	has      map[string]bool
}

func newColumnSet(id int64, c event.Class, names []string) *columnSet {
	s := &columnSet{id: id, class: c, names: names, has: make(map[string]bool, len(names))}
	for _, n := range names {
		s.has[n] = true
	}
	return s
}

// Extensions of a segment's files.
const (
	extData    = ".parquet"
	extFilters = ".idx"
)

// dataFile and idxFile are the paths of the segment's files below the lake's
// directory.
func (s *segment) dataFile() string { return s.name + extData }
func (s *segment) idxFile() string  { return s.name + extFilters }

// size is the room that the segment's files take.
func (s *segment) size() int64 { return s.bytes + s.idxBytes }

// hourOf returns the hour in which a time in nanoseconds lies.
func hourOf(ns int64) int64 {
	h := ns / int64(time.Hour)
	if ns%int64(time.Hour) < 0 {
		h--
	}
	return h
}

// hourDir is the directory of the segments of a class and hour.
func hourDir(c event.Class, hour int64) string {
	t := time.Unix(hour*3600, 0).UTC()
	return path.Join("seg", c.String(), "dt="+t.Format("2006-01-02"), "hr="+t.Format("15"))
}

// appendedName is the name of the n-th segment of a commit.
func appendedName(c event.Class, hour int64, partition string, from, to uint64, n int) string {
	return path.Join(hourDir(c, hour), fmt.Sprintf("L0-%s-%020d-%020d-%d", encodePartition(partition), from, to, n))
}

// mergedName is the name of a merged segment; the number is one that no other
// merged segment has.
func mergedName(c event.Class, hour, number int64) string {
	return path.Join(hourDir(c, hour), fmt.Sprintf("L1-%012d", number))
}

// mergedNumber returns the number in a name that mergedName wrote, 0 for
// another name.
func mergedNumber(name string) int64 {
	text, _ := strings.CutPrefix(path.Base(name), "L1-")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// encodePartition returns the partition's name in a form that file names can
// have: as it is, or in base 64 behind an equals sign.
func encodePartition(p string) string {
	plain := p != "" && len(p) <= 64 && p[0] != '.'
	for i := 0; i < len(p) && plain; i++ {
		c := p[i]
		plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.'
	}
	if plain {
		return p
	}
	return "=" + base64.RawURLEncoding.EncodeToString([]byte(p))
}

// parseAppended reads a name that appendedName wrote.
func parseAppended(name string) (partition string, from, to uint64, ok bool) {
	base, ok := strings.CutPrefix(path.Base(name), "L0-")
	if !ok {
		return "", 0, 0, false
	}
	// The numbers have a fixed width and no dash; base 64 may have dashes.
	parts := strings.Split(base, "-")
	if len(parts) < 4 {
		return "", 0, 0, false
	}
	var n int
	tail := strings.Join(parts[len(parts)-3:], " ")
	if _, err := fmt.Sscanf(tail, "%d %d %d", &from, &to, &n); err != nil {
		return "", 0, 0, false
	}
	partition = strings.Join(parts[:len(parts)-3], "-")
	if coded, isCoded := strings.CutPrefix(partition, "="); isCoded {
		raw, err := base64.RawURLEncoding.DecodeString(coded)
		if err != nil {
			return "", 0, 0, false
		}
		partition = string(raw)
	}
	return partition, from, to, true
}
