package redact

import "bytes"

// A nameClass says how far a name gives away that its value is a secret.
type nameClass uint8

const (
	plainName  nameClass = iota
	envName              // of an environment variable or setting, such as STRIPE_KEY
	secretName           // of anything, such as clientSecret
)

// maxName is the length of the longest name that is looked at.
const maxName = 128

// classify tells what a name says about its value. Names are taken apart into
// words at every change of case and every byte that is no letter. A secret is
// announced by a word for one, unless the last word says that the value is
// about it and not it: tokenExpirationSeconds, secretName, PASSWORD_FILE.
func classify(name []byte) nameClass {
	if len(name) == 0 || len(name) > maxName {
		return plainName
	}
	class, last, previous := plainName, wordNone, wordNone
	for i := 0; i < len(name); {
		if !isAlpha(name[i]) {
			i++
			continue
		}
		end := wordEnd(name, i)
		var buf [maxWord]byte
		w := lower(&buf, name[i:end])
		previous, last = last, wordOf(w)
		if end < len(name) && (string(w) == "pwd" || bytes.HasSuffix(w, []byte("key")) && isAlpha(name[end])) {
			last = wordOther // keyRing; without a sign
		}
		if last != wordVariable || string(w) != "auth" || isUpper(name[end-1]) {
			class = max(class, last.announces(previous))
		}
		i = end
	}
	if last == wordAbout {
		return plainName
	}
	return class
}

// wordEnd returns the end of the word that begins at i: letters up to a change
// from lower to upper case, or before the last upper case letter of several
// that lower case follows.
func wordEnd(name []byte, i int) int {
	j := i + 1
	for j < len(name) && isAlpha(name[j]) {
		if isUpper(name[j]) && (isLower(name[j-1]) || j+1 < len(name) && isLower(name[j+1])) {
			break
		}
		j++
	}
	return j
}

const maxWord = 24

// lower returns a word in lower case, its end where it is too long.
func lower(buf *[maxWord]byte, word []byte) []byte {
	if len(word) > maxWord {
		word = word[len(word)-maxWord:]
	}
	for i, c := range word {
		buf[i] = c | 0x20
	}
	return buf[:len(word)]
}

// A wordKind is what a word means in a name.
type wordKind uint8

const (
	wordNone wordKind = iota // before the first word
	wordOther
	wordSecret
	wordKey       // a secret where it is qualified, or ends the name of a variable
	wordVariable  // a secret as the name of a variable ("auth" in capitals only); makes a key one
	wordQualifies // makes a key a secret
	wordPublic    // makes a key none
	wordAbout     // as the last word: the value is about a secret
)

// announces tells what a word after another says.
func (k wordKind) announces(previous wordKind) nameClass {
	switch k {
	case wordSecret:
		return secretName
	case wordVariable:
		return envName
	case wordKey:
		switch previous {
		case wordQualifies, wordSecret, wordVariable:
			return secretName
		case wordPublic, wordNone:
			return plainName
		}
		return envName
	}
	return plainName
}

// secretEndings are what words for secrets end in, be they run together as in
// dbpassword.
var secretEndings = []string{"password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey", "authkey"}

// wordOf tells what a word in lower case means.
func wordOf(w []byte) wordKind {
	if k, ok := words[string(w)]; ok {
		return k
	}
	for _, ending := range secretEndings {
		if n := len(w) - len(ending); n > 0 && string(w[n:]) == ending {
			return wordSecret
		}
	}
	return wordOther
}

var words = wordTable()

func wordTable() map[string]wordKind {
	t := map[string]wordKind{}
	for _, l := range []struct {
		kind  wordKind
		words []string
	}{
		{wordSecret, append([]string{"pwd"}, secretEndings...)},
		{wordVariable, []string{"pass", "auth"}},
		{wordKey, []string{"key"}},
		{wordPublic, []string{"public", "foreign", "primary", "sort", "partition", "cache", "object", "label", "annotation", "config", "map"}},
		{wordQualifies, []string{"api", "access", "private", "signing", "encryption", "master", "account", "shared", "ssh", "storage", "session", "hmac", "cipher", "license"}},
		{wordAbout, []string{
			"algorithm", "alg", "allowed", "audience", "audiences", "class", "cleaner", "controller", "count", "dir", "directory", "disabled",
			"enable", "enabled", "endpoint", "env", "expiration", "expires", "expiry", "field", "file", "filename", "format", "generation", "hint",
			"id", "ids", "interval", "issuer", "kind", "length", "limit", "location", "lookup", "manager", "max", "min", "minutes", "mode", "mount",
			"name", "names", "namespace", "path", "policy", "prefix", "projection", "provider", "ref", "reference", "refs", "request", "requests",
			"required", "review", "reviews", "role", "rotation", "seconds", "selector", "signer", "size", "source", "state", "status", "store",
			"suffix", "template", "time", "timestamp", "ttl", "type", "uid", "uri", "url", "var", "variable", "version",
		}},
	} {
		for _, w := range l.words {
			t[w] = l.kind
		}
	}
	return t
}
