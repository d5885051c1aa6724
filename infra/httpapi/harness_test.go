package httpapi

import (
	"io"
	"log/slog"

	"portal/infra"
)

var (
	noPorts infra.Ports
	discard = slog.New(slog.DiscardHandler)
)

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
