package asl

import (
	"math"
	"strings"
	"time"
)

// task reads what only Task states have.
func (n node) task(s *state) {
	resource := n.required("Resource")
	switch text := resource.text(); text {
	case invokeResource, "": // an absent one is refused already
	case tokenResource:
		s.token = true
	default:
		resource.refuse("%s is not supported", text)
	}
	s.timeout = n.field("TimeoutSeconds").seconds()
	s.selector = n.field("ResultSelector").payload(false)
	n.invocation(s)
	retriers := n.field("Retry").list()
	for i, f := range retriers {
		s.retriers = append(s.retriers, f.retrier(i == len(retriers)-1))
	}
	catchers := n.field("Catch").list()
	for i, f := range catchers {
		s.catchers = append(s.catchers, f.catcher(i == len(catchers)-1))
	}
}

// invocation reads the Parameters of lambda:invoke.
func (n node) invocation(s *state) {
	p := n.required("Parameters")
	p.only("FunctionName", "Payload", "Payload.$")
	s.function = p.required("FunctionName").text()
	switch constant, path := p.field("Payload"), p.field("Payload.$"); {
	case constant.there && path.there:
		p.refuse("Payload is given both ways")
	case path.there:
		s.parameters = path.reference(s.token)
	case constant.there:
		s.parameters = constant.template(s.token)
	default:
		s.parameters = &template{fields: map[string]*template{}}
	}
	if s.token && !s.parameters.usesToken() {
		p.refuse("nobody can end the wait: the payload does not carry $$.%s", taskToken)
	}
}

func (n node) retrier(last bool) retrier {
	n.only("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds")
	r := retrier{
		errors:   n.errorNames(last),
		interval: time.Duration(n.field("IntervalSeconds").whole(1, 1)) * time.Second,
		attempts: n.field("MaxAttempts").whole(0, 3),
		backoff:  n.field("BackoffRate").number(1, 2),
		longest:  n.field("MaxDelaySeconds").seconds(),
	}
	if r.longest != 0 && r.longest <= r.interval {
		n.field("MaxDelaySeconds").refuse("must be greater than IntervalSeconds")
	}
	return r
}

func (n node) catcher(last bool) catcher {
	n.only("ErrorEquals", "ResultPath", "Next")
	return catcher{errors: n.errorNames(last), result: n.field("ResultPath").path(), next: n.required("Next").text()}
}

// errorNames reads ErrorEquals. States.ALL stands alone and last, so that no
// rule after it goes unread.
func (n node) errorNames(last bool) []string {
	list := n.required("ErrorEquals")
	items := list.list()
	var names []string
	for _, item := range items {
		name := item.text()
		switch {
		case name == allErrors && (!last || len(items) > 1):
			item.refuse("%s must be alone and in the last place", allErrors)
		case name == allErrors, name == taskFailed, name == timedOut:
		case strings.HasPrefix(name, "States."):
			item.refuse("%s is not supported", name)
		}
		names = append(names, name)
	}
	if list.there && len(names) == 0 {
		list.refuse("is empty")
	}
	return names
}

// maxDelay keeps a growing delay within what a time.Duration holds.
const maxDelay = maxWhole * time.Second

// delay is how long to wait before the next attempt, after used retries.
func (r retrier) delay(used int) time.Duration {
	limit := r.longest
	if limit == 0 {
		limit = maxDelay
	}
	d := float64(r.interval) * math.Pow(r.backoff, float64(used))
	if d > float64(limit) {
		return limit
	}
	return time.Duration(d)
}
