package sigma

import "strings"

// chunk is the text of one YAML document of a file.
type chunk struct {
	text string
	line int // lines of the file before it
}

// splitDocuments parts a YAML stream at its document markers, so that a
// broken document does not hide those after it. A line of a document cannot
// begin with the marker, not even inside a block of text (YAML 1.2.2, 9.1.2).
func splitDocuments(text string) []chunk {
	var out []chunk
	start, startLine, line := 0, 0, 0
	flush := func(end int) {
		if t := text[start:end]; hasContent(t) {
			out = append(out, chunk{t, startLine})
		}
	}
	for at := 0; at < len(text); line++ {
		next := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		if isMarker(text[at:next]) {
			flush(at)
			start, startLine = at, line
		}
		at = next
	}
	flush(len(text))
	return out
}

func isMarker(line string) bool {
	rest, ok := strings.CutPrefix(line, "---")
	return ok && (rest == "" || strings.ContainsRune(" \t\r\n", rune(rest[0])))
}

// hasContent reports whether a chunk says anything: it has a line that is
// neither empty nor a comment, a directive or a marker.
func hasContent(text string) bool {
	for line := range strings.Lines(text) {
		t := strings.TrimPrefix(line, "\ufeff")
		if isMarker(t) {
			t = t[3:]
		}
		t = strings.TrimSpace(t)
		if t != "" && t != "..." && t[0] != '#' && t[0] != '%' {
			return true
		}
	}
	return false
}
