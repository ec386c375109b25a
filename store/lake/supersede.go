package lake

import (
	"context"
	"crypto/sha256"

	"github.com/parquet-go/parquet-go"
)

// uidKey stands for a metadata.uid in maps: most are 128 bits in hexadecimal,
// but any text may be one.
type uidKey [16]byte

func keyOf(uid []byte) uidKey {
	sum := sha256.Sum256(uid)
	return uidKey(sum[:16])
}

// revisions knows the highest revision of the events that have one above 0.
type revisions map[uidKey]int64

// supersedes reports whether a higher revision of the event is known.
func (r revisions) supersedes(uid []byte, revision int64) bool {
	if len(r) == 0 || len(uid) == 0 {
		return false
	}
	return r[keyOf(uid)] > revision
}

// readRevisions reads the revisions above 0 that the segments hold. Damaged
// ones are given to onDamage and left out; it says whether to go on.
func (l *Lake) readRevisions(ctx context.Context, segments []*segment, onDamage func(*segment, error) error) (revisions, error) {
	out := revisions{}
	for _, s := range segments {
		if s.amending == 0 {
			continue
		}
		if err := l.addRevisions(ctx, s, out); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err := onDamage(s, err); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (l *Lake) addRevisions(ctx context.Context, s *segment, out revisions) error {
	r, err := l.openSegment(s, readBuffer)
	if err != nil {
		return err
	}
	defer r.close()
	for _, g := range r.p.RowGroups() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := addGroupRevisions(r, g, out); err != nil {
			return err
		}
	}
	return nil
}

func addGroupRevisions(r *segmentReader, g parquet.RowGroup, out revisions) error {
	revs, ok, err := r.column(g, r.table.revision)
	if err != nil || !ok {
		return err
	}
	defer revs.release()
	uids, ok, err := r.column(g, r.table.uid)
	if err != nil || !ok {
		return err
	}
	defer uids.release()
	for i := range revs.values {
		if revs.values[i].IsNull() || revs.values[i].Int64() <= 0 {
			continue
		}
		k := keyOf(uids.values[i].ByteArray())
		out[k] = max(out[k], revs.values[i].Int64())
	}
	return nil
}
