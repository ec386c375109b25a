package fn

import (
	"encoding/xml"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

// parseXML makes a bag of a document as JSON converters do: elements by name,
// repeated ones as an array, attributes with @ and mixed text as #text. Text
// that is no XML gives null.
func parseXML(s string) *value.Node {
	d := xml.NewDecoder(strings.NewReader(s))
	var bag value.Bag
	for {
		token, err := d.Token()
		if err != nil {
			if bag.Len() == 0 {
				return nil
			}
			return bag.Node()
		}
		if start, ok := token.(xml.StartElement); ok && bag.Len() == 0 {
			item, ok := xmlElement(d, start, 0)
			if !ok {
				return nil
			}
			bag.Set(start.Name.Local, item)
		}
	}
}

func xmlElement(d *xml.Decoder, start xml.StartElement, depth int) (*value.Node, bool) {
	if depth > value.MaxDepth {
		return nil, false
	}
	var bag value.Bag
	for _, a := range start.Attr {
		bag.Set("@"+a.Name.Local, value.FromValue(value.String(a.Value)))
	}
	children := map[string][]*value.Node{}
	var words strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return nil, false
		}
		switch t := token.(type) {
		case xml.StartElement:
			item, ok := xmlElement(d, t, depth+1)
			if !ok {
				return nil, false
			}
			name := t.Name.Local
			children[name] = append(children[name], item)
			if len(children[name]) == 1 {
				bag.Set(name, item)
			}
		case xml.CharData:
			words.Write(t)
		case xml.EndElement:
			for name, items := range children {
				if len(items) > 1 {
					bag.Set(name, value.Array(items))
				}
			}
			return xmlContent(&bag, strings.TrimSpace(words.String())), true
		}
	}
}

// xmlContent is the text of an element that has nothing else.
func xmlContent(bag *value.Bag, words string) *value.Node {
	switch {
	case bag.Len() == 0 && words == "":
		return nil
	case bag.Len() == 0:
		return value.FromValue(value.String(words))
	case words != "":
		bag.Set("#text", value.FromValue(value.String(words)))
	}
	return bag.Node()
}
