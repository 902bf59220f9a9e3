"""Asks Django REST framework who it lets in, over a socket. What it answered is recorded:

    python3 tokens.py > tokens.json      (with Debian 12's python3-djangorestframework, which is 3.14 over Django 3.2)

Its view knows the scheme Token, which is REST framework's, and Bearer, in the way its documentation gives for another word: a class of
its own. Who reads may use the safe methods, as TokenHasReadWriteScope of Django OAuth Toolkit has it.
"""
import http.client
import json
import threading

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], SECRET_KEY="x", DATABASES={}, USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
)
django.setup()

import rest_framework
from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer
from django.core.wsgi import get_wsgi_application
from django.urls import path
from rest_framework.authentication import TokenAuthentication
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.serializers import CharField, Serializer
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView


class Program:
    is_active = is_authenticated = True


class Tokens:
    """What TokenAuthentication needs of a model."""

    DoesNotExist = type("DoesNotExist", (Exception,), {})

    def __init__(self, key):
        self.key, self.user = key, Program()

    def select_related(self, _):
        return self

    def get(self, key):
        if key not in ("reads", "writes"):
            raise Tokens.DoesNotExist
        return Tokens(key)


Tokens.objects = Tokens("")


class TokenWord(TokenAuthentication):
    model = Tokens


class BearerWord(TokenWord):
    keyword = "Bearer"


class Scope(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or request.auth.key == "writes"


class NothingLeft(BaseThrottle):
    def allow_request(self, request, view):
        return False


class Asked(APIView):
    authentication_classes = [BearerWord, TokenWord]
    permission_classes = [IsAuthenticated, Scope]
    renderer_classes = [JSONRenderer]

    def get(self, request):
        return Response({})

    def post(self, request):
        return Response(request.data)


class Form(Serializer):
    name = CharField()


class Described(GenericAPIView):
    authentication_classes = Asked.authentication_classes
    permission_classes = Asked.permission_classes
    renderer_classes = Asked.renderer_classes
    serializer_class = Form

    def post(self, request):
        return Response({})


urlpatterns = [
    path("described/", Described.as_view()),
    path("asked/", Asked.as_view()),
    path("throttled/", Asked.as_view(throttle_classes=[NothingLeft])),
    path("anybody/", Asked.as_view(permission_classes=[AllowAny])),
]

GOOD = {"Authorization": "Token writes"}


def headers():
    """Each way in which somebody may say who they are."""
    for word in ("Token", "Bearer", "token", "BEARER", "tOKEN", "Basic", "Digest", "To\u212aen", "Toke", "Tokens", "Token:", ""):
        yield [word + " writes"]
    yield []
    for said in ("", "Token", "Bearer", "Token ", "bearer\t", "writes", "Token  writes", "Token\twrites", "Token writes ", "Token \t writes",
                 "Token wr ites", "Bearer a b c", "Token writes,", "Token wrong", "Bearer wrong", "Token WRITES", 'Token "writes"', "Token token=writes",
                 "Token wrïtes", b"Token \xff", b"Bearer wr\xc3", b"Bearer \xed\xa0\x80", b"Token wr\xa0ites", "Token wr\u00a0ites", "Bearer Token writes", "Bearer reads"):
        yield [said]
    yield ["Token writes", "Token writes"]
    yield ["Token wrong", "Token writes"]
    yield ["Basic eDp5", "Bearer writes"]
    yield ["Bearer writes", "Basic eDp5"]
    yield ["", "Bearer writes"]
    yield ["Bearer", "writes"]


def ask(port, method, target, said, accept="*/*", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.putrequest(method, target)
    connection.putheader("Accept", accept)
    for value in said:
        connection.putheader("Authorization", value if isinstance(value, bytes) else value.encode())
    if body is not None:
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    told = {
        "method": method, "target": target, "accept": accept, "body": (body or b"").decode(),
        "said": [(value if isinstance(value, bytes) else value.encode()).decode("latin-1") for value in said],
        "status": answer.status, "asks": answer.getheader("WWW-Authenticate") or "",
    }
    if answer.status >= 400 and content:
        told["detail"] = json.loads(content)["detail"]
    elif method == "OPTIONS":
        told["actions"] = sorted(json.loads(content).get("actions", {}))
    return told


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def main():
    server = WSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    answers = [ask(port, "GET", "/asked/", said) for said in headers()]
    for said in ([], ["Token wrong"], ["Token reads"], ["Token writes"]):
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "BREW"):
            answers.append(ask(port, method, "/asked/", said))
        answers.append(ask(port, "POST", "/asked/", said, body=b"{"))
        answers.append(ask(port, "POST", "/asked/", said, accept="text/html"))
        answers.append(ask(port, "GET", "/asked/?format=none", said))
        answers.append(ask(port, "GET", "/throttled/", said))
        answers.append(ask(port, "PUT", "/throttled/", said))
        answers.append(ask(port, "GET", "/anybody/", said))
        answers.append(ask(port, "OPTIONS", "/described/", said))
    source = "Django REST framework %s over Django %s" % (rest_framework.VERSION, django.get_version())
    lines = ",\n".join("    " + json.dumps(answer) for answer in answers)
    print('{\n  "source": %s,\n  "answers": [\n%s\n  ]\n}' % (json.dumps(source), lines))


main()
