package settings

import (
	"errors"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// read reads a mapping of a name, a flag, a word and a list of two at the most.
func read(text string) (name string, flag bool, word int, list []string, err error) {
	r, root, err := Open("f.yaml", []byte(text))
	if err != nil || root == nil {
		return "", false, 0, nil, err
	}
	r.Members(root, "the file", map[string]func(*yaml.Node){
		"name": func(n *yaml.Node) { name = r.Text(n, "name") },
		"flag": func(n *yaml.Node) { flag = r.Flag(n, "flag") },
		"word": func(n *yaml.Node) { word = r.OneOf(n, "word", "one", "two") },
		"list": func(n *yaml.Node) {
			r.Items(n, "list", 2, func(n *yaml.Node) { list = append(list, r.Text(n, "an item")) })
		},
	})
	return name, flag, word, list, r.Err()
}

func TestRead(t *testing.T) {
	name, flag, word, list, err := read("name: x\nflag: true\nword: two\nlist: [a, b]\n")
	if name != "x" || !flag || word != 1 || strings.Join(list, " ") != "a b" || err != nil {
		t.Errorf("%q %v %d %q %v", name, flag, word, list, err)
	}
	if _, _, _, _, err := read("# nothing\n"); err != nil {
		t.Error(err)
	}
}

func TestWrong(t *testing.T) {
	for text, want := range map[string]string{
		"name: x\nnick: y\n":                `f.yaml:2:1: the file has no "nick"; it can have flag, list, name, word`,
		"name: x\nname: y\n":                `f.yaml:2:1: "name" is there twice`,
		"name: [x]\n":                       "f.yaml:1:7: name has to be a text",
		"flag: maybe\n":                     "f.yaml:1:7: flag has to be true or false",
		"word: three\n":                     "f.yaml:1:7: word has to be one of one, two",
		"list: a\n":                         "f.yaml:1:7: list has to be a list",
		"list: [a, b, c]\n":                 "f.yaml:1:7: list lists 3; 2 is the most",
		"- a\n":                             "f.yaml:1:1: the file has to be a mapping of names to values",
		"name: \"x\n":                       "f.yaml: ",
		strings.Repeat("#", MaxFile+1):      "f.yaml: it has 1048577 bytes; 1048576 is the most",
		"name: ~\nflag: 1\nlist: [[], b]\n": "f.yaml:1:7: name has to be a text\nf.yaml:2:7: flag has to be true or false\nf.yaml:3:8: an item has to be a text",
	} {
		_, _, _, _, err := read(text)
		var e *Error
		if err == nil || !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}
