package app

import (
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// access says who may use what the server serves: every route of the API and of the site, each method of it, stands
// here, and what does not is not served to anybody where the site has it. A test walks both
// routers and holds them to this table.
//
// The API is open to anybody, as the original's is, and does not ask the table: its lines say what holds, and the
// test refuses one that says else.
var access = map[string]account.Access{
	"GET /healthz": account.Anybody,
	"GET /readyz":  account.Anybody,

	"GET /api/v1/":                    account.Anybody,
	"GET /api/v1/persons/":            account.Anybody,
	"POST /api/v1/persons/":           account.Anybody,
	"GET /api/v1/persons/export/":     account.Anybody,
	"POST /api/v1/persons/batch/":     account.Anybody,
	"GET /api/v1/persons/{pk}/":       account.Anybody,
	"PUT /api/v1/persons/{pk}/":       account.Anybody,
	"PATCH /api/v1/persons/{pk}/":     account.Anybody,
	"DELETE /api/v1/persons/{pk}/":    account.Anybody,
	"GET /api/v1/check/":              account.Anybody,
	"POST /api/v1/create_bulk/":       account.Anybody,
	"POST /api/v1/async_create_bulk/": account.Anybody,
	"GET /api/v1/fetch_data/":         account.Anybody,
	"GET /api/v1/jobs/":               account.Anybody,
	"POST /api/v1/jobs/":              account.Anybody,
	"GET /api/v1/jobs/{id}/":          account.Anybody,
	"GET /api/v1/jobs/{id}/events/":   account.Anybody,
	"GET /api/v1/jobs/{id}/rejected/": account.Anybody,
	"POST /api/v1/jobs/{id}/cancel/":  account.Anybody,

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
}

// accessTo returns who may use a route with a method.
func accessTo(method, route string) account.Access { return access[method+" "+route] }
