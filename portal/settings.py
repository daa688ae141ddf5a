"""One settings module for every place Baton runs; the environment decides the differences.

Required everywhere: SECRET_KEY, DATABASE_URL (portal_app), DATABASE_OWNER_URL (portal_owner, for migrations),
DATABASE_SYS_URL (portal_sys), REDIS_URL (broker) and CACHE_URL. `./baton` provides them on one machine.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def required(name: str) -> str:
    """The value of an environment variable the portal can't run without."""
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(f"Set {name} in the environment (or start with ./baton, which sets it).") from None


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


LOCAL = os.environ.get("BATON_ENV", "production") == "local"
DEMO = flag("BATON_DEMO")
DEBUG = flag("BATON_DEBUG")
SECRET_KEY = required("SECRET_KEY")
BASE_URL = os.environ.get("BATON_BASE_URL", "http://localhost:8000").rstrip("/")
HOST = urlsplit(BASE_URL).hostname or "localhost"
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = [HOST, *filter(None, os.environ.get("BATON_HOSTS", "").split(","))]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
DATA_DIR = Path(os.environ.get("BATON_DATA", BASE_DIR / ".baton" / "data"))

INSTALLED_APPS = [
    "tenancy",
    "engine",
    "reminders",
    "cohorts",
    "selection",
    "projects",
    "mentoring",
    "outcomes",
    "portal",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "pghistory",
    "pgtrigger",
    "csp",
    "portal.operators_app.OperatorsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",  # the renderer of TemplatesSetting finds the widgets of Django here
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tenancy.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tenancy.middleware.NoNulMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tenancy.middleware.TenantMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenancy.context_processors.tenant",
                "portal.context_processors.navigation",
                "portal.context_processors.demo",
            ],
            "builtins": ["engine.templatetags.baton"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "govuk"
CRISPY_TEMPLATE_PACK = "govuk"


# Databases: three roles on one database (docs/architecture.md). Requests and workers use portal_app, which owns
# nothing and can't pass row-level security; migrations use portal_owner; the dispatcher and what looks for due work portal_sys.
def database(variable: str) -> dict:
    config: dict = {**dj_database_url.parse(required(variable), conn_max_age=60, conn_health_checks=True)}
    # Compiling a query costs more than any of ours takes, and servers that can do so try it on the long unions.
    # Joins beyond four are made in the order in which they're written, which follows the foreign keys (docs/decisions/0017).
    config.setdefault("OPTIONS", {})["options"] = (
        "-c lock_timeout=3s -c statement_timeout=60s -c jit=off -c join_collapse_limit=4"
    )
    return config


TEST_NAME = os.environ.get("BATON_TEST_DATABASE", "test_baton")
DATABASES = {
    "default": database("DATABASE_URL") | {"TEST": {"MIRROR": "owner"}},
    "owner": database("DATABASE_OWNER_URL") | {"TEST": {"NAME": TEST_NAME, "DEPENDENCIES": []}},
    "sys": database("DATABASE_SYS_URL") | {"TEST": {"MIRROR": "owner"}},
}
DATABASES["owner"]["OPTIONS"] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": required("CACHE_URL"),
        "KEY_PREFIX": "baton",
    }
}

# Celery: see docs/decisions for why nothing here is relied on to remember anything.
CELERY_BROKER_URL = required("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
# Nobody waits for a broker that is away: what is to be done stands in the database (engine.publishing).
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Of a choice under limits with more people than this, reasons may take seconds and are found by a worker.
REASONS_AT_ONCE = 100
# A job whose worker was silent for this long is taken up by another (engine.jobs).
JOB_LEASE_SECONDS = int(os.environ.get("BATON_JOB_LEASE_SECONDS", "60"))
CELERY_TIMEZONE = "Europe/London"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "dispatch-messages": {"task": "reminders.tasks.dispatch_due_messages", "schedule": 15.0},
    "queue-reminders": {"task": "reminders.tasks.queue_due_reminders", "schedule": 60.0},
    "resume-jobs": {"task": "engine.tasks.resume_stale_jobs", "schedule": 15.0},
    "waiting-lists": {"task": "cohorts.tasks.settle_waiting_lists", "schedule": 60.0},
    "tell-tables": {"task": "cohorts.tasks.tell_tables", "schedule": 300.0},
    "forget-vetoes": {"task": "cohorts.tasks.forget_settled_vetoes", "schedule": 300.0},
    "engagement": {"task": "cohorts.tasks.refresh_engagement", "schedule": 3600.0},
    "network-figures": {"task": "outcomes.tasks.count_networks", "schedule": 60.0},
    "lapse-offers": {"task": "selection.tasks.lapse_overdue_offers", "schedule": 60.0},
    "expire-kept-places": {"task": "selection.tasks.expire_kept_places", "schedule": 3600.0},
    "due-reasons": {"task": "selection.tasks.write_due_reasons", "schedule": 60.0},
    "equality-figures": {"task": "selection.tasks.make_equality_figures", "schedule": 300.0},
    "retention": {"task": "tenancy.tasks.delete_what_is_due", "schedule": crontab(hour=3, minute=20)},
    "worker-heartbeat": {"task": "engine.tasks.record_heartbeat", "schedule": 15.0},
}

# People and sign-in
AUTH_USER_MODEL = "tenancy.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tenancy.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "tenancy.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Besides allauth's own: links that open nothing (tenancy.views.base), and the public forms that send mail to whatever address is
# typed (selection.views.interest, cohorts.views.movement). A whole council may stand behind one address of the network. And how many
# colleagues one person may tell of a movement: enough for a department, too few for a mailing.
ACCOUNT_RATE_LIMITS = {
    "bad_link": "300/m/ip",
    "interest": "100/h/ip",
    "movement": "100/h/ip",
    "movement_bring": "20/d/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("BATON_PROXIES", "0"))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Baton"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
# allauth refuses WebAuthn on plain http unless told; browsers treat http://localhost alone as secure, and only it is let in.
if LOCAL and HOST == "localhost" and not HTTPS:
    MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
USERSESSIONS_TRACK_ACTIVITY = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Cookies and headers
SECURE_COOKIES = HTTPS or not LOCAL
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE_COOKIES else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE_COOKIES else "csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not LOCAL:
    SECURE_SSL_REDIRECT = flag("BATON_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Language, time, files
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("BATON_STATIC_ROOT", BASE_DIR / ".baton" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = LOCAL and DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Mail: SMTP by default; on one machine the demo inbox keeps what would have been sent.
EMAIL_BACKEND = os.environ.get(
    "BATON_EMAIL_BACKEND",
    "reminders.inbox.InboxBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = os.environ.get("BATON_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("BATON_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("BATON_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("BATON_SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("BATON_SMTP_TLS")
EMAIL_TIMEOUT = 20
# A dispatcher that was silent for this long has died; must be longer than EMAIL_TIMEOUT (reminders.dispatch).
MAIL_LEASE_SECONDS = int(os.environ.get("BATON_MAIL_LEASE_SECONDS", "90"))
DEFAULT_FROM_EMAIL = os.environ.get("BATON_FROM", f"Baton <no-reply@{HOST}>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"safe": {"()": "engine.logs.WithoutPersonalData"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["safe"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("BATON_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}

# W161 takes the hour at which offices close for "now, fixed by mistake" when it is asked at that hour.
SILENCED_SYSTEM_CHECKS = ["models.W042", "fields.W161"]
PGHISTORY_OBJ_FIELD = None
PGTRIGGER_MIGRATIONS = False
