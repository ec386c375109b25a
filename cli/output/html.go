package output

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

//go:embed assets
var assets embed.FS

// WriteHTML writes a run as one page that needs nothing else: style, script
// and pictures stand in it, and its content security policy forbids every
// request and every script but its own. Text from events is cleaned, then
// escaped.
func WriteHTML(w io.Writer, r *report.Result, version string) error {
	t, err := template.New("").Funcs(template.FuncMap{"levels": levels}).ParseFS(assets, "assets/*.html")
	if err != nil {
		return fmt.Errorf("page template: %w", err)
	}
	style, err := assets.ReadFile("assets/style.css")
	if err != nil {
		return err
	}
	script, err := assets.ReadFile("assets/script.js")
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, "page.html", struct {
		Policy string
		Style  template.CSS
		Script template.JS
		*htmlPage
	}{
		Policy:   fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", sourceHash(style), sourceHash(script)),
		Style:    template.CSS(style),
		Script:   template.JS(script),
		htmlPage: newHTMLPage(r, version),
	})
}

// levels are the severities, the worst first.
func levels() []string {
	var out []string
	for s := rule.Critical; s >= rule.Informational; s-- {
		out = append(out, s.String())
	}
	return out
}

// sourceHash names content in a content security policy.
func sourceHash(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
