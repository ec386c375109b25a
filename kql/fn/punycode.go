package fn

import (
	"strings"
	"unicode/utf8"
)

// Parameters of Punycode, RFC 3492 section 5.
const (
	punyBase, punyMin, punyMax = 36, 1, 26
	punySkew, punyDamp         = 38, 700
	punyBias, punyFirst        = 72, 128
	punyLimit                  = 4096 // characters; the algorithm is quadratic
)

// eachLabel applies f to the labels of a domain name. The ideographic full
// stops separate labels, too.
func eachLabel(domain string, f func(string) string) string {
	labels := strings.FieldsFunc(domain, func(r rune) bool { return r == '.' || r == '\u3002' || r == '\uff0e' || r == '\uff61' })
	for i, l := range labels {
		labels[i] = f(l)
	}
	return strings.Join(labels, ".")
}

func domainEncode(label string) string {
	for _, r := range label {
		if r >= utf8.RuneSelf {
			return "xn--" + punycodeEncode(label)
		}
	}
	return label
}

func domainDecode(label string) string {
	if rest, found := strings.CutPrefix(label, "xn--"); found {
		return punycodeDecode(rest)
	}
	return label
}

func punyAdapt(delta, count int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / count
	k := 0
	for ; delta > (punyBase-punyMin)*punyMax/2; k += punyBase {
		delta /= punyBase - punyMin
	}
	return k + (punyBase-punyMin+1)*delta/(delta+punySkew)
}

func punyThreshold(k, bias int) int {
	return min(max(k-bias, punyMin), punyMax)
}

// punycodeEncode writes all characters as ASCII.
func punycodeEncode(s string) string {
	runes := []rune(s)
	if len(runes) > punyLimit {
		return ""
	}
	var out []byte
	for _, r := range runes {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(punyFirst), 0, punyBias
	for done := basic; done < len(runes); {
		next := rune(utf8.MaxRune + 1)
		for _, r := range runes {
			if r >= n && r < next {
				next = r
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			q := delta
			for k := punyBase; ; k += punyBase {
				t := punyThreshold(k, bias)
				if q < t {
					break
				}
				out = append(out, punyDigit(t+(q-t)%(punyBase-t)))
				q = (q - t) / (punyBase - t)
			}
			out = append(out, punyDigit(q))
			bias = punyAdapt(delta, done+1, done == basic)
			delta = 0
			done++
		}
		delta++
		n++
	}
	return string(out)
}

func punyDigit(d int) byte {
	if d < 26 {
		return byte('a' + d)
	}
	return byte('0' + d - 26)
}

// punycodeDecode gives the empty string for what is not Punycode.
func punycodeDecode(s string) string {
	if len(s) > punyLimit {
		return ""
	}
	var out []rune
	if i := strings.LastIndexByte(s, '-'); i >= 0 {
		out, s = []rune(s[:i]), s[i+1:]
	}
	n, at, bias := punyFirst, 0, punyBias
	for s != "" {
		before, weight := at, 1
		for k := punyBase; ; k += punyBase {
			if s == "" {
				return ""
			}
			d := punyValue(s[0])
			s = s[1:]
			if d < 0 || d > (1<<31-1-at)/weight {
				return ""
			}
			at += d * weight
			t := punyThreshold(k, bias)
			if d < t {
				break
			}
			if weight > (1<<31-1)/(punyBase-t) {
				return ""
			}
			weight *= punyBase - t
		}
		count := len(out) + 1
		bias = punyAdapt(at-before, count, before == 0)
		n += at / count
		at %= count
		if n > utf8.MaxRune {
			return ""
		}
		out = append(out[:at], append([]rune{rune(n)}, out[at:]...)...)
		at++
	}
	return string(out)
}

func punyValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c-'0') + 26
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		return int(c | 0x20 - 'a')
	}
	return -1
}
