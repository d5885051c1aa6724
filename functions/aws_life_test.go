package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/demo/story"
	"portal/functions/administration"
	outbox "portal/functions/mail"
	"portal/infra"
	"portal/infra/aws"
	"portal/infra/awstest"
	"portal/infra/httpapi"
	"portal/shared/step"
	"portal/statemachines"
)

// TestAWholeLifeOnTheServicesOfOthers plays the demonstration's stories, as far
// as they go without time passing, on the AWS side of every port: DynamoDB, S3, SES, KMS and Step Functions as others built
// them, the last with an interpreter that is not ours. There is no doorbell:
// the test looks what is pending, as the sweeps do.
func TestAWholeLifeOnTheServicesOfOthers(t *testing.T) {
	dynamo, ses, keys := awstest.DynamoDB(t), awstest.SES(t), awstest.KMS(t)
	s3, key, secret, bucket := awstest.S3(t)
	awstest.Tables(t, dynamo)
	awstest.Sender(t, ses, "noreply@portal.example")
	env := lambdaEnvironment(dynamo, ses)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_S3": s3, "BUCKET": bucket, "AWS_ENDPOINT_URL_KMS": keys,
		"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": awstest.Region,
	} {
		env[name] = value
	}
	cloud := &cloud{t: t, steps: map[string]step.Step{}}
	env["AWS_ENDPOINT_URL_SFN"] = awstest.StepFunctions(t, cloud.invoke)
	env[aws.MachineVariable("conformity-review")] = awstest.Machine(t, env["AWS_ENDPOINT_URL_SFN"], "conformity-review", deployed(t, "conformity-review"))
	for _, s := range httpapi.Build(makers(), infra.Ports{}) {
		for _, purpose := range s.Grants.MAC {
			if name := aws.MACVariable(purpose); env[name] == "" {
				env[name] = awstest.MACKey(t, keys)
			}
		}
	}
	ports := aws.Ports(func(name string) string {
		if value, ok := env[name]; ok {
			return value
		}
		return os.Getenv(name)
	})
	if _, err := administration.Seed(t.Context(), ports); err != nil {
		t.Fatal(err)
	}
	built := httpapi.Build(makers(), ports)
	for _, s := range built {
		cloud.steps[s.Name] = s
	}
	server := httptest.NewTLSServer(cloud.handler(httpapi.New(built, ports, slog.New(slog.DiscardHandler)), ses))
	defer server.Close()

	ctx, stop := context.WithCancel(t.Context())
	reconciled := make(chan struct{})
	go func() {
		defer close(reconciled)
		cloud.follow(ctx, ports)
	}()
	var told bytes.Buffer
	err := story.Play(ctx, story.Portal{
		Base: server.URL, People: story.Demo(), Away: time.Minute, Still: true, Transport: server.Client().Transport,
	}, &told)
	stop()
	<-reconciled
	if err != nil {
		t.Fatalf("%v\n%s", err, told.Bytes())
	}
}

// deployed is a state machine as the template deploys it, functions named by
// their steps.
func deployed(t *testing.T, name string) string {
	t.Helper()
	definition, err := statemachines.Definition(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(definition)
	for _, maker := range makers() {
		s := maker(infra.Ports{})
		text = strings.ReplaceAll(text, "${"+statemachines.SubstitutionOf(s.Name)+"}", lambdaName(s.Name))
	}
	return text
}

// lambdaName is a step's name as a function's, which has no slash.
func lambdaName(step string) string { return strings.ReplaceAll(step, "/", "-") }

type cloud struct {
	t     *testing.T
	steps map[string]step.Step
}

// invoke runs the step behind a function.
func (c *cloud) invoke(function string, payload []byte) ([]byte, error) {
	s, ok := c.steps[strings.Replace(function, "-", "/", 1)]
	if !ok {
		return nil, errors.New("no such function: " + function)
	}
	return s.Run(context.Background(), payload)
}

// follow brings executions and letters along, again and again.
func (c *cloud) follow(ctx context.Context, ports infra.Ports) {
	for ctx.Err() == nil {
		if err := c.ring(ctx, ports); err != nil && ctx.Err() == nil {
			c.t.Logf("doorbell: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond): // servers of others have no clock of ours
		}
	}
}

func (c *cloud) ring(ctx context.Context, ports infra.Ports) error {
	_, err := c.steps["sweeps/reconcile"].Run(ctx, nil)
	if err != nil {
		return err
	}
	exports := c.steps["conformity/build_exports"]
	return errors.Join(
		c.tell(ctx, "mail/deliver", ports.People, outbox.Outbox),
		c.tell(ctx, exports.Name, ports.Dossiers, exports.Rings),
	)
}

// tell rings an event step for every row that is pending.
func (c *cloud) tell(ctx context.Context, name string, table infra.Table, pending string) error {
	page, err := table.Query(ctx, infra.Query{Index: "pending", PK: pending})
	if err != nil {
		return err
	}
	var ring step.Ring
	for _, row := range page.Rows {
		ring.Keys = append(ring.Keys, row.PK)
	}
	input, err := json.Marshal(ring)
	if err != nil {
		return err
	}
	_, err = c.steps[name].Run(ctx, input)
	return err
}

// handler is the portal and, for the story, the mailbox of its readers and a
// clock to look at.
func (c *cloud) handler(api http.Handler, ses string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", api)
	mux.HandleFunc("GET /local/clock", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]time.Time{"now": time.Now()})
	})
	mux.HandleFunc("GET /mailbox.json", func(w http.ResponseWriter, r *http.Request) {
		letters := []map[string]string{}
		for _, sent := range awstest.SentMails(c.t, ses) {
			if slices.Contains(sent.Destinations, r.URL.Query().Get("to")) {
				letters = append([]map[string]string{c.read(sent.Raw)}, letters...)
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"letters": letters})
	})
	return mux
}

// read takes the parts of a letter that the story looks at.
func (c *cloud) read(raw string) map[string]string {
	message, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		c.t.Error(err)
		return nil
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	id := strings.Trim(message.Header.Get("Message-ID"), "<>")
	id, _, _ = strings.Cut(id, "@")
	letter := map[string]string{"subject": subject, "id": id, "kind": kindOf(subject)}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		c.t.Error(err)
		return letter
	}
	part, err := multipart.NewReader(message.Body, params["boundary"]).NextPart()
	if err != nil {
		c.t.Error(err)
		return letter
	}
	text, err := io.ReadAll(part)
	if err != nil {
		c.t.Error(err)
	}
	letter["text"] = string(text)
	return letter
}

// kindOf tells the letters of the story apart by their French subjects, as
// people do.
func kindOf(subject string) string {
	for words, kind := range map[string]string{
		"mot de passe": "account_creation", "a été déposée": "conformity_deposited", "vous est affectée": "conformity_assigned",
		"documents à compléter": "conformity_complement", "visite d'inspection": "conformity_visit_planned",
		"visite effectuée": "conformity_visit_closed", ": Conforme": "conformity_closed", ": Partiellement conforme": "conformity_closed",
	} {
		if strings.Contains(subject, words) {
			return kind
		}
	}
	return ""
}
