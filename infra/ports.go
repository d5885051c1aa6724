// Package infra declares every port of the portal: what its steps ask of the
// outside world. Each port has two sides, infra/aws and infra/local, and one
// conformance suite in infra/porttest that both pass.
package infra

import (
	"context"
	"encoding/json"
	"time"

	fast "github.com/segmentio/encoding/json"

	"portal/shared/step"
)

// Ports is everything a step may use. A step receives it narrowed to its
// declared grants (see Restrict), on one machine exactly as on AWS.
type Ports struct {
	People     Table // accounts, sessions, links, rate limits
	Dossiers   Table // dossiers, events, certificates, counters
	Files      Files
	Mail       Mail
	Executions Executions
	MAC        MAC
	Clock      Clock
	IDs        IDs
	Settings   Settings
}

// Maker builds a step on its ports. Building is cheap and touches no port, so
// the whole list can be built to find one step by name.
type Maker func(Ports) step.Step

// Settings is what differs between two deployments and is no secret.
type Settings struct {
	BaseURL     string // https://portal.example, no final slash; links in mails and QR codes start with it
	Sender      string // address the mails come from
	Assistance  Assistance
	SecureOnly  bool // cookies carry Secure and the __Host- prefix; off only on plain-HTTP loopback
	Environment string
}

// Assistance is the help block of the header and of every mail.
type Assistance struct {
	Phone   string
	Address string
}

// Table is an ordered key-value store with atomic conditional writes: DynamoDB,
// or a bbolt file. Rows whose expiry has passed are invisible to every verb,
// conditions included, before they are physically deleted.
type Table interface {
	// Get reads one row, strongly consistent. ErrNotFound when absent.
	Get(ctx context.Context, key Key) (Row, error)
	// Query reads a range of one partition in key order. On the table itself it
	// is strongly consistent; on an index, eventually, and rows with one key
	// there come in no promised order. Bounds that cross give no rows.
	// ErrBadCursor when the cursor was not made by the same query.
	Query(ctx context.Context, q Query) (Page, error)
	// Write does all operations or none. *Refused names the operations whose
	// condition failed. Limits (both sides, ErrLimit): 100 operations, 4 MB in
	// all, 400 KB a row, no two operations on one key, no empty key, numbers of
	// 38 digits, 32 levels of nesting (see CheckWrite). No operations: nothing.
	// Conflicts with rival transactions are retried inside, never returned.
	Write(ctx context.Context, ops ...Op) error
	// Draw adds one to a counter row (its attribute DrawAttr) and returns the
	// new value, from 1.
	// Values are never returned twice; one is lost when its user fails, so
	// sequences have gaps.
	Draw(ctx context.Context, key Key) (int64, error)
}

// Key names a row: partition and sort key, both non-empty, at most 1 KB each.
type Key struct{ PK, SK string }

// Row is a stored row; Value is its JSON object without key, index or expiry
// attributes.
type Row struct {
	Key
	Value json.RawMessage
}

// Decode reads the row's value into v.
func (r Row) Decode(v any) error {
	_, err := fast.Parse(r.Value, v, fast.DontCopyString|fast.DontCopyRawMessage)
	return err
}

// Query is a range of one partition of the table, or of one of its indexes.
type Query struct {
	Index      string // "" for the table
	PK         string
	Prefix     string // of the sort key; excludes From and To
	From, To   string // inclusive bounds of the sort key; "" is open
	Descending bool
	Limit      int    // rows a page, 1 to 1000; 0 means 100
	Cursor     string // of the page before, whose Limit may differ; "" for the first
}

// Page is one page of a query. Cursor is "" on the last; a page may be empty
// and still have a cursor.
type Page struct {
	Rows   []Row
	Cursor string
}

// Op is one operation of a Write: Put, Add, Delete or Check.
type Op interface{ Target() Key }

// Put stores a row whole. Value is marshalled as a JSON object; numbers come
// back equal but perhaps written otherwise (1.50 as 1.5). Its attributes may
// not be called pk, sk, ttl, or <index>_pk and <index>_sk. Index gives the
// row's key in each sparse index it appears in; Expires, when set, the instant
// from which it is invisible (fractions of a second are cut off).
type Put struct {
	Key
	Value   any
	Index   map[string]Key
	Expires time.Time
	If      []Cond
}

// Add adds to integer attributes, creating the row and attributes from zero.
// It leaves the other attributes, the indexes and the expiry of an existing
// row alone; Expires is set only on creation. Adding to text is an error.
type Add struct {
	Key
	Values  map[string]int64
	Expires time.Time
	If      []Cond
}

// Delete removes a row; an absent row is no error unless If says so.
type Delete struct {
	Key
	If []Cond
}

// Check only evaluates its conditions, of which it needs one.
type Check struct {
	Key
	If []Cond
}

