package aws

import "portal/infra"

// Ports is every port on AWS. It builds no client and asks nothing of the
// network: that waits for the first use of each port. getenv is os.Getenv, or a
// test's own; the package documentation lists what it is asked.
func Ports(getenv func(string) string) infra.Ports { return ports(environment(getenv), clock{}) }

// ports reads a clock, which tests move.
func ports(env environment, clock infra.Clock) infra.Ports {
	c := newClients(env)
	return infra.Ports{
		People:     &table{name: infra.PeopleTable, env: env, client: c.dynamo, clock: clock},
		Dossiers:   &table{name: infra.DossiersTable, env: env, client: c.dynamo, clock: clock},
		Files:      &files{env: env, client: c.s3, clock: clock},
		Mail:       &mail{env: env, client: c.ses, clock: clock},
		Executions: &executions{env: env, client: c.sfn},
		MAC:        &mac{env: env, client: c.kms},
		Clock:      clock,
		IDs:        infra.NewIDs(clock),
		Settings:   env.settings(),
	}
}
