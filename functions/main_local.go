//go:build !lambda

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"portal/functions/administration"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/infra/local"
	"portal/shared/i18n"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "portal:", err)
		os.Exit(1)
	}
}

// run is the whole portal on this machine. PORT (8080), DATA_DIR (./data) and
// BASE_URL (http://localhost:PORT) say where, HOST (localhost) who can reach
// it: from elsewhere there is no mailbox, no clock and nobody of the
// demonstration.
func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	port := env("PORT", "8080")
	settings := localSettings(env("BASE_URL", "http://localhost:"+port))

	store, err := local.Open(env("DATA_DIR", "data"), local.Options{BaseURL: settings.BaseURL})
	if err != nil {
		return err
	}
	defer store.Close()
	portal, err := local.NewPortal(store, makers(), settings, log)
	if err != nil {
		return err
	}
	host := env("HOST", "localhost")
	var people []administration.Demo
	if loopback(host) {
		// Their password is printed: they are for this machine alone.
		if people, err = administration.Seed(ctx, portal.Ports); err != nil {
			return fmt.Errorf("demonstration people: %w", err)
		}
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	announce(settings, env("DATA_DIR", "data"), people)
	return serve(ctx, portal, listener, loopback(host))
}

// loopback tells whether only this machine can reach an address.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// serve answers requests and runs what the clock and the state machines do,
// until the context ends; requests under way are finished.
func serve(ctx context.Context, portal *local.Portal, listener net.Listener, atTheMachine bool) error {
	server := &http.Server{Handler: portal.Handler(atTheMachine), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 2)
	go func() { failed <- portal.Run(ctx) }()
	go func() { failed <- server.Serve(listener) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	closing, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if shut := server.Shutdown(closing); err == nil {
		err = shut
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func localSettings(base string) infra.Settings {
	return infra.Settings{
		BaseURL: strings.TrimSuffix(base, "/"), Sender: "ne-pas-repondre@portail.example",
		Assistance:  infra.Assistance{Phone: "05 20 47 31 00", Address: "http://reclamation.portnet.ma/"},
		SecureOnly:  strings.HasPrefix(base, "https://"),
		Environment: "local",
	}
}

func announce(s infra.Settings, dir string, people []administration.Demo) {
	fmt.Printf("Portail : %s\nAPI : %s/api/openapi.json\nDonnées : %s\n", s.BaseURL, s.BaseURL, dir)
	if len(people) == 0 {
		return
	}
	fmt.Printf("Boîte aux lettres : %s/mailbox\n\nPersonnes de démonstration (mot de passe : %s)\n", s.BaseURL, administration.DemoPassword)
	for _, p := range people {
		roles := make([]string, len(p.Roles))
		for i, role := range p.Roles {
			roles[i] = i18n.Text(i18n.Default, "role."+string(role), nil)
		}
		fmt.Printf("  %-36s %-24s %s\n", p.Email, p.Organisation, strings.Join(roles, ", "))
	}
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// describe draws the description of the API from every step, as a deployment
// has it: the session's cookie has its prefix where nothing but HTTPS is spoken.
func describe(settings infra.Settings) ([]byte, error) {
	return httpapi.Describe(httpapi.Build(makers(), infra.Ports{Settings: settings}), settings)
}
