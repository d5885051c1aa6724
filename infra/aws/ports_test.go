package aws

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/porttest"
	"portal/shared/step"
)

func TestSettingsComeFromTheEnvironment(t *testing.T) {
	got := Ports(variables(map[string]string{
		"BASE_URL": "https://portal.example/", "SENDER": "portal@example.com", "ENVIRONMENT": "test",
		"ASSISTANCE_PHONE": "05 20 47 31 00", "ASSISTANCE_ADDRESS": "http://reclamation.portnet.ma/",
	})).Settings
	want := infra.Settings{
		BaseURL: "https://portal.example", Sender: "portal@example.com", SecureOnly: true, Environment: "test",
		Assistance: infra.Assistance{Phone: "05 20 47 31 00", Address: "http://reclamation.portnet.ma/"},
	}
	if got != want {
		t.Errorf("settings %+v, want %+v", got, want)
	}
}

func TestVariablesAreThoseOfTheGrants(t *testing.T) {
	for _, test := range []struct {
		kind   step.Kind
		grants step.Grants
		want   []string
	}{
		{step.KindTask, step.Grants{}, []string{"BASE_URL"}},
		{step.KindHTTP, step.Grants{People: step.TableGrants{Index: map[string][]string{"pending": {"p#"}}}}, []string{"BASE_URL", "ORIGIN_SECRET", "TABLE_PEOPLE"}},
		{step.KindTask, step.Grants{Dossiers: step.TableGrants{Write: []string{"dossier#"}}, Files: step.FileGrants{Delete: []string{"incoming/"}}}, []string{"BASE_URL", "TABLE_DOSSIERS", "BUCKET"}},
		{step.KindEvent, step.Grants{Mail: true, Start: []string{"conformity-review"}, Wake: true, MAC: []string{"mail-link"}}, []string{"BASE_URL", "SENDER", "CONFIGURATION_SET", "MACHINE_CONFORMITY_REVIEW_ARN", "MAC_KEY_MAIL_LINK"}},
	} {
		if got := Variables(test.kind, test.grants); !slices.Equal(got, test.want) {
			t.Errorf("%s %+v: %q, want %q", test.kind, test.grants, got, test.want)
		}
	}
}

func TestPortsSayWhichVariableIsMissing(t *testing.T) {
	p := Ports(func(string) string { return "" })
	for want, do := range map[string]func() error{
		"TABLE_PEOPLE":        func() error { _, err := p.People.Get(t.Context(), rowA); return err },
		"TABLE_DOSSIERS":      func() error { return p.Dossiers.Write(t.Context(), put(rowA)) },
		"BUCKET":              func() error { return p.Files.Delete(t.Context(), "incoming/a") },
		"CONFIGURATION_SET":   func() error { return p.Mail.Send(t.Context(), letter) },
		"MACHINE_A_B_ARN":     func() error { return p.Executions.Start(t.Context(), "a-b", "n", nil) },
		"MAC_KEY_MAIL_LINK":   func() error { _, err := p.MAC.Sum(t.Context(), "mail-link", []byte("m")); return err },
		"AWS_REGION":          func() error { return p.Executions.Wake(t.Context(), "token") },
		"AWS_ACCESS_KEY_ID":   func() error { return noCredentials().Wake(t.Context(), "token") },
		"TABLE_DOSSIERS is n": func() error { _, err := p.Dossiers.Draw(t.Context(), rowA); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want a word of %s", err, want)
		}
	}
}

func noCredentials() infra.Executions {
	return Ports(func(name string) string {
		return map[string]string{"AWS_REGION": "eu-west-3", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}[name]
	}).Executions
}

func TestClientsAreMadeOnceAndWithTheFunctionsCredentials(t *testing.T) {
	s, address := play(t, done)
	asked := map[string]int{}
	all := variables(map[string]string{"AWS_ENDPOINT_URL": address, "AWS_SESSION_TOKEN": "session", "TABLE_DOSSIERS": "d"})
	p := Ports(func(name string) string { asked[name]++; return all(name) })
	if asked["AWS_REGION"] != 0 {
		t.Error("a client was made before its first use")
	}
	for range 3 {
		if err := p.Dossiers.Write(t.Context(), put(rowA)); err != nil {
			t.Fatal(err)
		}
	}
	if asked["AWS_REGION"] != 1 || asked["AWS_ENDPOINT_URL_DYNAMODB"] != 1 || asked["AWS_ENDPOINT_URL_S3"] != 0 {
		t.Errorf("asked %v", asked)
	}
	header := s.requests[0].header
	if header.Get("X-Amz-Security-Token") != "session" || !strings.Contains(header.Get("Authorization"), "/eu-west-3/dynamodb/") {
		t.Errorf("signed with %q", header)
	}
}

