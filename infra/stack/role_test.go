package stack_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal/infra/stack"
	"portal/shared/step"
)

var machines = []string{"conformity-review", "handicraft-export"}

// roomOf renders a room of one step and reads it again.
func roomOf(t *testing.T, s step.Step, g step.Grants) stack.Template {
	t.Helper()
	text, err := stack.Room("room", []stack.Function{{Step: s, Grants: g}}, machines)
	if err != nil {
		t.Fatal(err)
	}
	read, err := stack.Read(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return read
}

func task(g step.Grants) step.Step {
	return step.Step{Kind: step.KindTask, Declaration: step.Declaration{Name: "room/act", Summary: "Act", Grants: g}}
}

var (
	keyPrefixes    = []string{"person#", "dossier#", "counter#conformity#", "idem#"}
	folderPrefixes = []string{"incoming/", "documents/", "certificates/", "exports/"}
	indexNames     = []string{"pending", "owner", "owner_status"}
)

func someOf(t *rapid.T, label string, of []string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, len(of), rapid.ID).Draw(t, label)
}

func tableGrants(t *rapid.T, label string) step.TableGrants {
	g := step.TableGrants{Read: someOf(t, label+" read", keyPrefixes), Write: someOf(t, label+" write", keyPrefixes)}
	for _, index := range someOf(t, label+" indexes", indexNames) {
		if prefixes := someOf(t, label+" "+index, keyPrefixes); len(prefixes) > 0 {
			if g.Index == nil {
				g.Index = map[string][]string{}
			}
			g.Index[index] = prefixes
		}
	}
	return g
}

func someGrants(t *rapid.T) step.Grants {
	return step.Grants{
		People: tableGrants(t, "people"), Dossiers: tableGrants(t, "dossiers"),
		Files: step.FileGrants{
			Read: someOf(t, "files read", folderPrefixes), Write: someOf(t, "files write", folderPrefixes),
			Delete: someOf(t, "files delete", folderPrefixes), Upload: someOf(t, "files upload", folderPrefixes),
		},
		Mail: rapid.Bool().Draw(t, "mail"), Wake: rapid.Bool().Draw(t, "wake"),
		Start: someOf(t, "start", machines), MAC: someOf(t, "mac", []string{"links", "altcha"}),
	}
}

// attempt is a request and whether grants like these allow it.
type attempt struct {
	request
	granted bool
}

func starts(prefixes []string, key string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

const dynamo = "arn:aws:dynamodb:eu-west-3:123456789012:table/value-of-"

func tableAttempts(table string, g step.TableGrants) []attempt {
	var list []attempt
	add := func(action, resource string, granted bool, keys ...string) {
		list = append(list, attempt{request{action, dynamo + resource, map[string][]string{"dynamodb:LeadingKeys": keys}}, granted})
	}
	// Names that only look like granted ones, too.
	for _, key := range []string{"person#1", "dossier#1", "counter#conformity#BV#2026", "counter#certificate#1", "idem#x", "people#1", "xperson#1", ""} {
		add("dynamodb:GetItem", table, starts(g.Read, key), key)
		add("dynamodb:Query", table, starts(g.Read, key), key)
		for _, action := range []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"} {
			add(action, table, starts(g.Write, key), key)
		}
		for _, index := range indexNames {
			add("dynamodb:Query", table+"/index/"+index, starts(g.Index[index], key), key)
			add("dynamodb:Scan", table+"/index/"+index, false, key)
		}
		add("dynamodb:Scan", table, false, key)
		add("dynamodb:PartiQLSelect", table, false, key)
	}
	// One key that is granted does not let in another beside it, and no key at
	// all is no leave to touch every key.
	add("dynamodb:PutItem", table, starts(g.Write, "person#1") && starts(g.Write, "dossier#1"), "person#1", "dossier#1")
	add("dynamodb:Query", table, false)
	add("dynamodb:PutItem", table, false)
	return list
}

func fileAttempts(g step.FileGrants) []attempt {
	var list []attempt
	const bucket = "arn:aws:s3:::value-of-Bucket"
	for _, key := range []string{"incoming/a", "documents/a/b", "certificates/c.pdf", "documentsx/a", "other"} {
		list = append(list,
			attempt{request{"s3:GetObject", bucket + "/" + key, nil}, starts(g.Read, key)},
			attempt{request{"s3:PutObject", bucket + "/" + key, nil}, starts(g.Write, key) || starts(g.Upload, key)},
			attempt{request{"s3:DeleteObject", bucket + "/" + key, nil}, starts(g.Delete, key)},
			attempt{request{"s3:ListBucket", bucket, map[string][]string{"s3:prefix": {key}}}, starts(g.Read, key)},
			attempt{request{"s3:DeleteObjectVersion", bucket + "/" + key, nil}, false},
			attempt{request{"s3:PutObjectAcl", bucket + "/" + key, nil}, false},
		)
	}
	return append(list, attempt{request{"s3:ListBucket", bucket, nil}, false})
}

