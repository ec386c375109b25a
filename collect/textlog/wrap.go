package textlog

import (
	"strconv"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// Wrap appends the document of a line that stands in a file at an offset. The
// same line elsewhere is another document, the same line read again the same
// one.
func Wrap(dst []byte, path string, offset int64, line []byte) []byte {
	dst = append(dst, `{"text_log":{"path":`...)
	dst = rawjson.AppendQuoted(dst, path)
	dst = append(dst, `,"offset":`...)
	dst = strconv.AppendInt(dst, offset, 10)
	dst = append(dst, `},"line":`...)
	dst = rawjson.AppendQuoted(dst, line)
	return append(dst, '}')
}
