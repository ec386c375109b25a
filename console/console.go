// Package console is the web console: pages that a browser loads once and that
// then ask the HTTP API like any other client, with what whoever signed in may
// see. The pages are built from web, with npm; what that gives is committed in
// dist and embedded, so building Lynceus needs no node.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
)

//go:embed all:dist
var built embed.FS

// Policy is the content security policy of every page: nothing but what this
// server sends is loaded, asked or run, and nobody may frame it.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// index is the page that all paths of the console are.
const index = "index.html"

// assets is where files stand whose names change with their bytes.
const assets = "assets/"

// Handler answers with the console's files. A path without a file is a page of
// the console, which finds its way by itself, unless it looks like a file.
type Handler struct {
	files map[string]*file
}

// file is one answer, plain and compressed.
type file struct {
	media, tag   string
	plain, small []byte // small is empty where compressing does not pay
}

// New returns the handler of the embedded console.
func New() (*Handler, error) {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return newHandler(dist)
}

func newHandler(dist fs.FS) (*Handler, error) {
	h := &Handler{files: map[string]*file{}}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		h.files[name], err = newFile(name, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	if h.files[index] == nil {
		return nil, fmt.Errorf("console: there is no %s; make console builds it", index)
	}
	return h, nil
}

// medias are the types of the files, not those that a machine's tables say.
var medias = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".json": "application/json", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

// minSmall is the size in bytes below which a compressed answer is not worth it.
const minSmall = 512

func newFile(name string, b []byte) (*file, error) {
	sum := sha256.Sum256(b)
	f := &file{media: medias[path.Ext(name)], tag: `"` + hex.EncodeToString(sum[:8]) + `"`, plain: b}
	if f.media == "" {
		f.media = mime.TypeByExtension(path.Ext(name))
	}
	if len(b) < minSmall {
		return f, nil
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if out.Len() < len(b) {
		f.small = out.Bytes()
	}
	return f, nil
}

// page is what the path of a page looks like, which the script in the browser
// knows: words with slashes between them. Nothing else is answered.
var page = regexp.MustCompile(`^(/[A-Za-z0-9_-]*)+$`)

// ServeHTTP implements http.Handler; it takes GET and HEAD.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	f := h.files[name]
	if f == nil {
		if !page.MatchString(r.URL.Path) {
			http.Error(w, "there is no such page", http.StatusNotFound)
			return
		}
		name, f = index, h.files[index]
	}
	head := w.Header()
	head.Set("Content-Security-Policy", Policy)
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Content-Type", f.media)
	head.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, assets) {
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	head.Set("ETag", f.tag)
	head.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == f.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.plain
	if len(f.small) > 0 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		head.Set("Content-Encoding", "gzip")
		body = f.small
	}
	head.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that went away misses nothing
	}
}
