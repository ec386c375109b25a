package console

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// small is a console of three files.
func small(t *testing.T) *Handler {
	t.Helper()
	h, err := newHandler(fstest.MapFS{
		"index.html":       {Data: []byte("<!doctype html>" + strings.Repeat("page ", 200))},
		"assets/a-1b2c.js": {Data: []byte("export {}")},
		"icon.svg":         {Data: []byte("<svg/>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(h http.Handler, target string, header ...string) *http.Response {
	r := httptest.NewRequest("GET", "/", nil)
	r.URL.Path = target
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestFilesAndPages(t *testing.T) {
	h := small(t)
	tests := []struct {
		path           string
		status         int
		media, caching string
	}{
		{"/", 200, "text/html; charset=utf-8", "no-cache"},
		{"/index.html", 200, "text/html; charset=utf-8", "no-cache"},
		{"/incidents/3d106c90", 200, "text/html; charset=utf-8", "no-cache"},
		{"/assets/a-1b2c.js", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/icon.svg", 200, "image/svg+xml", "no-cache"},
		{"/assets/gone.js", 404, "text/plain; charset=utf-8", ""},
		{"/../console.go", 404, "text/plain; charset=utf-8", ""},
		{"/assets/../../console.go", 404, "text/plain; charset=utf-8", ""},
		{`/..\console.go`, 404, "text/plain; charset=utf-8", ""},
		{"/assets", 200, "text/html; charset=utf-8", "no-cache"},
		{"/../../etc/passwd", 404, "text/plain; charset=utf-8", ""},
		{"/a\x00b", 404, "text/plain; charset=utf-8", ""},
		{"/%2e%2e/etc", 404, "text/plain; charset=utf-8", ""},
	}
	for _, tt := range tests {
		resp := get(h, tt.path)
		if resp.StatusCode != tt.status || resp.Header.Get("Content-Type") != tt.media || resp.Header.Get("Cache-Control") != tt.caching {
			t.Errorf("%s: %d %q %q", tt.path, resp.StatusCode, resp.Header.Get("Content-Type"), resp.Header.Get("Cache-Control"))
		}
	}
}

func TestHeaders(t *testing.T) {
	resp := get(small(t), "/")
	for name, want := range map[string]string{
		"Content-Security-Policy": Policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if strings.Contains(Policy, "unsafe") || strings.Contains(Policy, "http:") || strings.Contains(Policy, "*") {
		t.Errorf("the policy lets more in than this server's own files: %s", Policy)
	}
}

func TestCompressionAndTags(t *testing.T) {
	h := small(t)
	resp := get(h, "/", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(resp.Body)
	if err != nil || resp.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("not compressed: %v", err)
	}
	if b, err := io.ReadAll(z); err != nil || !strings.HasPrefix(string(b), "<!doctype html>") {
		t.Errorf("%q, %v", b, err)
	}
	if resp := get(h, "/", "If-None-Match", resp.Header.Get("ETag")); resp.StatusCode != http.StatusNotModified {
		t.Errorf("the same page again: %d", resp.StatusCode)
	}
}

// outside is something that a page would load or run from elsewhere than a file of its own.
var outside = regexp.MustCompile(`(?i)(src|href)="?(https?:)?//|<style|<script>|\son[a-z]+=|style=`)

// TestBuiltPage looks at the console that is committed.
func TestBuiltPage(t *testing.T) {
	if _, err := New(); err != nil {
		t.Fatal(err)
	}
	b, err := fs.ReadFile(built, "dist/index.html")
	if err != nil {
		t.Fatal(err)
	}
	if found := outside.FindString(string(b)); found != "" {
		t.Errorf("index.html has %q, which its policy forbids", found)
	}
}

// maxFirstLoad is how much a browser has to fetch before the first page shows, compressed, in bytes.
const maxFirstLoad = 250_000

func TestFirstLoadIsSmall(t *testing.T) {
	h, err := New()
	if err != nil {
		t.Fatal(err)
	}
	page := string(h.files[index].plain)
	total := len(h.files[index].small)
	for _, m := range regexp.MustCompile(`(?:src|href)="/(assets/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		f := h.files[m[1]]
		if f == nil {
			t.Fatalf("index.html names %s, which is not there", m[1])
		}
		if len(f.small) == 0 {
			total += len(f.plain)
		}
		total += len(f.small)
	}
	t.Logf("%d bytes before the first page", total)
	if total > maxFirstLoad {
		t.Errorf("%d bytes before the first page, at most %d are wanted", total, maxFirstLoad)
	}
}