func TestUploadFormsBindEveryField(t *testing.T) {
	clock := porttest.NewClock(time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC))
	f := ports(variables(map[string]string{"BUCKET": "portal-files", "AWS_SESSION_TOKEN": "session"}), clock).Files
	form, err := f.UploadForm(t.Context(), infra.Upload{Key: "incoming/a.pdf", ContentType: "application/pdf", MaxBytes: 3 << 20, Valid: 10 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if form.URL != "https://portal-files.s3.eu-west-3.amazonaws.com" && form.URL != "https://portal-files.s3.eu-west-3.amazonaws.com/" {
		t.Errorf("address %s", form.URL)
	}
	raw, err := base64.StdEncoding.DecodeString(form.Fields["policy"])
	if err != nil {
		t.Fatal(err)
	}
	var policy struct {
		Expiration string
		Conditions []any
	}
	if err := json.Unmarshal(raw, &policy); err != nil {
		t.Fatal(err)
	}
	if policy.Expiration != "2026-03-14T09:36:53Z" {
		t.Errorf("expires %s", policy.Expiration)
	}
	conditions := map[string]bool{}
	for _, c := range policy.Conditions {
		conditions[fmt.Sprint(c)] = true
	}
	for name, value := range form.Fields {
		if name == "policy" || name == "X-Amz-Signature" {
			continue
		}
		if want := fmt.Sprint(map[string]any{name: value}); !conditions[want] {
			t.Errorf("no condition %s", want)
		}
		delete(conditions, fmt.Sprint(map[string]any{name: value}))
	}
	for _, want := range []string{"[content-length-range 1 3.145728e+06]", "map[bucket:portal-files]"} {
		if !conditions[want] {
			t.Errorf("no condition %s", want)
		}
		delete(conditions, want)
	}
	if len(conditions) != 0 {
		t.Errorf("conditions that no field meets: %v", conditions)
	}
}

func TestLinksNameTheDownload(t *testing.T) {
	f := Ports(variables(map[string]string{"BUCKET": "portal-files"})).Files
	link, err := f.Link(t.Context(), "documents/a", "Certificat n° 1.pdf", 5*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Query().Get("response-content-disposition"); got != infra.Disposition("Certificat n° 1.pdf") {
		t.Errorf("disposition %q", got)
	}
	if u.Path != "/documents/a" || u.Query().Get("X-Amz-Expires") != "300" {
		t.Errorf("link %s", link)
	}
}

func TestReadStopsAtTheMaximumWhateverIsAnnounced(t *testing.T) {
	chunk := strings.Repeat("x", 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush() // no length announced
		for n := 0; n < 1000 || strings.HasSuffix(r.URL.Path, "/endless"); n++ {
			if _, err := fmt.Fprint(w, chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	f := Ports(variables(map[string]string{"BUCKET": "b", "AWS_ENDPOINT_URL_S3": server.URL})).Files
	for _, key := range []string{"documents/a", "documents/endless"} {
		if _, err := f.Read(t.Context(), key, 999_999); !errors.Is(err, infra.ErrTooLarge) {
			t.Errorf("read of %s = %v, want ErrTooLarge", key, err)
		}
	}
	if data, err := f.Read(t.Context(), "documents/a", 1_000_000); err != nil || len(data) != 1_000_000 {
		t.Errorf("read = %d bytes, %v", len(data), err)
	}
}

// Without s3:ListBucket S3 forbids to read what is not there: that is a fault
// of the role, never a missing file.
func TestAForbiddenFileIsNotAMissingOne(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer server.Close()
	f := Ports(variables(map[string]string{"BUCKET": "b", "AWS_ENDPOINT_URL_S3": server.URL})).Files
	if _, err := f.Read(t.Context(), "documents/a", 1); err == nil || errors.Is(err, infra.ErrNotFound) {
		t.Errorf("read = %v", err)
	}
	if err := f.Delete(t.Context(), "documents/a"); err == nil {
		t.Error("a forbidden deletion was done")
	}
}

var letter = infra.Letter{
	ID: "01JPA9V7M0", Kind: "conformity_deposited", From: "portal@example.com", To: "amina@example.com",
	Subject: "Dépôt", Text: "Bonjour", HTML: "<p>Bonjour</p>", Lang: "fr",
}

func TestMailErrorsNameNobody(t *testing.T) {
	for name, test := range map[string]struct {
		answer     answer
		suppressed bool
	}{
		"an address that bounced": {failure("MessageRejected", "Address amina@example.com is on the suppression list"), true},
		"an unverified sender":    {failure("MessageRejected", "Email address is not verified: portal@example.com, amina@example.com"), false},
		"a bad request":           {failure("BadRequestException", "Missing final '@domain' in amina@example.com"), false},
		"a broken connection":     {answer{lost: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			notListed := failure("NotFoundException", "not listed")
			notListed.status = http.StatusNotFound
			_, address := play(t, notListed, test.answer)
			err := Ports(variables(map[string]string{"AWS_ENDPOINT_URL_SESV2": address, "CONFIGURATION_SET": "portal"})).Mail.Send(t.Context(), letter)
			if err == nil || errors.Is(err, infra.ErrSuppressed) != test.suppressed || strings.Contains(err.Error(), "@") {
				t.Errorf("send = %v", err)
			}
		})
	}
}

func TestMailIsSentWhenTheSuppressionListCannotBeAsked(t *testing.T) {
	s, address := play(t, failure("TooManyRequestsException", "once a second"), answer{body: `{"MessageId":"0107"}`})
	p := Ports(variables(map[string]string{"AWS_ENDPOINT_URL_SESV2": address, "CONFIGURATION_SET": "portal"}))
	if err := p.Mail.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if len(s.requests) != 2 {
		t.Fatalf("%d requests", len(s.requests))
	}
	body := s.requests[1].body
	if fmt.Sprint(body["EmailTags"]) != "[map[Name:kind Value:conformity_deposited]]" || body["ConfigurationSetName"] != "portal" ||
		body["FromEmailAddress"] != "portal@example.com" || fmt.Sprint(body["Destination"]) != "map[ToAddresses:[amina@example.com]]" {
		t.Errorf("sent %v", body)
	}
}

func TestMailAsksNoMoreWhenTheRoleForbidsIt(t *testing.T) {
	forbidden := failure("AccessDeniedException", "not authorized")
	forbidden.status = http.StatusForbidden
	s, address := play(t, forbidden, answer{body: `{"MessageId":"0107"}`})
	p := Ports(variables(map[string]string{"AWS_ENDPOINT_URL_SESV2": address, "CONFIGURATION_SET": "portal"}))
	for range 2 {
		if err := p.Mail.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.requests) != 3 {
		t.Errorf("%d requests for two letters, want 3", len(s.requests))
	}
}

func TestExecutionsReadEveryState(t *testing.T) {
	machine := "arn:aws:states:eu-west-3:123456789012:stateMachine:conformity-review"
	for status, want := range map[string]infra.ExecutionState{
		"RUNNING": infra.Running, "PENDING_REDRIVE": infra.Running, "SUCCEEDED": infra.Succeeded,
		"FAILED": infra.Failed, "TIMED_OUT": infra.Failed, "ABORTED": infra.Failed,
	} {
		s, address := play(t, answer{body: fmt.Sprintf(`{"status":%q}`, status)})
		p := Ports(variables(map[string]string{"AWS_ENDPOINT_URL_SFN": address, "MACHINE_CONFORMITY_REVIEW_ARN": machine}))
		if got, err := p.Executions.State(t.Context(), "conformity-review", "d1-g1"); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", status, got, err, want)
		}
		if got := s.requests[0].body["executionArn"]; got != "arn:aws:states:eu-west-3:123456789012:execution:conformity-review:d1-g1" {
			t.Errorf("asked for %v", got)
		}
	}
}

// Step Functions calls a repeated start of a running execution a success.
func TestAStartedNameIsNeverStartedAgain(t *testing.T) {
	unknown := failure("ExecutionDoesNotExist", "unknown")
	for name, test := range map[string]struct {
		answers []answer
		exists  bool
		sent    string
	}{
		"a new name":     {[]answer{unknown, {body: `{"executionArn":"a","startDate":1}`}}, false, "DescribeExecution StartExecution"},
		"a running one":  {[]answer{{body: `{"status":"RUNNING"}`}}, true, "DescribeExecution"},
		"a rival's name": {[]answer{unknown, failure("ExecutionAlreadyExists", "exists")}, true, "DescribeExecution StartExecution"},
	} {
		t.Run(name, func(t *testing.T) {
			s, address := play(t, test.answers...)
			p := Ports(variables(map[string]string{"AWS_ENDPOINT_URL_SFN": address, "MACHINE_M_ARN": "arn:aws:states:eu-west-3:1:stateMachine:m"}))
			if err := p.Executions.Start(t.Context(), "m", "n", struct{}{}); errors.Is(err, infra.ErrExecutionExists) != test.exists || !test.exists && err != nil {
				t.Errorf("start = %v", err)
			}
			if got := s.operations(); got != test.sent {
				t.Errorf("sent %s, want %s", got, test.sent)
			}
		})
	}
}

func TestATokenNobodyWaitsOnIsGone(t *testing.T) {
	for kind, gone := range map[string]bool{"TaskTimedOut": true, "TaskDoesNotExist": true, "InvalidToken": true, "InvalidOutput": false} {
		s, address := play(t, failure(kind, "why"))
		err := Ports(variables(map[string]string{"AWS_ENDPOINT_URL_SFN": address})).Executions.Wake(t.Context(), "token")
		if err == nil || errors.Is(err, infra.ErrTokenGone) != gone {
			t.Errorf("%s: %v", kind, err)
		}
		if s.requests[0].body["output"] != "{}" {
			t.Errorf("output %v", s.requests[0].body["output"])
		}
	}
}
