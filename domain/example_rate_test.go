package domain_test

import (
	"fmt"
	"log"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func ExampleRate_Take() {
	rate, err := domain.NewRate(60, time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	var state domain.RateState // of a client that has taken nothing yet
	now := 5 * time.Second     // since a moment of the caller's choice
	for _, cost := range []int{50, 20, 10, 61} {
		var decision domain.Decision
		state, decision, err = rate.Take(state, now, cost)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(cost, decision.Allowed, decision.Remaining, decision.RetryAfter, decision.Never)
	}
	// Output:
	// 50 true 10 0s false
	// 20 false 10 10s false
	// 10 true 0 0s false
	// 61 false 0 0s true
}