// Target is the key the operation works on.
func (o Put) Target() Key    { return o.Key }
func (o Add) Target() Key    { return o.Key }
func (o Delete) Target() Key { return o.Key }
func (o Check) Target() Key  { return o.Key }

// Cond is a condition on a row as it stands before the Write. Conditions of
// one operation are all required. A missing attribute fails Equals and Below.
type Cond struct {
	Test  CondTest
	Attr  string // top-level JSON attribute; unused by Absent and Present
	Value any    // string, bool or integer
}

// CondTest is what a condition tests.
type CondTest int

// The tests of a condition.
const (
	RowAbsent CondTest = iota
	RowPresent
	AttrEquals
	AttrBelow   // numbers only
	AttrMissing // the row may be there or not
)

// Absent requires that the row is not there (or has expired).
func Absent() Cond { return Cond{Test: RowAbsent} }

// Present requires that the row is there.
func Present() Cond { return Cond{Test: RowPresent} }

// Equals requires that a top-level attribute has this value.
func Equals(attr string, value any) Cond { return Cond{Test: AttrEquals, Attr: attr, Value: value} }

// Below requires that a numeric top-level attribute is smaller than value.
func Below(attr string, value int64) Cond { return Cond{Test: AttrBelow, Attr: attr, Value: value} }

// Missing requires that the row, or its attribute, is not there.
func Missing(attr string) Cond { return Cond{Test: AttrMissing, Attr: attr} }

// Files stores documents. Keys are slash-separated ASCII paths (see
// CheckFileKey); those under incoming/ vanish after a day, those under exports/
// after eight (see Vanishing). Forms and links are
// valid for a second to seven days.
type Files interface {
	// UploadForm signs a form with which a browser posts one file straight to
	// the store, which itself refuses another key, another content type, more
	// than MaxBytes, an empty file, or a late post.
	UploadForm(ctx context.Context, u Upload) (UploadForm, error)
	// Read returns a file's bytes. ErrNotFound; ErrTooLarge over max bytes.
	Read(ctx context.Context, key string, max int64) ([]byte, error)
	// Put stores a file; the same key and bytes again change nothing.
	Put(ctx context.Context, key, contentType string, data []byte) error
	// Delete removes a file; an absent one is no error.
	Delete(ctx context.Context, key string) error
	// Link signs an address that downloads the file under this name until the
	// time is up. It does not tell whether the file exists.
	Link(ctx context.Context, key, filename string, valid time.Duration) (string, error)
}

// Upload is what an upload form allows.
type Upload struct {
	Key         string
	ContentType string
	MaxBytes    int64
	Valid       time.Duration
}

// UploadForm is a multipart/form-data form: every field, then the file in a
// last part named "file".
type UploadForm struct {
	URL    string            `json:"url" doc:"Where to post the form"`
	Fields map[string]string `json:"fields" doc:"Fields to send before the file, as they are"`
}

// Mail sends letters.
type Mail interface {
	// Send hands a letter over for delivery. ErrSuppressed when the address
	// bounced or complained before; any other error may be retried.
	Send(ctx context.Context, l Letter) error
}

// Letter is one mail to one person. ID is stable over retries and becomes the
// Message-ID, so that a letter handed over twice can be told from two letters.
type Letter struct {
	ID      string
	Kind    string // catalogue key such as conformity_deposited; a tag, no personal data
	From    string
	To      string
	Subject string
	Text    string
	HTML    string
	Lang    string // fr, ar or en
}

// Executions runs state machines: Step Functions, or the runner of
// infra/local.
type Executions interface {
	// Start begins an execution under a name that is never used again.
	// ErrExecutionExists when the name was used, whatever became of it.
	Start(ctx context.Context, machine, name string, input any) error
	// Wake ends the wait on a task token with an empty object as output.
	// ErrTokenGone when nobody waits on it any more.
	Wake(ctx context.Context, token string) error
	// State tells what became of an execution. ErrNotFound when unknown.
	State(ctx context.Context, machine, name string) (ExecutionState, error)
}

// ExecutionState is what became of an execution.
type ExecutionState string

// The states of an execution. Failed covers time-outs and aborts.
const (
	Running   ExecutionState = "running"
	Succeeded ExecutionState = "succeeded"
	Failed    ExecutionState = "failed"
)

// MAC authenticates short messages under keys that never leave their store
// (KMS, or a key file).
type MAC interface {
	// Sum is HMAC-SHA-256 of message (1 to 4,096 bytes, ErrLimit) under the key
	// for this purpose.
	Sum(ctx context.Context, purpose string, message []byte) ([]byte, error)
}

// Clock tells the time; steps ask it instead of time.Now.
type Clock interface{ Now() time.Time }

// IDs makes identifiers and secrets.
type IDs interface {
	// New is a new identifier: 26 characters of Crockford's base 32 (ULID
	// shape), in the order of their making to the millisecond, 80 random bits.
	New() string
	// Secret is 256 random bits.
	Secret() [32]byte
}
