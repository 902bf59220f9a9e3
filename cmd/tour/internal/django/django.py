import os
import sys

import django
from django.conf import settings

what, file, name = sys.argv[1:]
password = os.environ["PASSWORD"]
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SECRET_KEY="for this script only",
    USE_TZ=True,
)
django.setup()

if what == "make":
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    get_user_model().objects.create_superuser(name, name + "@example.com", password)
else:
    from django.contrib.auth import authenticate

    print("yes" if authenticate(username=name, password=password) else "no")
