package app

import (
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// access says who may use what the server serves: every route of the API and of the site, each method of it, stands
// here, and what does not is served to nobody. A test walks both routers and holds them to this table.
//
// The API asks it where REQUIRE_AUTH is on; else everybody reads and writes, as in the original. HEAD follows GET, and
// OPTIONS is for readers wherever no line is for anybody.
var access = map[string]account.Access{
	"GET /healthz": account.Anybody,
	"GET /readyz":  account.Anybody,
	"GET /metrics": account.Readers,

	"GET /api/v1/":                    account.Readers,
	"GET /api/v1/persons/":            account.Readers,
	"POST /api/v1/persons/":           account.Writers,
	"GET /api/v1/persons/export/":     account.Readers,
	"POST /api/v1/persons/batch/":     account.Writers,
	"GET /api/v1/persons/{pk}/":       account.Readers,
	"PUT /api/v1/persons/{pk}/":       account.Writers,
	"PATCH /api/v1/persons/{pk}/":     account.Writers,
	"DELETE /api/v1/persons/{pk}/":    account.Writers,
	"GET /api/v1/check/":              account.Readers,
	"POST /api/v1/create_bulk/":       account.Writers,
	"POST /api/v1/async_create_bulk/": account.Writers,
	"GET /api/v1/fetch_data/":         account.Readers,
	"GET /api/v1/jobs/":               account.Readers,
	"POST /api/v1/jobs/":              account.Writers,
	"GET /api/v1/jobs/{id}/":          account.Readers,
	"GET /api/v1/jobs/{id}/events/":   account.Readers,
	"GET /api/v1/jobs/{id}/rejected/": account.Readers,
	"POST /api/v1/jobs/{id}/cancel/":  account.Writers,

	"GET /api/schema/":     account.Anybody,
	"GET /api/docs/":       account.Anybody,
	"GET /api/docs/{file}": account.Anybody,

	"GET /":                           account.Anybody,
	"GET /admin/login/":               account.Anybody,
	"POST /admin/login/":              account.Anybody,
	"GET /admin/static/{file}":        account.Anybody,
	"POST /admin/logout/":             account.Superusers,
	"GET /admin/":                     account.Superusers,
	"GET /admin/password/":            account.Superusers,
	"POST /admin/password/":           account.Superusers,
	"GET /admin/persons/":             account.Superusers,
	"GET /admin/persons/add/":         account.Superusers,
	"POST /admin/persons/add/":        account.Superusers,
	"POST /admin/persons/selected/":   account.Superusers,
	"GET /admin/persons/export/":      account.Superusers,
	"POST /admin/persons/export/":     account.Superusers,
	"GET /admin/persons/{id}/":        account.Superusers,
	"POST /admin/persons/{id}/":       account.Superusers,
	"GET /admin/persons/{id}/delete/": account.Superusers,

	"POST /admin/persons/{id}/delete/": account.Superusers,
	"GET /admin/persons/{id}/history/": account.Superusers,
	"GET /admin/history/":              account.Superusers,
	"GET /admin/import/":               account.Superusers,
	"POST /admin/import/":              account.Superusers,
	"GET /admin/jobs/":                 account.Superusers,
	"GET /admin/jobs/{id}/":            account.Superusers,
	"GET /admin/jobs/{id}/progress/":   account.Superusers,
	"GET /admin/jobs/{id}/rejected/":   account.Superusers,
	"POST /admin/jobs/{id}/cancel/":    account.Superusers,
	"GET /admin/users/":                account.Superusers,
	"GET /admin/users/add/":            account.Superusers,
	"POST /admin/users/add/":           account.Superusers,
	"GET /admin/users/{id}/":           account.Superusers,
	"POST /admin/users/{id}/active/":   account.Superusers,
	"POST /admin/users/{id}/password/": account.Superusers,
	"GET /admin/lab/":                  account.Superusers,
	"POST /admin/lab/":                 account.Superusers,
	"GET /admin/tokens/":               account.Superusers,
	"GET /admin/tokens/add/":           account.Superusers,
	"POST /admin/tokens/add/":          account.Superusers,
	"GET /admin/tokens/{id}/revoke/":   account.Superusers,
	"POST /admin/tokens/{id}/revoke/":  account.Superusers,
}

// accessTo returns who may use a route with a method.
func accessTo(method, route string) account.Access { return access[method+" "+route] }
