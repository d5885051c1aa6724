package stack

import (
	"maps"
	"regexp"
	"slices"

	"portal/infra"
	"portal/shared/step"
)

// statement allows actions on resources. Values are YAML.
type statement struct {
	Sid        string
	Actions    []string
	Resources  []string
	Why        string // behind a resource that looks too wide
	Conditions []condition
}

// condition is one operator on one key; several of them are all required.
type condition struct {
	Operator, Key string
	Values        []string
}

// anywhere is the resource of actions for which AWS knows no resource.
const anywhere = `"*"`

// roleOf writes grants out as statements: one for each table and kind of
// access, one for each index, one for each verb of files.
func roleOf(g step.Grants, machines []string) []statement {
	list := []statement{
		{Sid: "Logs", Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resources: []string{"!GetAtt Log.Arn"}},
		{Sid: "Traces", Actions: []string{"xray:PutTelemetryRecords", "xray:PutTraceSegments"}, Resources: []string{anywhere}, Why: "X-Ray knows no resources"},
	}
	list = append(list, tableStatements("People", infra.PeopleTable, g.People)...)
	list = append(list, tableStatements("Dossiers", infra.DossiersTable, g.Dossiers)...)
	list = append(list, fileStatements(g.Files)...)
	if g.Mail {
		list = append(list, mailStatements()...)
	}
	list = append(list, machineStatements(g, machines)...)
	if len(g.MAC) > 0 {
		keys := statement{Sid: "Authenticate", Actions: []string{"kms:GenerateMac"},
			Conditions: []condition{{"StringEquals", "kms:MacAlgorithm", []string{"HMAC_SHA_256"}}}}
		for _, purpose := range g.MAC {
			keys.Resources = append(keys.Resources, "!Ref "+KeyParameter(purpose))
		}
		list = append(list, keys)
	}
	return list
}

func tableStatements(sid, table string, g step.TableGrants) []statement {
	arn := "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${" + tableParameter(table) + "}"
	var list []statement
	add := func(sid, resource string, prefixes []string, actions ...string) {
		if len(prefixes) > 0 {
			list = append(list, statement{Sid: sid, Actions: actions, Resources: []string{"!Sub " + resource}, Conditions: leading(prefixes)})
		}
	}
	add("Read"+sid, arn, g.Read, "dynamodb:GetItem", "dynamodb:Query")
	add("Write"+sid, arn, g.Write, "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
	for _, index := range slices.Sorted(maps.Keys(g.Index)) {
		add("Query"+sid+camel(index), arn+"/index/"+index, g.Index[index], "dynamodb:Query")
	}
	return list
}

// leading allows the partition keys that start with one of the prefixes. For
// all values of a key that is missing holds anything, hence the second
// condition.
func leading(prefixes []string) []condition {
	return []condition{
		{"ForAllValues:StringLike", "dynamodb:LeadingKeys", quoted(prefixes, "*")},
		{`"Null"`, "dynamodb:LeadingKeys", []string{`"false"`}},
	}
}

func fileStatements(g step.FileGrants) []statement {
	var list []statement
	add := func(sid, action string, prefixes []string) {
		if len(prefixes) == 0 {
			return
		}
		s := statement{Sid: sid, Actions: []string{action}}
		for _, prefix := range prefixes {
			s.Resources = append(s.Resources, "!Sub arn:${AWS::Partition}:s3:::${Bucket}/"+prefix+"*")
		}
		list = append(list, s)
	}
	add("ReadFiles", "s3:GetObject", g.Read)
	if len(g.Read) > 0 {
		// Without it S3 answers "forbidden" for a file that is not there.
		list = append(list, statement{Sid: "MissFiles", Actions: []string{"s3:ListBucket"}, Resources: []string{"!Sub arn:${AWS::Partition}:s3:::${Bucket}"},
			Conditions: []condition{{"StringLike", "s3:prefix", quoted(g.Read, "*")}}})
	}
	add("WriteFiles", "s3:PutObject", g.Write)
	add("DeleteFiles", "s3:DeleteObject", g.Delete)
	add("SignUploads", "s3:PutObject", g.Upload)
	return list
}

func mailStatements() []statement {
	ses := "!Sub arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
	return []statement{
		// Version 2 of the API asks for either action, by the kind of content.
		{Sid: "SendLetters", Actions: []string{"ses:SendEmail", "ses:SendRawEmail"},
			Resources:  []string{ses + "identity/${MailDomain}", ses + "configuration-set/${ConfigurationSet}"},
			Conditions: []condition{{"StringEquals", "ses:FromAddress", []string{"!Ref Sender"}}}},
		{Sid: "LookForSuppressed", Actions: []string{"ses:GetSuppressedDestination"}, Resources: []string{anywhere}, Why: "the list is the account's"},
	}
}

func machineStatements(g step.Grants, machines []string) []statement {
	var list []statement
	if len(g.Start) > 0 {
		start := statement{Sid: "StartMachines", Actions: []string{"states:StartExecution"}}
		look := statement{Sid: "LookAtExecutions", Actions: []string{"states:DescribeExecution"}}
		for _, machine := range g.Start {
			start.Resources = append(start.Resources, machineARN(machine))
			look.Resources = append(look.Resources, "!Sub arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:"+MachineName(machine)+":*")
		}
		list = append(list, start, look)
	}
	if g.Wake {
		wake := statement{Sid: "WakeMachines", Actions: []string{"states:SendTaskSuccess"}}
		for _, machine := range machines {
			wake.Resources = append(wake.Resources, machineARN(machine))
		}
		list = append(list, wake)
	}
	return list
}

func machineARN(machine string) string {
	return "!Sub arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:" + MachineName(machine)
}

// trigger is what the function's trigger itself needs of its role.
func trigger(s step.Step) []statement {
	var list []statement
	if stream := (function{step: s}).Stream(); stream != "" {
		table := tableParameter(infra.DossiersTable)
		if s.Source == step.PeopleChanges {
			table = tableParameter(infra.PeopleTable)
		}
		list = append(list,
			statement{Sid: "ReadChanges", Actions: []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}, Resources: []string{"!Ref " + stream}},
			statement{Sid: "ListStreams", Actions: []string{"dynamodb:ListStreams"},
				Resources: []string{"!Sub arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${" + table + "}/stream/*"}},
		)
	}
	if s.Kind == step.KindEvent || s.Schedule.Daily != "" {
		list = append(list, statement{Sid: "KeepMissed", Actions: []string{"sqs:SendMessage"}, Resources: []string{"!GetAtt Missed.Arn"}})
	}
	return list
}

var reference = regexp.MustCompile(`\$\{(\w+)\}|^!Ref (\w+)$`)

// needs lists the parameters that statements refer to.
func needs(statements []statement) []string {
	var list []string
	collect := func(value string) {
		for _, match := range reference.FindAllStringSubmatch(value, -1) {
			list = append(list, match[1]+match[2])
		}
	}
	for _, s := range statements {
		for _, r := range s.Resources {
			collect(r)
		}
		for _, c := range s.Conditions {
			for _, v := range c.Values {
				collect(v)
			}
		}
	}
	return list
}

// List is a condition's values as a YAML list.
func (c condition) List() string {
	if v := one(c.Values); v != "" {
		return v
	}
	out := "["
	for i, v := range c.Values {
		if i > 0 {
			out += ", "
		}
		out += v
	}
	return out + "]"
}

// Action is the actions as YAML.
func (s statement) Action() string { return condition{Values: s.Actions}.List() }
