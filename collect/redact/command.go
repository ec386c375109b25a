package redact

import (
	"bytes"
	"slices"
)

// A wordSpan is a part of one word of a command.
type wordSpan struct {
	word int
	span
}

// command finds the secrets in the words of a command: what follows options
// and names that announce one, and whatever looks like one. They are in order
// and do not overlap. exec says that it is the command of an exec request, in
// which any program's -p may be a password.
func (t *signTable) command(words [][]byte, exec bool, dst []wordSpan) []wordSpan {
	program := ""
	for i := 0; i < len(words); i++ {
		w := words[i]
		if s, ok := assigned(w); ok {
			dst = append(dst, wordSpan{i, s})
			continue
		}
		next, at := option(secretOptions[program], w)
		if exec && !next && at == 0 {
			next, at = option(execOptions[program], w)
		}
		if at > 0 {
			dst = append(dst, wordSpan{i, afterColon(w, at)})
			continue
		}
		if !next {
			next = isFlag(w) && run(w, 0, isIdentifier) == len(w) && classify(trimName(w)) != plainName
		}
		if next || exec && string(w) == "-p" && !otherP[program] && i+1 < len(words) && isPassword(words[i+1]) {
			if i+1 < len(words) && isValue(words[i+1]) && words[i+1][0] != '-' {
				i++
				dst = append(dst, wordSpan{i, afterColon(words[i], 0)})
			}
			continue
		}
		if program == "" && len(w) > 0 && w[0] != '-' {
			program = programOf(w)
		}
		for _, s := range t.shell(w, exec) {
			dst = append(dst, wordSpan{i, s})
		}
	}
	return dst
}

// assigned returns the value in a word of the form name=value whose name
// announces a secret, up to the word's end whatever is in it.
func assigned(word []byte) (span, bool) {
	eq := bytes.IndexByte(word, '=')
	if eq <= 0 || run(word, 0, isIdentifier) != eq || classify(trimName(word[:eq])) == plainName {
		return span{}, false
	}
	return span{eq + 1, len(word)}, isValue(word[eq+1:])
}

// afterColon returns the rest of a word from at, without what stands before a
// colon: the user of user:password.
func afterColon(word []byte, at int) span {
	if i := bytes.IndexByte(word[at:], ':'); i >= 0 && i+1 < len(word)-at {
		at += i + 1
	}
	return span{at, len(word)}
}

// shell finds the secrets in one word, which may be a script for a shell.
func (t *signTable) shell(text []byte, exec bool) []span {
	var all []span
	for at := 0; ; {
		s, ok := t.find(text, at, true)
		if !ok {
			break
		}
		all = append(all, s)
		at = s.end
	}
	if bytes.IndexByte(text, ' ') < 0 {
		return all
	}
	for at := 0; at < len(text); {
		var words [][]byte
		var starts []int
		words, starts, at = nextCommand(text, at)
		for _, f := range t.command(words, exec, nil) {
			all = append(all, span{starts[f.word] + f.start, starts[f.word] + f.end})
		}
	}
	return merge(all)
}

// nextCommand splits the words of a shell command from at up to what ends it.
// Quotes around a word are left out.
func nextCommand(text []byte, at int) (words [][]byte, starts []int, end int) {
	isEnd := func(c byte) bool { return c == ';' || c == '|' || c == '&' || c == '\n' || c == '(' || c == ')' }
	for at < len(text) && !isEnd(text[at]) {
		if isSpace(text[at]) {
			at++
			continue
		}
		start, stop := at, run(text, at, func(c byte) bool { return !isSpace(c) && !isEnd(c) })
		if q := text[at]; isQuote(q) {
			start = at + 1
			if n := bytes.IndexByte(text[start:], q); n >= 0 {
				stop = start + n
				at = stop + 1
			} else {
				stop, at = len(text), len(text)
			}
		} else {
			at = stop
		}
		if bytes.IndexByte(text[start:stop], ' ') < 0 { // a script in a script stays text
			words, starts = append(words, text[start:stop]), append(starts, start)
		}
	}
	return words, starts, at + 1
}

// merge sorts spans and joins those that overlap.
func merge(all []span) []span {
	slices.SortFunc(all, func(a, b span) int { return a.start - b.start })
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && s.start < out[n-1].end {
			out[n-1].end = max(out[n-1].end, s.end)
			continue
		}
		if s.end > s.start {
			out = append(out, s)
		}
	}
	return out
}
