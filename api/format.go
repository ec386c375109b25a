package api

import (
	"mime"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/value"
)

// format is a form in which an answer is sent.
type format struct {
	media string
	make  func(w *lineWriter) encoder
}

// encoder writes an answer in one form. Its methods are called one at a time.
type encoder interface {
	head(a hunt.Answer) error
	row(row []value.Value) error
	// progress says how far it has come, where the form can.
	progress(p hunt.Progress) error
	// end writes what comes after the rows; failed is nil for a whole answer.
	// It returns errAbort where the form cannot tell a failure.
	end(a hunt.Answer, failed *problem.Problem) error
}

// queryFormats are the forms of an answer, the one without wishes first.
func queryFormats() []format {
	return []format{
		{"application/x-ndjson", func(w *lineWriter) encoder { return &ndjson{w: w} }},
		{"application/json", func(w *lineWriter) encoder { return &jsonForm{w: w} }},
		{"text/csv", func(w *lineWriter) encoder { return &csvForm{w: w} }},
	}
}

// format returns the form that the client likes best of those that there are.
func (c *call) format(formats []format) (format, error) {
	accept := strings.Join(c.r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return formats[0], nil
	}
	best, weight := format{}, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		for _, f := range formats {
			major, _, _ := strings.Cut(f.media, "/")
			if q > weight && (media == f.media || media == "*/*" || media == major+"/*") {
				best, weight = f, q
			}
		}
	}
	if best.media == "" {
		var have []string
		for _, f := range formats {
			have = append(have, f.media)
		}
		return best, problem.New(problem.NotAcceptable, "no form that the client accepts (%s)", accept).Advise("accept one of %s", strings.Join(have, ", "))
	}
	return best, nil
}
