package audit

import "strings"

const (
	accountPrefix = "system:serviceaccount:"
	keptAccounts  = 8192 // service accounts whose short name is remembered
)

// accounts gives service accounts their name as namespace/name.
type accounts struct {
	short map[string]string
}

// of returns the service account that a user name of the form
// system:serviceaccount:namespace:name means; ok is false for another user.
func (c *accounts) of(user string) (account string, ok bool) {
	rest, ok := strings.CutPrefix(user, accountPrefix)
	if !ok {
		return "", false
	}
	if account, ok = c.short[rest]; ok {
		return account, true
	}
	namespace, name, ok := strings.Cut(rest, ":")
	if !ok || namespace == "" || name == "" || strings.ContainsAny(rest, "/") || strings.Contains(name, ":") {
		return "", false
	}
	if c.short == nil || len(c.short) >= keptAccounts {
		c.short = make(map[string]string)
	}
	account = namespace + "/" + name
	c.short[strings.Clone(rest)] = account
	return account, true
}
