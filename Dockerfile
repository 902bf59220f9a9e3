# roster alone in an image: the program and the certificates of public authorities.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /roster ./cmd/roster

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /roster /roster
USER 65534:65534
ENV HOST=0.0.0.0
EXPOSE 8000
ENTRYPOINT ["/roster"]
CMD ["serve"]
