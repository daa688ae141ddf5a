"""Passkeys and two-step sign-in, as only a real browser can try them: on http://localhost, with Chromium's virtual authenticator."""

from __future__ import annotations

import re
import secrets
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import call_command
from playwright.sync_api import Browser

from tests.browser.walker import Critic, Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]
RECOVERY_CODE = re.compile(r"\b[0-9]{8}\b")


@pytest.fixture
def staff(chromium: Browser, web: str, critic: Critic) -> Walker:
    # An address of its own for each test: only so many codes are mailed to one in a minute.
    email = f"sita-{secrets.token_hex(4)}@essex.example"
    call_command("open_tenant", "essex", "Essex Partners", staff_name="Sita Staff", staff_email=email)
    return Walker(chromium, web, critic, email=email).open("/").sign_in()


def two_steps(staff: Walker) -> Walker:
    return staff.follow("Your account").follow("Two-step sign-in and passkeys")


def test_a_passkey_is_made_and_opens_the_door(staff: Walker) -> None:
    device = staff.context.new_cdp_session(staff.page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"isUserVerified": True}})
    two_steps(staff).follow("Add a passkey").fill("Name", "My laptop")
    if staff.main().get_by_role("checkbox").count():
        staff.main().get_by_role("checkbox").first.check()
    staff.click(re.compile("^Add"))
    # Recovery codes come with it, and are shown at once.
    staff.page.wait_for_url("**/recovery-codes/")
    assert len(RECOVERY_CODE.findall(staff.look().text())) == 10
    assert "Passkey added" in staff.mails()
    staff.sign_out()
    staff.open("/").click("Use a passkey")
    staff.page.wait_for_url("**/essex/")
    assert "Sita Staff" in staff.heading()


def test_an_authenticator_app_is_asked_for_and_its_code_works_once(staff: Walker) -> None:
    two_steps(staff).follow("Set up an authenticator app").unfold("I can’t scan it")
    secret = re.search(r"\b[A-Z2-7]{32}\b", staff.text())
    assert secret, staff.text()
    code = code_of(secret[0])
    staff.fill_only(code).press("Turn it on")
    # Recovery codes come with it, and are shown at once: the app's code would be refused a second time.
    codes = RECOVERY_CODE.findall(staff.text())
    assert len(codes) == 10, staff.text()
    staff.sign_out().sign_in()
    assert "Incorrect" in staff.fill_only(code).refused("Sign in")
    staff.fill_only(codes[0]).press("Sign in")
    assert "Sita Staff" in staff.open("/").heading()
    # A recovery code works once, too.
    staff.sign_out().sign_in()
    assert "Incorrect" in staff.fill_only(codes[0]).refused("Sign in")
    staff.fill_only(codes[1]).press("Sign in")
    assert "Sita Staff" in staff.open("/").heading()


def code_of(secret: str) -> str:
    """What an app shows now (RFC 6238), for a new code each half minute."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
