package infra

// Index is one sparse secondary index. A row is in it when its Put gave it a
// key there. On DynamoDB it is a global secondary index over the attributes
// <name>_pk and <name>_sk, projecting everything.
type Index struct {
	Table string
	Name  string
	For   string // the question it answers; docs/table.md repeats it
}

// The names of the two tables.
const (
	PeopleTable   = "people"
	DossiersTable = "dossiers"
)

// Indexes lists every index of every table, once.
var Indexes = []Index{
	{PeopleTable, "pending", "account mails not yet sent, oldest first"},
	{DossiersTable, "pending", "dossiers whose execution has not yet heard the last event, and exports being made, oldest first"},
	{DossiersTable, "owner", "an organisation's dossiers or certificates, a person's exports, by date"},
	{DossiersTable, "owner_status", "an organisation's dossiers in one status, by date of deposit; its certificates of one kind in one status, by last day"},
	{DossiersTable, "body", "a treating body's dossiers, by date of deposit, or the certificates it issued"},
	{DossiersTable, "queue", "a treating body's dossiers in one status, by date of deposit; what it issued of one kind in one status, by last day"},
	{DossiersTable, "agent", "an agent's open or closed dossiers, by date of deposit"},
	{DossiersTable, "due", "certificates to expire, to remind of or to tell of, and open dossiers, by day"},
}

// HasIndex tells whether a table has an index of this name.
func HasIndex(table, name string) bool {
	for _, i := range Indexes {
		if i.Table == table && i.Name == name {
			return true
		}
	}
	return false
}
