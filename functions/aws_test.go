package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal/functions/certificates"
	"portal/infra"
	"portal/infra/aws"
	"portal/infra/awstest"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
	"portal/shared/people"
)

// artefact builds what is deployed, for this machine's processor.
func artefact(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	build := exec.Command("go", "build", "-tags", "lambda,lambda.norpc", "-trimpath", "-ldflags=-s -w -buildid=", "-o", filepath.Join(dir, "bootstrap"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return dir
}

// lambdaEnvironment is the environment of a function, on servers of this machine.
func lambdaEnvironment(dynamo, ses string) map[string]string {
	return map[string]string{
		"AWS_REGION": "eu-west-3", "AWS_ENDPOINT_URL_DYNAMODB": dynamo, "AWS_ENDPOINT_URL_SESV2": ses,
		"TABLE_PEOPLE": infra.PeopleTable, "TABLE_DOSSIERS": infra.DossiersTable,
		"BASE_URL": "https://portal.example", "SENDER": "noreply@portal.example", "CONFIGURATION_SET": "portal",
		"ASSISTANCE_PHONE": "05 20 47 31 00", "ASSISTANCE_ADDRESS": "http://reclamation.portnet.ma/", "ORIGIN_SECRET": "s3cret",
	}
}

func invoke(t *testing.T, url, event string) []byte {
	t.Helper()
	answer, err := http.Post(url, "application/json", strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestTheArtefactRunsAsALambda runs the very binary that is deployed under the
// Lambda runtime protocol: an HTTP step, a task and a schedule, over DynamoDB
// and SES as others built them.
func TestTheArtefactRunsAsALambda(t *testing.T) {
	dynamo, ses := awstest.DynamoDB(t), awstest.SES(t)
	awstest.Tables(t, dynamo)
	awstest.Sender(t, ses, "noreply@portal.example")
	dir := artefact(t)
	env := lambdaEnvironment(dynamo, ses)
	number := issueLongAgo(t, env)

	t.Run("an HTTP step answers an API Gateway event", func(t *testing.T) {
		url := awstest.RuntimeAPI(t, dir, "certificates/check", env)
		for secret, want := range map[string]int{"s3cret": http.StatusOK, "guessed": http.StatusForbidden} {
			event := fmt.Sprintf(`{"version":"2.0","rawPath":"/api/certificates/%s","headers":{"accept-language":"fr","x-origin-secret":%q},"requestContext":{"http":{"method":"GET","path":"/api/certificates/%s","sourceIp":"192.0.2.1"}}}`, number, secret, number)
			var answer struct {
				StatusCode int    `json:"statusCode"`
				Body       string `json:"body"`
			}
			if err := json.Unmarshal(invoke(t, url, event), &answer); err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != want {
				t.Fatalf("with secret %q: %d %s, want %d", secret, answer.StatusCode, answer.Body, want)
			}
			if want == http.StatusOK && (!strings.Contains(answer.Body, number) || !strings.Contains(answer.Body, "Expiré")) {
				t.Errorf("answered %s", answer.Body)
			}
		}
	})

	t.Run("a task answers its state machine", func(t *testing.T) {
		url := awstest.RuntimeAPI(t, dir, "lifecycle/next", env)
		if got := string(invoke(t, url, `{"dossier":"nobody","generation":1,"n":4}`)); !strings.Contains(got, `"action":"superseded"`) {
			t.Errorf("answered %s", got)
		}
	})

	t.Run("a schedule marks what is due and tells its holder", func(t *testing.T) {
		url := awstest.RuntimeAPI(t, dir, "sweeps/expire_certificates", env)
		if got := string(invoke(t, url, `{}`)); !strings.Contains(got, `"done":1`) {
			t.Fatalf("answered %s", got)
		}
		if got := string(invoke(t, url, `{}`)); !strings.Contains(got, `"done":0`) {
			t.Errorf("a second run answered %s", got)
		}
		sent := awstest.SentMails(t, ses)
		if len(sent) != 1 || !bytes.Contains([]byte(fmt.Sprint(sent[0])), []byte("samira@example.com")) {
			t.Errorf("%d letters were sent", len(sent))
		}
	})

	t.Run("an unknown handler dies at once", func(t *testing.T) {
		command := exec.Command(filepath.Join(dir, "bootstrap"))
		command.Env = []string{"_HANDLER=conformity/forge", "AWS_REGION=eu-west-3"}
		if out, err := command.CombinedOutput(); err == nil || !strings.Contains(string(out), "no such step") {
			t.Errorf("%v: %s", err, out)
		}
	})
}

// issueLongAgo enters a certificate, expired by now, through the real table.
func issueLongAgo(t *testing.T, env map[string]string) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	ports := aws.Ports(func(name string) string {
		if v, ok := env[name]; ok {
			return v
		}
		return os.Getenv(name)
	})
	issued := time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)
	number, err := identifiers.NewCertificateNumber(identifiers.COC, issued, 17)
	if err != nil {
		t.Fatal(err)
	}
	entry := certificates.Entry{
		Certificate: certificate.Certificate{
			Number: number, Dossier: "d", Holder: "org", Bureau: "BV", Route: "A", Issued: issued,
			Expires: calendar.DateIn(issued).AddMonths(3), Status: certificate.Valid,
		},
		BureauName: "Bureau Veritas Maroc", Body: "bureau-BV", Recipient: "p1", Lines: 1,
	}
	goods := []certificates.Goods{{N: 1, HS: "8516.10.00.90", Designation: "Bouilloire", Origin: "CN", Quantity: "1", Unit: "C62"}}
	if err := certificates.Stage(t.Context(), ports.Dossiers, number, goods); err != nil {
		t.Fatal(err)
	}
	if err := ports.Dossiers.Write(t.Context(), certificates.Issue(entry, certificates.Act{At: entry.Issued})...); err != nil {
		t.Fatal(err)
	}
	holder := people.Person{ID: "p1", Status: people.Active, Name: "Samira Bennani", Email: "samira@example.com", Lang: "fr",
		Memberships: []people.Membership{{Organisation: "org", Roles: []people.Role{people.Declarant}}}}
	if err := ports.People.Write(t.Context(), infra.Put{Key: infra.Key{PK: people.PersonPK("p1"), SK: "person"}, Value: holder}); err != nil {
		t.Fatal(err)
	}
	return number.String()
}

func TestTheDescriptionIsValidOpenAPI(t *testing.T) {
	doc, err := describe(onAWS)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := awstest.Command(t, "openapi-spec-validator", "--schema", "3.1", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
