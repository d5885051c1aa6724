// Command demo plays a whole conformity request against a running portal
// (PORTAL, by default http://localhost:8080) and exits non-zero on any
// surprise.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"portal/demo/story"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	base := os.Getenv("PORTAL")
	if base == "" {
		base = "http://localhost:8080"
	}
	if err := story.Play(ctx, base, story.Demo(), os.Stdout, 30*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
	fmt.Println("\nTout s'est passé comme prévu.")
}
