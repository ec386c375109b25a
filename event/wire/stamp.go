package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"

	"github.com/lynceus-io/lynceus/event"
)

// VersionStamped is the version of a batch that another batch stands in, whole, with what is true of all its events whatever
// they say themselves.
const VersionStamped = 2

// Stamp is what whoever takes somebody else's batch knows of it: it replaces what its events say.
type Stamp struct {
	Cluster, ClusterUID, Node, Source string
	Received                          int64  // nanoseconds since 1970 UTC
	Mark                              string // with which metadata.uid begins, at most uidDigits hexadecimal digits
}

// Fields of a stamp, in the order in which they are written.
const (
	numberStampCluster    = 1 // text, as the next three
	numberStampClusterUID = 2
	numberStampNode       = 3
	numberStampSource     = 4
	numberStampReceived   = 5 // eight bytes
	numberStampMark       = 6 // text
)

// uidDigits is the length of a metadata.uid, in hexadecimal digits.
const uidDigits = 32

// Apply makes an event say what the stamp says.
func (s *Stamp) Apply(e *event.Event) {
	event.MetadataUID.Set(e, s.Marked(event.MetadataUID.Get(e)))
	s.ApplySource(e)
}

// ApplySource is Apply for an event whose metadata.uid is marked already.
func (s *Stamp) ApplySource(e *event.Event) {
	event.K8sCluster.Set(e, s.Cluster)
	event.K8sClusterUID.Set(e, s.ClusterUID)
	event.K8sNode.Set(e, s.Node)
	event.MetadataSource.Set(e, s.Source)
	event.ReceivedTime.Set(e, s.Received)
}

// Marked returns the identity that a row has under the stamp, by the one that its sender gave it: the same for all revisions
// of a row, and never that of a row under another mark.
func (s *Stamp) Marked(uid string) string {
	if len(uid) != uidDigits || !isHex(uid) {
		sum := sha256.Sum256([]byte(uid))
		uid = hex.EncodeToString(sum[:uidDigits/2])
	}
	return s.Mark + uid[min(len(s.Mark), uidDigits):]
}

func isHex(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// AppendStamped appends a stamped batch to dst and returns it. The batch must have been opened, and all its events read,
// without an error.
func AppendStamped(dst []byte, s *Stamp, batch []byte) []byte {
	start := len(dst)
	dst = binary.AppendUvarint(append(dst, numberVersion<<3|typeVarint), VersionStamped)
	size := binary.MaxVarintLen64
	for _, v := range s.texts() {
		size += len(*v) + 1 + binary.MaxVarintLen32
	}
	stamp := make([]byte, 0, size)
	for i, v := range s.texts() {
		stamp = appendText(stamp, stampTexts[i], *v)
	}
	stamp = binary.LittleEndian.AppendUint64(appendTag(stamp, numberStampReceived, typeI64), uint64(s.Received))
	dst = appendText(dst, numberStamp, string(stamp))
	dst = append(binary.AppendUvarint(append(dst, numberBody<<3|typeLen), uint64(len(batch))), batch...)
	sum := crc32.Checksum(dst[start:], castagnoli)
	return binary.LittleEndian.AppendUint32(append(dst, checksumTag), sum)
}

// stampTexts are the numbers of what texts returns.
var stampTexts = [...]event.FieldID{numberStampCluster, numberStampClusterUID, numberStampNode, numberStampSource, numberStampMark}

func (s *Stamp) texts() [len(stampTexts)]*string {
	return [...]*string{&s.Cluster, &s.ClusterUID, &s.Node, &s.Source, &s.Mark}
}

// readStamp reads a stamp that begins at an offset of a message.
func readStamp(data string, base int) (s Stamp, err error) {
	r := reader[string]{data: data, base: base}
	for r.at < len(r.data) {
		start := r.at
		number, wireType, err := r.tag()
		if err != nil {
			return s, err
		}
		switch {
		case number == numberStampReceived && wireType == typeI64:
			v, err := r.fixed(8)
			if err != nil {
				return s, err
			}
			s.Received = int64(v)
		case number <= numberStampMark && wireType == typeLen:
			v, err := r.text()
			if err != nil {
				return s, err
			}
			for i, id := range stampTexts {
				if uint64(id) == number {
					*s.texts()[i] = v
				}
			}
		case number <= numberStampMark:
			return s, r.fail(start, "field %d of a stamp has wire type %d", number, wireType)
		default:
			if err := r.skip(wireType); err != nil {
				return s, err
			}
		}
	}
	if len(s.Mark) > uidDigits {
		return s, r.fail(0, "the mark of the stamp has %d digits, at most %d fit", len(s.Mark), uidDigits)
	}
	return s, nil
}
