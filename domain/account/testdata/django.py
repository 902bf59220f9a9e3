"""Asks Django what it makes of names, addresses, passwords and hashes. What it answered is recorded:

    python3 django.py > django.json      (with Debian 12's python3-django, which is Django 3.2)
"""
import sys

sys.path.pop(0)  # this folder, where django is this file

import json
import random

import django
from django.conf import settings

RULES = ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": "django.contrib.auth.password_validation." + rule + "Validator"} for rule in RULES
    ],
)
django.setup()

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

random.seed(6)
PIECES = [
    "admin", "anna", "Karl", "jürgen", "Jürgen", "мария", "李小龙", "o'neil", "smith", "dragon", "monkey", "secret",
    "password", "letmein", "qwerty", "12345678", "2024", "x", "_", "-", ".", "@", "+", " ", "ß", "é", "٣٤٥",
    "हिन्दी", "007", "zebra",
]


def text(least, most):
    return "".join(random.choice(PIECES) for _ in range(random.randint(least, most)))


def nearly(known):
    """A text like another: letters are lost, replaced or doubled, and now and then shuffled."""
    letters = list(known)
    for _ in range(random.randint(0, len(letters) // 2)):
        at = random.randrange(len(letters))
        old = letters[at]
        letters[at] = random.choice(["", random.choice("abcxyz019éя"), old.upper() + old])
    if random.random() < 0.3:
        random.shuffle(letters)
    return "".join(letters)


def name_problem(name):
    try:
        User._meta.get_field("username").clean(name, None)
        return ""
    except ValidationError as error:
        return error.error_list[0].code


def password_problems(password, user):
    try:
        validate_password(password, User(**user))
        return []
    except ValidationError as error:
        return [e.code for e in error.error_list]


NAMES = [
    "", "a", "Anna", "anna maria", "a@b", "a.b+c-d_e", "a/b", "a\n", "a\x00", "<script>", "Ünsal", "мария", "李",
    "x" * 150, "x" * 151, "é" * 150, "²", "Ⅷ", "½", "e\u0301", "٣", "ª", "a'b", "a\u200bb", "🙂", "हि", "_", "-",
    "\u00a0",
]
EMAILS = ["", "Anna@Example.COM", "A.B+c@ÜBER.example", " x@Y ", "\x1cx@Y\x1f", "a@b@C.D"]
HASHES = [
    ("lètmein", "seasalt", 1), ("", "s", 2), ("correct horse", "abcdefghijkl", 1000),
    ("пароль🙂", "ABCDEFGHIJKLMNOPQRSTUV", 12345), ("x" * 100, "salz", 3),
]
PASSWORDS = [
    "a", "1234567", "12345678", "password", "Password", " PASSWORD ", "\x1cpassword\x1f", "letmein",
    "correct horse battery staple", "４８１５１６２３４２", "²²²²²²²²²", "٠١٢٣٤٥٦٧٨", "①②③④⑤⑥⑦⑧⑨", "一二三四五六七八九",
    "12345678 ", "eins zwei", "🙂" * 7, "🙂" * 8, "trustno1", "jordan23", "zzzzzzzz", "x" * 4096,
]

passwords = [(password, {}) for password in PASSWORDS]
for _ in range(400):
    user = {
        "username": text(1, 3), "first_name": text(0, 1), "last_name": text(0, 2),
        "email": random.choice(["", text(1, 2) + "@" + text(1, 2) + ".example"]),
    }
    known = random.choice([value for value in user.values() if value])
    passwords.append((random.choice([
        nearly(known), known + text(0, 4), text(1, 3), known[::-1] + str(random.randrange(10**6)),
        known * random.randint(1, 12),
    ]), user))

record = {
    "hashes": [{"password": p, "hash": PBKDF2PasswordHasher().encode(p, salt, n)} for p, salt, n in HASHES],
    "names": [{"name": n, "problem": name_problem(n)} for n in NAMES + [text(1, 4) for _ in range(100)]],
    "emails": [{"email": e, "saved": BaseUserManager.normalize_email(e)} for e in EMAILS],
    # Of white space alone the validators know nothing: createsuperuser refuses it.
    "passwords": [
        {"password": p, **user, "problems": password_problems(p, user)} for p, user in passwords if p.strip()
    ],
}
lines = []
for kind, cases in record.items():
    lines.append('"%s": [\n%s\n]' % (kind, ",\n".join(json.dumps(case) for case in cases)))
print('{"django": "%s",\n%s}' % (django.get_version(), ",\n".join(lines)))
