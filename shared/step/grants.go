package step

// Grants is all of the outside world that a step may touch. On AWS it is the
// step's IAM role, written out in its template; on one machine the ports refuse
// the rest. A step that outgrows its grants fails in the tests of one machine.
type Grants struct {
	People   TableGrants
	Dossiers TableGrants
	Files    FileGrants
	Mail     bool     // send letters
	Start    []string // state machines it may start and look at
	Wake     bool     // wake task tokens
	MAC      []string // purposes it may authenticate for
}

// TableGrants lists prefixes of partition keys, each ending in '#'. On AWS
// they are dynamodb:LeadingKeys.
type TableGrants struct {
	Read  []string // Get, Query of the table
	Write []string // Write (its checks too) and Draw
	// Index maps the name of each index it may query to the partition key
	// prefixes it may query there.
	Index map[string][]string
}

// FileGrants lists key prefixes, each ending in '/'.
type FileGrants struct {
	Read   []string // Read, and Link
	Write  []string // Put
	Delete []string
	Upload []string // sign an upload form
}

// And joins two sets of grants.
func (g Grants) And(o Grants) Grants {
	return Grants{
		People:   g.People.and(o.People),
		Dossiers: g.Dossiers.and(o.Dossiers),
		Files: FileGrants{
			Read:   union(g.Files.Read, o.Files.Read),
			Write:  union(g.Files.Write, o.Files.Write),
			Delete: union(g.Files.Delete, o.Files.Delete),
			Upload: union(g.Files.Upload, o.Files.Upload),
		},
		Mail:  g.Mail || o.Mail,
		Start: union(g.Start, o.Start),
		Wake:  g.Wake || o.Wake,
		MAC:   union(g.MAC, o.MAC),
	}
}

func (t TableGrants) and(o TableGrants) TableGrants {
	joined := TableGrants{Read: union(t.Read, o.Read), Write: union(t.Write, o.Write)}
	for _, side := range []map[string][]string{t.Index, o.Index} {
		for name, prefixes := range side {
			if joined.Index == nil {
				joined.Index = map[string][]string{}
			}
			joined.Index[name] = union(joined.Index[name], prefixes)
		}
	}
	return joined
}

// union keeps the order of first appearance, so that templates are stable.
func union(a, b []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range [][]string{a, b} {
		for _, s := range list {
			if !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}
