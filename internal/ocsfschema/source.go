package ocsfschema

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
)

// dictionary is dictionary.json: what an attribute is wherever no definition says otherwise, and the scalar types.
type dictionary struct {
	Attributes map[string]attributeText `json:"attributes"`
	Types      struct {
		Attributes map[string]scalarText `json:"attributes"`
	} `json:"types"`
}

// scalarText is a scalar type of the dictionary. Type names the type it narrows, if any.
type scalarText struct {
	Caption    string  `json:"caption"`
	Type       string  `json:"type"`
	Regex      string  `json:"regex"`
	MaxLen     int     `json:"max_len"`
	Range      []int64 `json:"range"`
	Observable *int64  `json:"observable"`
}

// categories is categories.json.
type categories struct {
	Attributes map[string]struct {
		UID     int64  `json:"uid"`
		Caption string `json:"caption"`
	} `json:"attributes"`
}

// source is everything that was published, as read.
type source struct {
	version    string
	categories categories
	dictionary dictionary
	objects    []*definition
	classes    []*definition
	profiles   []*definition
}

// readSource reads the files of the core and of every extension.
func readSource(fsys fs.FS) (*source, error) {
	var src source
	var version struct {
		Version string `json:"version"`
	}
	for name, into := range map[string]any{
		"version.json": &version, "categories.json": &src.categories, "dictionary.json": &src.dictionary,
	} {
		if err := readJSON(fsys, name, into); err != nil {
			return nil, err
		}
	}
	src.version = version.Version
	roots := map[string]string{".": ""}
	extensions, err := fs.Glob(fsys, "extensions/*/extension.json")
	if err != nil {
		return nil, err
	}
	for _, name := range extensions {
		roots[path.Dir(name)] = path.Base(path.Dir(name))
	}
	for _, root := range slices.Sorted(maps.Keys(roots)) {
		for dir, into := range map[string]*[]*definition{"objects": &src.objects, "events": &src.classes, "profiles": &src.profiles} {
			found, err := readDefinitions(fsys, path.Join(root, dir), roots[root])
			if err != nil {
				return nil, err
			}
			*into = append(*into, found...)
		}
	}
	return &src, nil
}

// readDefinitions reads every JSON file below dir, which need not exist, in the order of their paths.
func readDefinitions(fsys fs.FS, dir, extension string) ([]*definition, error) {
	if _, err := fs.Stat(fsys, dir); err != nil {
		return nil, nil
	}
	var found []*definition
	err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		def := &definition{file: name, extension: extension}
		found = append(found, def)
		return readJSON(fsys, name, def)
	})
	return found, err
}

// readJSON decodes one file.
func readJSON(fsys fs.FS, name string, into any) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
