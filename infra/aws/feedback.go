package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Feedback is the input of a step that listens to step.MailFeedback:
//
//	{"kind": "bounce" | "complaint", "addresses": ["…"]}
//
// A bounce is a permanent one: to write again would be useless. Bounces that
// may pass, deliveries, opens and the like never reach the step.
type Feedback struct {
	Kind      string   `json:"kind"`
	Addresses []string `json:"addresses"`
}

// The kinds of feedback.
const (
	Bounce    = "bounce"
	Complaint = "complaint"
)

// feedbackEvent is either shape in which SES's events arrive: records of an SNS
// topic, each with the event as text, or one EventBridge event with the event
// as detail.
type feedbackEvent struct {
	Records []struct {
		SNS struct {
			Message string `json:"Message"`
		} `json:"Sns"`
	} `json:"Records"`
	Detail json.RawMessage `json:"detail"`
}

// sesEvent is an event of a configuration set (eventType) or a notification of
// an identity (notificationType).
type sesEvent struct {
	EventType        string `json:"eventType"`
	NotificationType string `json:"notificationType"`
	Bounce           struct {
		Type       string      `json:"bounceType"`
		Recipients []recipient `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		Recipients []recipient `json:"complainedRecipients"`
	} `json:"complaint"`
}

type recipient struct {
	Address string `json:"emailAddress"`
}

// feedback runs the step for each bounce or complaint. One that fails fails the
// invocation, and Lambda sends all again: suppressing twice is suppressing.
func (f *Function) feedback(ctx context.Context, payload []byte) ([]byte, string, error) {
	heard, err := readFeedback(payload)
	if err != nil {
		return nil, "failed", fmt.Errorf("%s: %w", f.step.Name, err)
	}
	var failures []error
	for _, one := range heard {
		input, err := json.Marshal(one)
		if err == nil {
			err = f.guarded(ctx, input)
		}
		failures = append(failures, err)
	}
	if err := errors.Join(failures...); err != nil {
		return nil, "failed", err
	}
	return []byte("null"), fmt.Sprintf("%d heard", len(heard)), nil
}

func readFeedback(payload []byte) ([]Feedback, error) {
	var event feedbackEvent
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, errors.New("mail feedback is no JSON event")
	}
	raw := []json.RawMessage{}
	for _, record := range event.Records {
		raw = append(raw, json.RawMessage(record.SNS.Message))
	}
	if len(event.Detail) > 0 {
		raw = append(raw, event.Detail)
	}
	if len(raw) == 0 {
		return nil, errors.New("mail feedback comes neither from SNS nor from EventBridge")
	}
	var heard []Feedback
	for _, message := range raw {
		var one sesEvent
		if err := json.Unmarshal(message, &one); err != nil {
			return nil, errors.New("mail feedback is no event of SES")
		}
		if f := one.feedback(); len(f.Addresses) > 0 {
			heard = append(heard, f)
		}
	}
	return heard, nil
}

func (e sesEvent) feedback() Feedback {
	switch strings.ToLower(e.EventType + e.NotificationType) {
	case Bounce:
		if e.Bounce.Type == "Permanent" {
			return Feedback{Kind: Bounce, Addresses: addresses(e.Bounce.Recipients)}
		}
	case Complaint:
		return Feedback{Kind: Complaint, Addresses: addresses(e.Complaint.Recipients)}
	}
	return Feedback{}
}

// addresses takes the bare address of what may be "Name <address>".
func addresses(recipients []recipient) []string {
	var list []string
	for _, r := range recipients {
		address := r.Address
		if open := strings.LastIndexByte(address, '<'); open >= 0 {
			address = strings.TrimSuffix(address[open+1:], ">")
		}
		if address = strings.TrimSpace(address); address != "" {
			list = append(list, address)
		}
	}
	return list
}
