package attack

import (
	"slices"
	"strings"
)

// Matrix returns all tactics from left to right. Defense Evasion, of which
// older tags speak, stands beside Stealth, with whose id it goes on.
func Matrix() []Tactic {
	out := make([]Tactic, len(matrix))
	for i, t := range matrix {
		t.rank = i
		out[i] = t
	}
	return out
}

// Cell is a place in the matrix. Technique has no ID where a rule names the
// tactic and no technique of it.
type Cell struct {
	Tactic    Tactic
	Technique Technique
}

// Cells returns where in the matrix a rule with these tags stands: each
// technique below those of the rule's tactics that ATT&CK has it in, or below
// all of them where it has it in none; of a rule without tactics below all that
// ATT&CK has it in.
func Cells(tags []string) []Cell {
	var out []Cell
	tactics := Tactics(tags)
	filled := map[string]bool{}
	put := func(t Tactic, x Technique) {
		out = append(out, Cell{t, x})
		filled[t.Name] = true
	}
	for _, x := range Techniques(tags) {
		among := tactics
		if len(among) == 0 {
			among = Matrix()
		}
		n := len(out)
		for _, t := range among {
			if t.has(x.ID) {
				put(t, x)
			}
		}
		if len(out) == n {
			for _, t := range tactics {
				put(t, x)
			}
		}
	}
	for _, t := range tactics {
		if !filled[t.Name] {
			put(t, Technique{})
		}
	}
	return out
}

// has reports whether ATT&CK has a technique, or the parent of one, below a
// tactic.
func (t Tactic) has(technique string) bool {
	parent, _, _ := strings.Cut(technique, ".")
	name := t.Name
	if name == "Stealth" || name == "Defense Impairment" {
		name = "Defense Evasion"
	}
	return slices.Contains(below[name], parent)
}

// below lists the techniques of each tactic that the table of this package
// has, by ATT&CK's Enterprise matrix. Stealth and Defense Impairment have those
// of Defense Evasion, which they divide.
var below = map[string][]string{
	"Reconnaissance":       {"T1590", "T1592", "T1595"},
	"Resource Development": {"T1584", "T1587", "T1588"},
	"Initial Access":       {"T1078", "T1133", "T1190", "T1195", "T1199"},
	"Execution":            {"T1053", "T1059", "T1072", "T1106", "T1203", "T1204", "T1569", "T1609", "T1610", "T1648", "T1651"},
	"Persistence": {
		"T1037", "T1053", "T1078", "T1098", "T1133", "T1136", "T1205", "T1505", "T1525", "T1543", "T1546", "T1547", "T1554", "T1556", "T1574", "T1653",
	},
	"Privilege Escalation": {"T1037", "T1053", "T1055", "T1068", "T1078", "T1098", "T1134", "T1484", "T1543", "T1546", "T1547", "T1548", "T1574", "T1611"},
	"Defense Evasion": {
		"T1006", "T1014", "T1027", "T1036", "T1055", "T1070", "T1078", "T1134", "T1140", "T1205", "T1222", "T1484", "T1548", "T1550", "T1553", "T1556", "T1562", "T1564",
		"T1574", "T1578", "T1610", "T1612", "T1620", "T1622", "T1685", "T1686", "T1687", "T1690",
	},
	"Credential Access": {"T1003", "T1040", "T1110", "T1212", "T1528", "T1552", "T1555", "T1556", "T1557", "T1606", "T1649"},
	"Discovery": {
		"T1007", "T1016", "T1018", "T1033", "T1040", "T1046", "T1049", "T1057", "T1069", "T1082", "T1083", "T1087", "T1201", "T1518", "T1526", "T1538", "T1580", "T1613",
		"T1614", "T1619", "T1622", "T1654",
	},
	"Lateral Movement":    {"T1021", "T1072", "T1080", "T1210", "T1550"},
	"Collection":          {"T1005", "T1074", "T1113", "T1115", "T1119", "T1213", "T1530", "T1557", "T1560"},
	"Command and Control": {"T1071", "T1090", "T1095", "T1102", "T1104", "T1105", "T1205", "T1219", "T1568", "T1571", "T1572", "T1573"},
	"Exfiltration":        {"T1030", "T1041", "T1048", "T1537", "T1567"},
	"Impact":              {"T1485", "T1486", "T1489", "T1490", "T1496", "T1498", "T1499", "T1529", "T1531", "T1561", "T1565"},
}
