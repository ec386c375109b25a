package redact

// A prefix is how the credentials of a service begin. Facts from the
// services' own documentation of their token formats.
type prefix struct {
	text string
	sign int             // where in text the four bytes begin that are searched for
	tail func(byte) bool // of what follows
	min  int             // how many of those there are at least
}

// prefixes are those of services whose credentials turn up in clusters.
var prefixes = []prefix{
	// Amazon Web Services: access key IDs of users and of sessions.
	{"AKIA", 0, isUpperDigit, 16},
	{"ASIA", 0, isUpperDigit, 16},
	// Google Cloud: API keys, access tokens, client secrets.
	{"AIza", 0, isBase64URL, 30},
	{"ya29.", 0, isTokenByte, 20},
	{"GOCSPX-", 0, isBase64URL, 20},
	// GitHub: personal, OAuth, user-to-server, server-to-server, refresh and
	// fine-grained tokens.
	{"ghp_", 0, isAlnum, 20},
	{"gho_", 0, isAlnum, 20},
	{"ghu_", 0, isAlnum, 20},
	{"ghs_", 0, isTokenByte, 20},
	{"ghr_", 0, isAlnum, 20},
	{"github_pat_", 5, isWord, 20},
	// GitLab: personal, deploy, runner, job, trigger and OAuth tokens.
	{"glpat-", 0, isTokenByte, 16},
	{"gldt-", 0, isTokenByte, 16},
	{"glrt-", 0, isTokenByte, 16},
	{"glcbt-", 0, isTokenByte, 16},
	{"glptt-", 0, isTokenByte, 16},
	{"gloas-", 0, isTokenByte, 16},
	// Slack: bot, user, workspace, refresh, session, configuration and app
	// tokens.
	{"xoxb-", 0, isWord, 10},
	{"xoxp-", 0, isWord, 10},
	{"xoxa-", 0, isWord, 10},
	{"xoxr-", 0, isWord, 10},
	{"xoxs-", 0, isWord, 10},
	{"xoxc-", 0, isWord, 10},
	{"xoxd-", 0, isWord, 10},
	{"xoxe-", 0, isWord, 10},
	{"xoxe.", 0, isTokenByte, 10},
	{"xapp-1-", 2, isWord, 10},
	// npm, PyPI, Docker Hub, HashiCorp Vault (batch), Stripe, Anthropic, age.
	{"npm_", 0, isAlnum, 30},
	{"pypi-AgE", 4, isWord, 30},
	{"dckr_pat_", 0, isWord, 20},
	{"hvb.", 0, isWord, 20},
	{"sk_live_", 0, isAlnum, 16},
	{"rk_live_", 0, isAlnum, 16},
	{"sk-ant-", 0, isWord, 20},
	{"AGE-SECRET-KEY-1", 0, isUpperDigit, 20},
}

func isUpperDigit(c byte) bool { return isUpper(c) || isDigit(c) }

// isTokenByte reports whether c can be part of a token in several parts.
func isTokenByte(c byte) bool { return isWord(c) || c == '.' }
