package httpclient

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Check is domain.Check on a server.
type Check struct{ connection *connection }

var _ ports.PersonChecker = (*Check)(nil)

// Check returns a person, looked up through the server's executor, or domain.CodeNotFound.
func (c *Check) Check(ctx context.Context, id int64) (domain.Person, error) {
	query := url.Values{"pk": {strconv.FormatInt(id, 10)}}
	got, err := c.connection.do(ctx, call{method: http.MethodGet, path: checkPath, query: query}, http.StatusOK)
	if err != nil {
		return domain.Person{}, missing(err, domain.NotFound(id))
	}
	return readPerson(got)
}
