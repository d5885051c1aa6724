package main

import (
	"context"
	"errors"
	"sync"

	"portal/infra"
)

// fuse burns down with every write and letter; when it is gone, so is the
// process, as far as the outside world can tell.
type fuse struct {
	mu   sync.Mutex
	left int
}

var errDead = errors.New("the process died")

func (f *fuse) burn() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left == 0 {
		return errDead
	}
	f.left--
	return nil
}

type mortalTable struct {
	infra.Table
	fuse *fuse
}

func (t mortalTable) Write(ctx context.Context, ops ...infra.Op) error {
	if err := t.fuse.burn(); err != nil {
		return err
	}
	return t.Table.Write(ctx, ops...)
}

func (t mortalTable) Draw(ctx context.Context, key infra.Key) (int64, error) {
	if err := t.fuse.burn(); err != nil {
		return 0, err
	}
	return t.Table.Draw(ctx, key)
}

type mortalMail struct {
	infra.Mail
	fuse *fuse
}

func (m mortalMail) Send(ctx context.Context, l infra.Letter) error {
	if err := m.fuse.burn(); err != nil {
		return err
	}
	return m.Mail.Send(ctx, l)
}
