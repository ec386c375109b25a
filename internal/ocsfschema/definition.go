package ocsfschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// definition is one published file that has attributes: an object, an event class or a profile. What a file leaves out
// it has from the definition it extends.
type definition struct {
	Name        string              `json:"name"`
	Caption     string              `json:"caption"`
	UID         int64               `json:"uid"`
	Category    string              `json:"category"`
	Extends     string              `json:"extends"`
	Observable  *int64              `json:"observable"`
	Constraints map[string][]string `json:"constraints"`
	Attributes  attributeSet        `json:"attributes"`

	file      string // where it was read
	extension string // the extension it belongs to, empty for the core
}

// attributeSet is the member "attributes" of a definition: attributes by name, and files to include.
type attributeSet struct {
	include []string
	byName  map[string]attributeText
}

// UnmarshalJSON takes the member "$include" apart from the attributes beside it.
func (s *attributeSet) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	s.byName = map[string]attributeText{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name == "$include" {
			if err := json.Unmarshal(members[name], &s.include); err != nil {
				return fmt.Errorf("$include: %w", err)
			}
			continue
		}
		var a attributeText
		if err := json.Unmarshal(members[name], &a); err != nil {
			return fmt.Errorf("attribute %s: %w", name, err)
		}
		s.byName[name] = a
	}
	return nil
}

// attributeText is an attribute as one file writes it. A nil member is left to the file's parent or the dictionary.
type attributeText struct {
	Caption     string               `json:"caption"`
	Type        *string              `json:"type"`
	IsArray     *bool                `json:"is_array"`
	Requirement *string              `json:"requirement"`
	Sibling     *string              `json:"sibling"`
	Observable  *int64               `json:"observable"`
	Enum        map[string]enumEntry `json:"enum"`
	Profile     profileName          `json:"profile"`
}

// enumEntry is one value of an enumeration.
type enumEntry struct {
	Caption string `json:"caption"`
}

// profileName is the profile that an attribute belongs to. JSON null takes an attribute out of its profile, so null and
// absent are two things.
type profileName struct {
	set  bool
	name string
}

// UnmarshalJSON notes that the member is there, be it null or a name.
func (p *profileName) UnmarshalJSON(data []byte) error {
	p.set = true
	if string(data) == "null" {
		return nil
	}
	return json.Unmarshal(data, &p.name)
}

// over returns the attribute as it stands when a is written over base. Enumerations add up.
func (a attributeText) over(base attributeText) attributeText {
	out := base
	if a.Caption != "" {
		out.Caption = a.Caption
	}
	if a.Type != nil {
		out.Type = a.Type
	}
	if a.IsArray != nil {
		out.IsArray = a.IsArray
	}
	if a.Requirement != nil {
		out.Requirement = a.Requirement
	}
	if a.Sibling != nil {
		out.Sibling = a.Sibling
	}
	if a.Profile.set {
		out.Profile = a.Profile
	}
	if a.Enum != nil {
		out.Enum = maps.Clone(base.Enum)
		if out.Enum == nil {
			out.Enum = map[string]enumEntry{}
		}
		maps.Copy(out.Enum, a.Enum)
	}
	return out
}
