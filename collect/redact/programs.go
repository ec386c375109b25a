package redact

import "bytes"

// secretOptions are the options of programs that a secret follows, in the
// same word or the next. Of user:password only the password counts.
var secretOptions = map[string][]string{
	"curl":         {"-u", "--user", "-U", "--proxy-user", "--oauth2-bearer"},
	"mariadb":      {"-p"},
	"mariadb-dump": {"-p"},
	"mongodump":    {"-p"},
	"mongosh":      {"-p"},
	"mysql":        {"-p"},
	"mysqladmin":   {"-p"},
	"mysqldump":    {"-p"},
	"redis-cli":    {"-a", "--pass"},
	"smbclient":    {"-U"},
	"sqlcmd":       {"-P"},
	"sshpass":      {"-p"},
}

// execOptions are those of programs that are looked for in exec requests only:
// their names have no sign by which other documents could be suspected.
var execOptions = map[string][]string{
	"influx":       {"-t"},
	"ldapadd":      {"-w"},
	"ldapmodify":   {"-w"},
	"ldapsearch":   {"-w"},
	"mongo":        {"-p"},
	"mongorestore": {"-p"},
	"openssl":      {"-passin", "-passout", "-k"},
}

// otherP are programs that mean something else than a password by -p.
var otherP = func() map[string]bool {
	t := map[string]bool{}
	for _, name := range []string{
		"bash", "busybox", "cargo", "chroot", "cp", "cut", "du", "git", "go", "grep", "helm", "install", "iptables", "journalctl", "kill",
		"kubectl", "less", "ls", "lsof", "make", "mkdir", "mv", "nc", "ncat", "netstat", "nmap", "node", "nsenter", "patch", "perl", "pgrep",
		"ping", "pkill", "ps", "psql", "python", "python3", "read", "rsync", "ruby", "scp", "screen", "sed", "sftp", "sh", "socat", "ss",
		"ssh", "strace", "tar", "tcpdump", "tee", "test", "tmux", "top", "touch", "unzip", "wget", "xargs", "zip",
	} {
		t[name] = true
	}
	return t
}()

// launchers run the program that follows them.
var launchers = map[string]bool{"sudo": true, "env": true, "exec": true, "nohup": true, "time": true, "command": true, "timeout": true, "watch": true, "nice": true}

// programOf returns the program that a word starts, "" for one that starts
// another.
func programOf(word []byte) string {
	if i := bytes.LastIndexByte(word, '/'); i >= 0 {
		word = word[i+1:]
	}
	if launchers[string(word)] {
		return ""
	}
	return string(word)
}

// option looks for a program's secret option in a word. next says that the
// secret is the next word; otherwise it begins at offset at of this one, if
// that is not 0.
func option(options []string, word []byte) (next bool, at int) {
	for _, o := range options {
		rest, ok := bytes.CutPrefix(word, []byte(o))
		switch {
		case !ok:
		case len(rest) == 0:
			return true, 0
		case len(o) == 2:
			return false, 2
		case rest[0] == '=':
			return false, len(o) + 1
		}
	}
	return false, 0
}

// isPassword reports whether the word after -p can be a password, where the
// program is not known: no option, port, path or number.
func isPassword(word []byte) bool {
	if !isValue(word) || word[0] == '-' || word[0] == '/' || word[0] == '.' {
		return false
	}
	return run(word, 0, func(c byte) bool { return isDigit(c) || c == ':' || c == '.' || c == '/' }) < len(word)
}
