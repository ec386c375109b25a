package output

import (
	"strings"

	"github.com/lynceus-io/lynceus/rule"
)

// paint colours text for a terminal with the 16 colours that every one has,
// so that the reader's own theme applies; the zero value leaves it plain.
type paint struct{ on bool }

// Codes of Select Graphic Rendition (ECMA-48, 8.3.117).
const (
	sgrReset  = "\x1b[0m"
	sgrBold   = "\x1b[1m"
	sgrDim    = "\x1b[2m"
	sgrBadge  = "\x1b[1;97;41m" // bold bright white on red
	sgrRed    = "\x1b[1;31m"
	sgrYellow = "\x1b[33m"
	sgrGreen  = "\x1b[32m"
	sgrCyan   = "\x1b[36m"
)

func (p paint) with(code, s string) string {
	if !p.on || s == "" {
		return s
	}
	return code + s + sgrReset
}

func (p paint) bold(s string) string { return p.with(sgrBold, s) }
func (p paint) dim(s string) string  { return p.with(sgrDim, s) }

// severity colours s as befits a severity.
func (p paint) severity(sev rule.Severity, s string) string {
	return p.with([...]string{"", sgrDim, sgrCyan, sgrYellow, sgrRed, sgrRed}[sev], s)
}

// badge is a severity in capitals, as it stands before an incident.
func (p paint) badge(sev rule.Severity) string {
	word := strings.ToUpper(sev.String())
	if sev == rule.Critical {
		return p.with(sgrBadge, word)
	}
	return p.severity(sev, word)
}
