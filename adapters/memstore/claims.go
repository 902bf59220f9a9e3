package memstore

import "github.com/seed-bbcc19ba/roster/domain"

// claims are the claims that were taken within their lifetime. The zero claims are
// none.
type claims struct {
	taken map[string]taken // by key
	order []string         // the keys as they were taken, which is about their age
}

// taken is a claim and the first of the ids that it was answered.
type taken struct {
	claim   domain.Claim
	firstID int64
}

// take returns the id of the first person of a batch. Where the batch repeats a
// claim, that is known; else it is nextID, and taken. The error is that of
// domain.ClaimOf or of Claim.Repeats.
func (c *claims) take(drafts []domain.Draft, nextID int64) (firstID int64, known bool, err error) {
	claim, claimed, err := domain.ClaimOf(drafts)
	if err != nil || !claimed {
		return nextID, false, err
	}
	earlier, found := c.taken[claim.Key()]
	if found {
		if known, err = claim.Repeats(earlier.claim); known || err != nil {
			return earlier.firstID, known, err
		}
	}
	c.forget(claim)
	if c.taken == nil {
		c.taken = map[string]taken{}
	}
	c.taken[claim.Key()] = taken{claim, nextID}
	c.order = append(c.order, claim.Key())
	return nextID, false, nil
}

// forget drops the oldest claims that have expired by the time of this one.
func (c *claims) forget(now domain.Claim) {
	for len(c.order) > 0 {
		oldest, found := c.taken[c.order[0]]
		if found && oldest.claim.Made().After(now.Cutoff()) {
			return
		}
		delete(c.taken, c.order[0])
		c.order = c.order[1:]
	}
}
