package httpapi_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore/pgtest"
)

var postgres *pgtest.Server

func TestMain(m *testing.M) { pgtest.Main(m, &postgres) }
