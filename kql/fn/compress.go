package fn

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"io"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/kql/value"
)

func compressors() []*Func {
	word := func(name string, f func(string) string) *Func {
		return lax(name, 1, 1, value.TypeString, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.String(f(str(args[0])))
		})
	}
	return []*Func{
		word("gzip_compress_to_base64_string", gzipText), word("zlib_compress_to_base64_string", zlibText),
		word("gzip_decompress_from_base64_string", func(s string) string {
			return decompress(s, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) })
		}),
		word("zlib_decompress_from_base64_string", func(s string) string {
			return decompress(s, func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) })
		}),
	}
}

// storedSize is the length up to which text is stored as it is: Kusto's
// compressor does not try on less.
const storedSize = 31

// stored is a single deflate block that is not compressed.
func stored(s string) []byte {
	n := uint16(len(s))
	b := binary.LittleEndian.AppendUint16([]byte{1}, n)
	b = binary.LittleEndian.AppendUint16(b, ^n)
	return append(b, s...)
}

func gzipText(s string) string {
	var buf bytes.Buffer
	if len(s) <= storedSize {
		buf.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}) // no name, no time, unknown system
		buf.Write(stored(s))
		b := binary.LittleEndian.AppendUint32(buf.Bytes(), crc32.ChecksumIEEE([]byte(s)))
		return base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint32(b, uint32(len(s))))
	}
	return compress(&buf, gzip.NewWriter(&buf), s)
}

func zlibText(s string) string {
	var buf bytes.Buffer
	if len(s) <= storedSize {
		b := append([]byte{0x78, 0x9c}, stored(s)...)
		return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(b, adler32.Checksum([]byte(s))))
	}
	return compress(&buf, zlib.NewWriter(&buf), s)
}

func compress(buf *bytes.Buffer, w io.WriteCloser, s string) string {
	if _, err := io.WriteString(w, s); err != nil {
		return ""
	}
	if err := w.Close(); err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes())
}

// decompress gives the empty string for what cannot be read, or is longer
// than MaxText.
func decompress(s string, open func(io.Reader) (io.Reader, error)) string {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	r, err := open(bytes.NewReader(b))
	if err != nil {
		return ""
	}
	out, err := io.ReadAll(io.LimitReader(r, MaxText+1))
	if err != nil || len(out) > MaxText || !utf8.Valid(out) {
		return ""
	}
	return string(out)
}
