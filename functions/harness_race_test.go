//go:build race

package main

// racing says that the race detector watches, which makes everything some ten
// times slower.
const racing = true
