package lake

import (
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/compress"
	parquetsnappy "github.com/parquet-go/parquet-go/compress/snappy"
	parquetzstd "github.com/parquet-go/parquet-go/compress/zstd"
)

// codec compresses pages. Those of parquet-go, which reads them, let go of
// their encoders whenever memory is collected, and look back over 4 MiB, for
// which each encoder takes 8 MiB: pages are a quarter of a MiB.
type codec struct {
	parquetzstd.Codec
	idle chan *zstd.Encoder
}

const (
	// compression is that of segments: the next level takes twice the time and
	// makes them no smaller (BenchmarkMerge).
	compression = zstd.SpeedFastest
	// compressionWindow is how far back the encoder looks, in bytes.
	compressionWindow = 512 << 10
	// idleEncoders is how many are kept: appending, storing findings and
	// merging write at the same time.
	idleEncoders = 4
)

// quick compresses the pages of appended segments without documents: merging writes them anew, soon or when their hour is over,
// and until then they take an eighth more of the disk. Snappy's form is what every reader of Parquet knows.
type quick struct{ parquetsnappy.Codec }

// Encode implements compress.Codec of parquet-go: it compresses src into dst's memory, where it fits.
func (*quick) Encode(dst, src []byte) ([]byte, error) { return s2.EncodeSnappy(dst, src), nil }

// codecOf returns what compresses the pages of a table's segments. Documents would take two thirds more of the disk by quick.
func codecOf(t *table, merged bool) compress.Codec {
	if merged || slices.ContainsFunc(t.columns, func(c column) bool { return c.blob }) {
		return pages
	}
	return &quick{}
}

// pages is the codec of merged segments, and of documents.
var pages = &codec{Codec: parquetzstd.Codec{Level: compression}, idle: make(chan *zstd.Encoder, idleEncoders)}

// Encode implements compress.Codec of parquet-go: it compresses src into dst's
// memory, where it fits.
func (c *codec) Encode(dst, src []byte) ([]byte, error) {
	e, err := c.encoder()
	if err != nil {
		return dst[:0], err
	}
	dst = e.EncodeAll(src, dst[:0])
	select {
	case c.idle <- e:
	default:
	}
	return dst, nil
}

func (c *codec) encoder() (*zstd.Encoder, error) {
	select {
	case e := <-c.idle:
		return e, nil
	default:
	}
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(compression), zstd.WithWindowSize(compressionWindow),
		zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fmt.Errorf("make an encoder: %w", err)
	}
	return e, nil
}