func otherAttempts(g step.Grants) []attempt {
	const states, ses = "arn:aws:states:eu-west-3:123456789012:", "arn:aws:ses:eu-west-3:123456789012:"
	from := func(address string) map[string][]string { return map[string][]string{"ses:FromAddress": {address}} }
	list := []attempt{
		{request{"ses:SendRawEmail", ses + "identity/value-of-MailDomain", from("value-of-Sender")}, g.Mail},
		{request{"ses:SendRawEmail", ses + "configuration-set/value-of-ConfigurationSet", from("value-of-Sender")}, g.Mail},
		{request{"ses:SendRawEmail", ses + "identity/value-of-MailDomain", from("minister@example.com")}, false},
		{request{"ses:SendRawEmail", ses + "identity/example.com", from("value-of-Sender")}, false},
		{request{"ses:SendBulkEmail", ses + "identity/value-of-MailDomain", from("value-of-Sender")}, false},
		{request{"logs:PutLogEvents", "value-of-Log-Arn", nil}, true},
		{request{"logs:PutLogEvents", "arn:aws:logs:eu-west-3:123456789012:log-group:other", nil}, false},
		{request{"iam:PassRole", "*", nil}, false},
	}
	for _, machine := range append(machines, "other") {
		started := slices.Contains(g.Start, machine)
		list = append(list,
			attempt{request{"states:StartExecution", states + "stateMachine:portal-" + machine, nil}, started},
			attempt{request{"states:DescribeExecution", states + "execution:portal-" + machine + ":d1-g1", nil}, started},
			attempt{request{"states:SendTaskSuccess", states + "stateMachine:portal-" + machine, nil}, g.Wake && slices.Contains(machines, machine)},
			attempt{request{"states:SendTaskFailure", states + "stateMachine:portal-" + machine, nil}, false},
			attempt{request{"states:StopExecution", states + "execution:portal-" + machine + ":d1-g1", nil}, false},
		)
	}
	for purpose, key := range map[string]string{"links": "value-of-MacKeyLinks", "altcha": "value-of-MacKeyAltcha", "other": "arn:aws:kms:eu-west-3:123456789012:key/1"} {
		hmac := map[string][]string{"kms:MacAlgorithm": {"HMAC_SHA_256"}}
		list = append(list,
			attempt{request{"kms:GenerateMac", key, hmac}, slices.Contains(g.MAC, purpose)},
			attempt{request{"kms:Decrypt", key, hmac}, false},
		)
	}
	return list
}

func TestRoleAllowsExactlyWhatTheStepIsGranted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := someGrants(rt)
		role := roomOf(t, task(g), g).Resources["ActRole"]
		all := slices.Concat(tableAttempts("PeopleTable", g.People), tableAttempts("DossiersTable", g.Dossiers), fileAttempts(g.Files), otherAttempts(g))
		for _, a := range all {
			if got := allowed(t, role, a.request); got != a.granted {
				rt.Errorf("%s on %s with %v: allowed %v, granted %v by %+v", a.action, a.resource, a.context, got, a.granted, g)
			}
		}
	})
}

func TestTemplateDeclaresTheParametersItRefersTo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := someGrants(rt)
		s := task(g)
		s.Kind = rapid.SampledFrom([]step.Kind{step.KindTask, step.KindHTTP, step.KindEvent}).Draw(rt, "kind")
		switch s.Kind {
		case step.KindEvent:
			s.Source = rapid.SampledFrom([]step.Source{step.DossierChanges, step.PeopleChanges, step.MailFeedback}).Draw(rt, "source")
		case step.KindHTTP:
			s.Route = step.Route{Method: "GET", Path: "/api/room/{id}"}
		}
		text, err := stack.Room("room", []stack.Function{{Step: s, Grants: g}}, machines)
		if err != nil {
			rt.Fatal(err)
		}
		read, err := stack.Read(text)
		if err != nil {
			rt.Fatal(err)
		}
		for name := range read.Parameters {
			if !strings.Contains(string(text), "!Ref "+name+"\n") && !strings.Contains(string(text), "!Ref "+name+"]") && !strings.Contains(string(text), "${"+name+"}") {
				rt.Errorf("nothing refers to the parameter %s", name)
			}
		}
		known := func(name string) bool {
			_, parameter := read.Parameters[name]
			_, resource := read.Resources[name]
			return parameter || resource || strings.HasPrefix(name, "AWS::")
		}
		for _, match := range referred.FindAllStringSubmatch(string(text), -1) {
			if name, _, _ := strings.Cut(match[1]+match[2], "."); !known(name) {
				rt.Errorf("%s is neither a parameter nor a resource", name)
			}
		}
	})
}
