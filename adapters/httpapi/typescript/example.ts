// A client of roster by its types: node example.js http://127.0.0.1:8000
//
// roster.d.ts is made of the description of the API: npx openapi-typescript ../openapi.yaml -o roster.d.ts
import createClient from "openapi-fetch";
import type { components, paths } from "./roster.js";

type Person = components["schemas"]["Person"];

function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

const roster = createClient<paths>({ baseUrl: process.argv[2] ?? "http://127.0.0.1:8000" });

const created = await roster.POST("/api/v1/persons/", { body: { name: "Ann", age: 31 } });
must(created.data !== undefined, "nobody was created");
const ann: Person = created.data;

const list = await roster.GET("/api/v1/persons/", { params: { query: { page: "1" } } });
must(list.data !== undefined && list.data.results.some((person) => person.id === ann.id), "she is not in the list");

const path = { pk: String(ann.id) };
const changed = await roster.PATCH("/api/v1/persons/{pk}/", { params: { path }, body: { age: 32 } });
must(changed.data?.age === 32, "she has no birthday");

// What is wrong is typed too: sentences for each field, or one about the whole.
const refused = await roster.POST("/api/v1/persons/", { body: { name: "", age: 31 } });
must(refused.error !== undefined && "name" in refused.error, "a blank name was taken");
const sentences: string[] | undefined = refused.error.name;
must(sentences?.[0] === "This field may not be blank.", "the mistake has other words");

const deleted = await roster.DELETE("/api/v1/persons/{pk}/", { params: { path } });
must(deleted.response.status === 204, "she was not deleted");

const gone = await roster.GET("/api/v1/persons/{pk}/", { params: { path } });
must(gone.error !== undefined && gone.response.status === 404, "she is still there");

console.log(`created, listed, changed, refused and deleted ${ann.name}`);
