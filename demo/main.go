// Command demo plays whole lives of conformity requests against a running
// portal (PORTAL, by default http://localhost:8080) and exits non-zero on any
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
	if err := story.Play(ctx, story.Portal{Base: base, People: story.Demo(), Away: 10 * time.Second}, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
	fmt.Println("\nTout s'est passé comme prévu.")
}
