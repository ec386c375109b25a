package input

import "bytes"

// sniffLength is how much of a text is looked at to tell whether it is a log.
const sniffLength = 64 << 10

// IsLog reports whether the text of s can be a log of JSON documents: whether
// one of its first lines begins like one, or with a time and then like one,
// as CloudWatch exports them.
func IsLog(s *Stream) bool { return LooksLikeLog(s.Peek(sniffLength)) }

// LooksLikeLog reports whether a text that begins with head can be such a log.
func LooksLikeLog(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return true // UTF-16, which is reported rather than passed over
	}
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		line = bytes.Trim(line, " \t\r")
		if n := TimePrefix(line); n > 0 {
			line = line[n:]
		}
		if len(line) > 0 && (line[0] == '{' || line[0] == '[') {
			return true
		}
		head = rest
	}
	return false
}
